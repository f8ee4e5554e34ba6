//! The length of a sound in an Ogg container (RFC 3533): Vorbis or Opus (RFC 7845).

use std::io::{self, Read, Seek, SeekFrom};
use std::time::Duration;

use super::pieces::Reader;
use super::{Format, Metadata};

/// The first page has one segment, the codec's own header.
const CODEC_HEADER: u64 = 28;

/// The size of the largest page in bytes: header, 255 lengths of segments, and as much in each.
const MAX_PAGE_BYTES: u64 = 27 + 255 + 255 * 255;

/// What Opus counts samples by, whatever the sound was recorded at.
const OPUS_SAMPLE_RATE: u32 = 48_000;

/// Reads an Ogg file's metadata: the last page tells the number of samples up to its end.
pub(super) fn read(reader: &mut Reader<'_>, format: Format) -> io::Result<Metadata> {
    let (sample_rate, skipped) = if format == Format::Opus {
        let skipped = reader.array_at(CODEC_HEADER + 10).map(u16::from_le_bytes)?;
        (OPUS_SAMPLE_RATE, skipped)
    } else {
        (reader.array_at(CODEC_HEADER + 12).map(u32::from_le_bytes)?, 0)
    };
    let samples = last_position(reader)?.saturating_sub(skipped.into());
    let millis = (u128::from(samples) * 1000).checked_div(sample_rate.into());
    let millis = millis.and_then(|millis| u64::try_from(millis).ok());
    Ok(Metadata::new(format, None, millis.map(Duration::from_millis)))
}

/// The position, in samples, that the last page gives.
fn last_position(reader: &mut Reader<'_>) -> io::Result<u64> {
    let start = reader.size_bytes().saturating_sub(MAX_PAGE_BYTES);
    let mut tail = Vec::new();
    reader.seek(SeekFrom::Start(start))?;
    reader.read_to_end(&mut tail)?;
    let page = tail.windows(14).rfind(|window| window.starts_with(b"OggS"));
    let position = page.and_then(|page| page.last_chunk()).ok_or(io::ErrorKind::InvalidData)?;
    Ok(u64::from_le_bytes(*position))
}
