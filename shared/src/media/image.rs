//! The size of an image, in pixels.

use std::io;

use super::pieces::Reader;
use super::{Dimensions, Format, Metadata};

/// Reads an image's metadata.
pub(super) fn read(reader: &mut Reader<'_>, format: Format) -> io::Result<Metadata> {
    let size = imagesize::reader_size(reader).map_err(io::Error::other)?;
    let width = u32::try_from(size.width).map_err(io::Error::other)?;
    let mut height = u32::try_from(size.height).map_err(io::Error::other)?;
    if format == Format::Bmp {
        // A bitmap that is stored from top to bottom has its height negated.
        height = height.cast_signed().unsigned_abs();
    }
    let dimensions = Dimensions::new(width, height).ok_or(io::ErrorKind::InvalidData)?;
    Ok(Metadata::new(format, Some(dimensions), None))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fixture, probe, sides};

    #[test]
    fn a_bitmap_from_top_to_bottom_has_the_same_height() {
        let mut file = fixture!("image.bmp").to_vec();
        file[22..26].copy_from_slice(&(-5_i32).to_le_bytes());
        assert_eq!(sides(probe(&file).0.metadata.unwrap()), Some((7, 5)));
    }

    #[test]
    fn a_photograph_is_read_behind_a_megabyte_of_other_things() {
        let (start, rest) = fixture!("image.jpg").split_at(2);
        let segment = [&b"\xFF\xE1\xFF\xFF"[..], &vec![0; 65_533]].concat();
        let file = [start, &segment.repeat(16), rest].concat();
        let (findings, fetched) = probe(&file);
        assert_eq!(sides(findings.metadata.unwrap()), Some((7, 5)));
        assert_eq!(fetched.len(), 3);
    }
}
