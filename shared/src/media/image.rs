//! The size of an image, in pixels.

use std::io;

use super::pieces::Reader;
use super::{Dimensions, Format, Metadata};

/// Reads an image's metadata.
pub(super) fn read(reader: &mut Reader<'_>, format: Format) -> io::Result<Metadata> {
    let size = imagesize::reader_size(reader).map_err(io::Error::other)?;
    let side = |pixels: usize| u32::try_from(pixels).map_err(io::Error::other);
    let height = match (format, side(size.height)?) {
        // A bitmap that is stored from top to bottom has its height negated.
        (Format::Bmp, height) => height.cast_signed().unsigned_abs(),
        (_, height) => height,
    };
    let dimensions = Dimensions::new(side(size.width)?, height).ok_or(io::ErrorKind::InvalidData)?;
    Ok(Metadata::new(format, Some(dimensions), None))
}
