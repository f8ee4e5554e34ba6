//! The main header of an AVI file (Microsoft, "AVI RIFF File Reference"), the first thing in it.

use std::io;
use std::time::Duration;

use super::pieces::Reader;
use super::{Dimensions, Format, Metadata};

/// Where `hdrl` and `avih` stand: after `RIFF`, its size, `AVI ` and the list's `LIST` and size.
const HEADER_NAMES: u64 = 20;
const RIFF_SIZE: u64 = 4;
const MICROSECONDS_PER_FRAME: u64 = 32;
const TOTAL_FRAMES: u64 = 48;
const WIDTH: u64 = 64;
const HEIGHT: u64 = 68;

/// Reads an AVI file's metadata.
pub(super) fn read(reader: &mut Reader<'_>, format: Format) -> io::Result<Metadata> {
    if reader.array_at(HEADER_NAMES)? != *b"hdrlavih" {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut number_at = |offset| reader.array_at(offset).map(u32::from_le_bytes);
    let dimensions = Dimensions::new(number_at(WIDTH)?, number_at(HEIGHT)?);
    let frame = Duration::from_micros(number_at(MICROSECONDS_PER_FRAME)?.into());
    let duration = frame.checked_mul(number_at(TOTAL_FRAMES)?);
    // Beyond a gigabyte, further chunks follow, whose frames the main header does not count.
    let is_whole = u64::from(number_at(RIFF_SIZE)?) + 1024 > reader.size_bytes();
    Ok(Metadata::new(format, dimensions, duration.filter(|_| is_whole)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fixture, probe};

    #[test]
    fn a_film_with_more_than_its_main_part_has_no_known_length() {
        let file = [fixture!("movie.avi"), &[0; 2048]].concat();
        let metadata = probe(&file).0.metadata.unwrap();
        assert!(metadata.dimensions.is_some());
        assert_eq!(metadata.duration_ms, None);
    }
}
