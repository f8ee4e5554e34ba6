//! What is known of a media file.

use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use super::MimeType;

/// What the bytes of a file tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// The media type that the bytes themselves bear witness to; nothing for text, and for bytes that
    /// are like no format.
    pub detected_mime_type: Option<MimeType>,
    /// What is known of a media file that could be read.
    pub metadata: Option<Metadata>,
}

/// What a media file's bytes tell of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The format of the file: of the container, if it is a film.
    pub format: Format,
    /// The size of the picture; nothing for sound alone.
    pub dimensions: Option<Dimensions>,
    /// The length of the recording in milliseconds, at most [`Metadata::MAX_DURATION_MS`]; nothing
    /// for an image, or where the file does not tell it.
    pub duration_ms: Option<u64>,
}

impl Metadata {
    /// A century: longer recordings are taken for broken ones. Far below 2^53, so that it is exact
    /// in any JSON.
    pub const MAX_DURATION_MS: u64 = 100 * 366 * 24 * 60 * 60 * 1000;

    /// The metadata of a file; a duration of zero, or beyond the bound, counts as not told.
    #[must_use]
    pub fn new(format: Format, dimensions: Option<Dimensions>, duration: Option<Duration>) -> Self {
        let duration_ms = duration
            .and_then(|duration| u64::try_from(duration.as_millis()).ok())
            .filter(|millis| (1..=Self::MAX_DURATION_MS).contains(millis));
        Self { format, dimensions, duration_ms }
    }
}

/// The size of a picture in pixels, as it is stored: a rotation that the file asks for is not applied,
/// but for HEIF's and AVIF's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimensions {
    width: u32,
    height: u32,
}

impl Dimensions {
    /// A picture of this size; nothing if a side is zero or over 2^31 - 1, PNG's own bound.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Option<Self> {
        let bounds = 1..=i32::MAX.unsigned_abs();
        (bounds.contains(&width) && bounds.contains(&height)).then_some(Self { width, height })
    }

    /// The width in pixels, 1 to 2^31 - 1.
    #[must_use]
    pub const fn width(self) -> u32 {
        self.width
    }

    /// The height in pixels, 1 to 2^31 - 1.
    #[must_use]
    pub const fn height(self) -> u32 {
        self.height
    }
}

/// A format whose metadata can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the formats' own names")]
pub enum Format {
    Avi,
    Avif,
    Bmp,
    Flac,
    Gif,
    Heif,
    Jpeg,
    M4a,
    Matroska,
    Mp3,
    Mp4,
    Opus,
    Png,
    QuickTime,
    ThreeGpp,
    Tiff,
    Vorbis,
    Wav,
    Webm,
    Webp,
}

/// No format has that name.
#[derive(Debug, Error)]
#[error("not the name of a media format")]
pub struct UnknownFormat;

impl Format {
    pub(super) const ALL: [Self; 20] = [
        Self::Avi,
        Self::Avif,
        Self::Bmp,
        Self::Flac,
        Self::Gif,
        Self::Heif,
        Self::Jpeg,
        Self::M4a,
        Self::Matroska,
        Self::Mp3,
        Self::Mp4,
        Self::Opus,
        Self::Png,
        Self::QuickTime,
        Self::ThreeGpp,
        Self::Tiff,
        Self::Vorbis,
        Self::Wav,
        Self::Webm,
        Self::Webp,
    ];

    /// The name of the format, in lowercase.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Avi => "avi",
            Self::Avif => "avif",
            Self::Bmp => "bmp",
            Self::Flac => "flac",
            Self::Gif => "gif",
            Self::Heif => "heif",
            Self::Jpeg => "jpeg",
            Self::M4a => "m4a",
            Self::Matroska => "matroska",
            Self::Mp3 => "mp3",
            Self::Mp4 => "mp4",
            Self::Opus => "opus",
            Self::Png => "png",
            Self::QuickTime => "quicktime",
            Self::ThreeGpp => "3gpp",
            Self::Tiff => "tiff",
            Self::Vorbis => "vorbis",
            Self::Wav => "wav",
            Self::Webm => "webm",
            Self::Webp => "webp",
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.as_str() == text).ok_or(UnknownFormat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_read_back_from_its_name() {
        for format in Format::ALL {
            assert_eq!(format.as_str().parse::<Format>().ok(), Some(format));
        }
        assert!("PNG".parse::<Format>().is_err());
    }

    #[test]
    fn a_picture_without_pixels_has_no_dimensions() {
        assert_eq!(Dimensions::new(0, 5), None);
        assert_eq!(Dimensions::new(5, 0), None);
        assert_eq!(Dimensions::new(1 << 31, 5), None);
        let largest = Dimensions::new((1 << 31) - 1, 1).unwrap();
        assert_eq!((largest.width(), largest.height()), ((1 << 31) - 1, 1));
    }

    #[test]
    fn a_duration_is_told_in_milliseconds_or_not_at_all() {
        let millis = |duration| Metadata::new(Format::Mp3, None, Some(duration)).duration_ms;
        assert_eq!(millis(Duration::from_micros(1_999)), Some(1));
        assert_eq!(millis(Duration::from_micros(999)), None);
        let century = Duration::from_millis(Metadata::MAX_DURATION_MS);
        assert_eq!(millis(century), Some(Metadata::MAX_DURATION_MS));
        assert_eq!(millis(century + Duration::from_millis(1)), None);
    }
}
