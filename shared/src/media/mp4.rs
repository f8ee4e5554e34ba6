//! The movie header of MP4 and its kin (ISO/IEC 14496-12), and of `QuickTime`, which they came from.

use std::io;
use std::ops::Range;
use std::time::Duration;

use super::pieces::Reader;
use super::{Dimensions, Format, Metadata};

type Kind = [u8; 4];

/// Reads a movie's metadata. Its boxes are skipped by their sizes, so the film itself and the tables
/// of its samples are never looked at.
pub(super) fn read(reader: &mut Reader<'_>, format: Format) -> io::Result<Metadata> {
    let file = 0..reader.size_bytes();
    let movie = required(find(reader, file, &[*b"moov"])?)?;
    let duration = duration(reader, &movie)?;
    let dimensions = dimensions(reader, movie)?;
    Ok(Metadata::new(format, dimensions, duration))
}

/// The duration in the movie's header or, of a movie in fragments, in its extension. A live recording
/// may have neither.
fn duration(reader: &mut Reader<'_>, movie: &Range<u64>) -> io::Result<Option<Duration>> {
    let header = required(find(reader, movie.clone(), &[*b"mvhd"])?)?;
    // A version and three flags; then two times of creation, in version 1 of twice the size.
    let is_long = is_long(reader, &header)?;
    let timescale_at = header.start + if is_long { 20 } else { 12 };
    let timescale = u32::from_be_bytes(reader.array_at(timescale_at)?);
    let mut units = units_at(reader, timescale_at + 4, is_long)?;
    if units == 0
        && let Some(extension) = find(reader, movie.clone(), &[*b"mvex", *b"mehd"])?
    {
        let is_long = self::is_long(reader, &extension)?;
        units = units_at(reader, extension.start + 4, is_long)?;
    }
    let millis = (u128::from(units) * 1000).checked_div(timescale.into());
    Ok(millis.and_then(|millis| u64::try_from(millis).ok()).map(Duration::from_millis))
}

