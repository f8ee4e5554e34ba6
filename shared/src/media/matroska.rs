//! The head of a Matroska or `WebM` file: EBML (RFC 8794) elements, as RFC 9559 names them.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::time::Duration;

use super::pieces::Reader;
use super::{Dimensions, Format, Metadata};

const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1F43_B675;
const INFO: u32 = 0x1549_A966;
const TIMESTAMP_SCALE: u32 = 0x002A_D7B1;
const DURATION: u32 = 0x4489;
const TRACKS: u32 = 0x1654_AE6B;
const TRACK_ENTRY: u32 = 0xAE;
const VIDEO: u32 = 0xE0;
const PIXEL_WIDTH: u32 = 0xB0;
const PIXEL_HEIGHT: u32 = 0xBA;

/// A timestamp's unit, unless the file says another: a millisecond, in nanoseconds.
const DEFAULT_TIMESTAMP_SCALE: u32 = 1_000_000;

/// Reads a Matroska file's metadata, which stand before the first cluster: what is recorded.
pub(super) fn read(reader: &mut Reader<'_>, format: Format) -> io::Result<Metadata> {
    let file = 0..reader.size_bytes();
    let mut segment = find(reader, file, SEGMENT)?.ok_or(io::ErrorKind::InvalidData)?;
    let (mut duration, mut dimensions) = (None, None);
    while let Some((id, body)) = next(reader, &mut segment)? {
        match id {
            INFO => duration = read_duration(reader, body)?,
            TRACKS => dimensions = read_dimensions(reader, body)?,
            CLUSTER => break,
            _ => {}
        }
    }
    Ok(Metadata::new(format, dimensions, duration))
}

/// The duration; a live recording has none.
fn read_duration(reader: &mut Reader<'_>, mut info: Range<u64>) -> io::Result<Option<Duration>> {
    let (mut scale, mut units) = (DEFAULT_TIMESTAMP_SCALE, None);
    while let Some((id, body)) = next(reader, &mut info)? {
        match id {
            TIMESTAMP_SCALE => scale = unsigned(reader, &body)?,
            DURATION => units = Some(float(reader, &body)?),
            _ => {}
        }
    }
    let seconds = units.map(|units| units * f64::from(scale) / 1e9);
    Ok(seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()))
}

/// The size of the first track that is video.
fn read_dimensions(
    reader: &mut Reader<'_>,
    mut tracks: Range<u64>,
) -> io::Result<Option<Dimensions>> {
    while let Some((id, body)) = next(reader, &mut tracks)? {
        if id == TRACK_ENTRY
            && let Some(video) = find(reader, body, VIDEO)?
        {
            let width = side(reader, video.clone(), PIXEL_WIDTH)?;
            let height = side(reader, video, PIXEL_HEIGHT)?;
            return Ok(Dimensions::new(width, height));
        }
    }
    Ok(None)
}

fn side(reader: &mut Reader<'_>, video: Range<u64>, id: u32) -> io::Result<u32> {
    let body = find(reader, video, id)?.ok_or(io::ErrorKind::InvalidData)?;
    unsigned(reader, &body)
}

/// The body of the first element with this id in `within`.
fn find(
    reader: &mut Reader<'_>,
    mut within: Range<u64>,
    wanted: u32,
) -> io::Result<Option<Range<u64>>> {
    while let Some((id, body)) = next(reader, &mut within)? {
        if id == wanted {
            return Ok(Some(body));
        }
    }
    Ok(None)
}

/// The id and body of the first element of `within`, which then begins after it.
fn next(reader: &mut Reader<'_>, within: &mut Range<u64>) -> io::Result<Option<(u32, Range<u64>)>> {
    if within.is_empty() {
        return Ok(None);
    }
    let (id, id_length) = number(reader, within.start, 4)?;
    let id = u32::try_from(id).map_err(io::Error::other)?;
    let (size, size_length) = number(reader, within.start + id_length, 8)?;
    // Without its marker, of which the length in bytes is the number of sevenfold bits.
    let unknown = (1 << (7 * size_length)) - 1;
    let start = within.start + id_length + size_length;
    let end = match size & unknown {
        // Segments and clusters of a live recording last as long as there is something.
        size if size == unknown => Some(within.end),
        size => start.checked_add(size),
    };
    let end = end.filter(|end| (start..=within.end).contains(end));
    within.start = end.ok_or(io::ErrorKind::InvalidData)?;
    Ok(Some((id, start..within.start)))
}

/// A number of up to `longest` bytes with its marker, the first bit that is set, and its length: one
/// byte more than there are zeros before the marker.
fn number(reader: &mut Reader<'_>, offset: u64, longest: u32) -> io::Result<(u64, u64)> {
    let [first] = reader.array_at(offset)?;
    let length = first.leading_zeros() + 1;
    if length > longest {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let end = offset + u64::from(length);
    Ok((big_endian(reader, offset..end)?, length.into()))
}

fn unsigned(reader: &mut Reader<'_>, body: &Range<u64>) -> io::Result<u32> {
    u32::try_from(big_endian(reader, body.clone())?).map_err(io::Error::other)
}

fn float(reader: &mut Reader<'_>, body: &Range<u64>) -> io::Result<f64> {
    match body.end - body.start {
        4 => Ok(f32::from_be_bytes(reader.array_at(body.start)?).into()),
        8 => Ok(f64::from_be_bytes(reader.array_at(body.start)?)),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// The number in these bytes, at most eight.
fn big_endian(reader: &mut Reader<'_>, bytes: Range<u64>) -> io::Result<u64> {
    let length = usize::try_from(bytes.end - bytes.start).map_err(io::Error::other)?;
    let mut number = [0; 8];
    let unused = number.len().checked_sub(length).ok_or(io::ErrorKind::InvalidData)?;
    reader.seek(SeekFrom::Start(bytes.start))?;
    reader.read_exact(&mut number[unused..])?;
    Ok(u64::from_be_bytes(number))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{probe, sides};

    #[test]
    fn a_live_recording_of_unknown_size_tells_its_picture_but_no_length() {
        let file = [
            &b"\x1A\x45\xDF\xA3\x87\x42\x82\x84webm"[..],
            b"\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
            b"\x15\x49\xA9\x66\x87\x2A\xD7\xB1\x83\x0F\x42\x40",
            b"\x16\x54\xAE\x6B\x8C\xAE\x8A\xE0\x88\xB0\x82\x02\x80\xBA\x82\x01\xE0",
            b"\x1F\x43\xB6\x75\xFF\xE7\x81\x00",
        ];
        let metadata = probe(&file.concat()).0.metadata.unwrap();
        assert_eq!(sides(metadata), Some((640, 480)));
        assert_eq!(metadata.duration_ms, None);
    }
}
