//! The type of a file, from its first bytes.

use std::io;

use file_format::FileFormat;

use super::Format;
use super::pieces::Reader;
use crate::domain::MimeType;

/// What a file is.
pub(super) struct Detected {
    /// Its media type, the registered one where there is one.
    pub(super) mime_type: MimeType,
    /// Its format, if that is one whose metadata can be read.
    pub(super) format: Option<Format>,
}

/// Tells what the file is; fails if it is like nothing known.
pub(super) fn detect(reader: &mut Reader<'_>) -> io::Result<Detected> {
    match FileFormat::from_reader(reader)? {
        FileFormat::Empty | FileFormat::ArbitraryBinaryData => {
            Err(io::ErrorKind::Unsupported.into())
        }
        known => {
            let mime_type = media_type(&known).to_owned().try_into().map_err(io::Error::other)?;
            Ok(Detected { mime_type, format: readable(known) })
        }
    }
}

/// The library's name, but for MP4: it is `application/mp4` as long as one did not read its tracks,
/// and what Apple's brands mean has had a registered name for long.
fn media_type(format: &FileFormat) -> &str {
    match format {
        FileFormat::AppleItunesAudio | FileFormat::AppleItunesAudiobook => "audio/mp4",
        FileFormat::AppleItunesVideo | FileFormat::Mpeg4Part14 => "video/mp4",
        format => format.media_type(),
    }
}

fn readable(format: FileFormat) -> Option<Format> {
    use FileFormat as Known;
    Some(match format {
        Known::AnimatedPortableNetworkGraphics | Known::PortableNetworkGraphics => Format::Png,
        Known::AppleItunesAudio | Known::AppleItunesAudiobook => Format::M4a,
        Known::AppleItunesVideo | Known::Mpeg4Part14 => Format::Mp4,
        Known::AppleQuicktime => Format::QuickTime,
        Known::AudioVideoInterleave => Format::Avi,
        Known::Av1ImageFileFormat => Format::Avif,
        Known::FreeLosslessAudioCodec => Format::Flac,
        Known::GraphicsInterchangeFormat => Format::Gif,
        Known::HighEfficiencyImageCoding | Known::HighEfficiencyImageFileFormat => Format::Heif,
        Known::JointPhotographicExpertsGroup => Format::Jpeg,
        Known::MatroskaAudio | Known::Matroska3dVideo | Known::MatroskaVideo => Format::Matroska,
        Known::Mpeg12AudioLayer3 => Format::Mp3,
        Known::OggOpus => Format::Opus,
        Known::OggVorbis => Format::Vorbis,
        Known::TagImageFileFormat => Format::Tiff,
        Known::ThirdGenerationPartnershipProject | Known::ThirdGenerationPartnershipProject2 => {
            Format::ThreeGpp
        }
        Known::WaveformAudio => Format::Wav,
        Known::Webm => Format::Webm,
        Known::Webp => Format::Webp,
        Known::WindowsBitmap => Format::Bmp,
        _ => return None,
    })
}