/// Whether the box is of version 1, whose times have 64 bits.
fn is_long(reader: &mut Reader<'_>, body: &Range<u64>) -> io::Result<bool> {
    match reader.array_at(body.start)? {
        [0] => Ok(false),
        [1] => Ok(true),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn units_at(reader: &mut Reader<'_>, offset: u64, is_long: bool) -> io::Result<u64> {
    if is_long {
        reader.array_at(offset).map(u64::from_be_bytes)
    } else {
        match reader.array_at(offset).map(u32::from_be_bytes)? {
            // All ones say: not known. In 64 bits they are beyond the bound anyway.
            u32::MAX => Ok(u64::MAX),
            units => Ok(units.into()),
        }
    }
}

/// The size of the first track that is video.
fn dimensions(reader: &mut Reader<'_>, mut movie: Range<u64>) -> io::Result<Option<Dimensions>> {
    while let Some((kind, body)) = next(reader, &mut movie)? {
        if kind == *b"trak" && is_video(reader, &body)? {
            let header = required(find(reader, body, &[*b"tkhd"])?)?;
            // The last things in it, whole pixels in the upper half.
            let sides = header.end.checked_sub(8).ok_or(io::ErrorKind::InvalidData)?;
            let [width_high, width_low, _, _, height_high, height_low, _, _] =
                reader.array_at(sides)?;
            let side = |high, low| u32::from(u16::from_be_bytes([high, low]));
            return Ok(Dimensions::new(side(width_high, width_low), side(height_high, height_low)));
        }
    }
    Ok(None)
}

fn is_video(reader: &mut Reader<'_>, track: &Range<u64>) -> io::Result<bool> {
    let handler = required(find(reader, track.clone(), &[*b"mdia", *b"hdlr"])?)?;
    let kind: Kind = reader.array_at(handler.start + 8)?;
    Ok(kind == *b"vide")
}

/// The body of the first box at this path of kinds below `within`.
fn find(
    reader: &mut Reader<'_>,
    mut within: Range<u64>,
    path: &[Kind],
) -> io::Result<Option<Range<u64>>> {
    let Some((wanted, rest)) = path.split_first() else {
        return Ok(Some(within));
    };
    while let Some((kind, body)) = next(reader, &mut within)? {
        if kind == *wanted {
            return find(reader, body, rest);
        }
    }
    Ok(None)
}

/// The kind and body of the first box of `within`, which then begins after it.
fn next(
    reader: &mut Reader<'_>,
    within: &mut Range<u64>,
) -> io::Result<Option<(Kind, Range<u64>)>> {
    // QuickTime may end a list of boxes with four zeros.
    if within.end.saturating_sub(within.start) < 8 {
        return Ok(None);
    }
    let [a, b, c, d, kind @ ..] = reader.array_at::<8>(within.start)?;
    let (header, size) = match u32::from_be_bytes([a, b, c, d]) {
        0 => (8, within.end - within.start),
        1 => (16, u64::from_be_bytes(reader.array_at(within.start + 8)?)),
        size => (8, size.into()),
    };
    let end = within.start.checked_add(size).filter(|end| *end <= within.end);
    let end = end.filter(|_| size >= header).ok_or(io::ErrorKind::InvalidData)?;
    let body = within.start + header..end;
    within.start = end;
    Ok(Some((kind, body)))
}

fn required<T>(found: Option<T>) -> io::Result<T> {
    found.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{probe, probe_by, sides};

    const FTYP: &[u8] = b"\0\0\0\x10ftypisom\0\0\0\0";

    fn atom(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(8 + body.len()).unwrap();
        [&size.to_be_bytes()[..], &kind, body].concat()
    }

    /// A movie header of version 0, in thousandths of a second.
    fn mvhd(units: u32) -> Vec<u8> {
        let numbers = [0, 0, 0, 1000, units];
        atom(*b"mvhd", &numbers.map(u32::to_be_bytes).concat())
    }

    /// A track with tables of this many bytes.
    fn trak(handler: [u8; 4], width: u32, height: u32, tables: usize) -> Vec<u8> {
        let tkhd = atom(*b"tkhd", &[width << 16, height << 16].map(u32::to_be_bytes).concat());
        let hdlr = atom(*b"hdlr", &[&[0; 8], &handler[..]].concat());
        let minf = atom(*b"minf", &vec![0; tables]);
        atom(*b"trak", &[tkhd, atom(*b"mdia", &[hdlr, minf].concat())].concat())
    }

    fn duration_of(moov: &[Vec<u8>]) -> Option<u64> {
        let file = [FTYP.to_vec(), atom(*b"moov", &moov.concat())].concat();
        probe(&file).0.metadata.unwrap().duration_ms
    }

    #[test]
    fn a_long_film_with_its_header_at_the_end_takes_few_ranges() {
        let tracks = [trak(*b"soun", 0, 0, 5 << 20), trak(*b"vide", 1920, 1080, 5 << 20)].concat();
        let moov = atom(*b"moov", &[mvhd(7_200_000), tracks].concat());
        let film_size = 20_u64 << 30;
        let head = [FTYP, b"\0\0\0\x01mdat", &film_size.to_be_bytes()].concat();
        let moov_start = FTYP.len() as u64 + film_size;
        let size_bytes = moov_start + moov.len() as u64;

        let (findings, fetched) = probe_by(size_bytes, |range, buffer| {
            for (offset, byte) in (range.start..).zip(buffer) {
                *byte = match offset.checked_sub(moov_start) {
                    Some(in_moov) => moov[in_moov as usize],
                    None => head.get(offset as usize).copied().unwrap_or_default(),
                };
            }
        });
        let metadata = findings.metadata.unwrap();
        assert_eq!(metadata.duration_ms, Some(7_200_000));
        assert_eq!(sides(metadata), Some((1920, 1080)));
        assert_eq!(fetched.len(), 3, "the head, the movie's header, the second track");
    }

    #[test]
    fn a_film_in_fragments_may_tell_its_length_in_an_extension() {
        let mehd = atom(*b"mehd", &[0, 4000].map(u32::to_be_bytes).concat());
        let mvex = atom(*b"mvex", &mehd);
        assert_eq!(duration_of(&[mvhd(0), mvex.clone()]), Some(4000));
        assert_eq!(duration_of(&[mvhd(3000), mvex]), Some(3000));
        assert_eq!(duration_of(&[mvhd(0)]), None);
    }

    #[test]
    fn a_length_of_all_ones_is_none() {
        assert_eq!(duration_of(&[mvhd(u32::MAX)]), None);
    }

    #[test]
    fn subtitles_are_no_picture_and_four_zeros_end_a_list() {
        let tracks = [trak(*b"text", 320, 40, 0), trak(*b"vide", 640, 480, 0), vec![0; 4]];
        let moov = atom(*b"moov", &[mvhd(1), tracks.concat()].concat());
        let (findings, _) = probe(&[FTYP.to_vec(), moov].concat());
        assert_eq!(sides(findings.metadata.unwrap()), Some((640, 480)));
    }
}
