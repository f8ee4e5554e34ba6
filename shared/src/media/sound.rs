//! The length of a sound file that is no container: MP3, FLAC or WAV.

use std::io;
use std::time::Duration;

use lofty::config::ParseOptions;
use lofty::file::AudioFile;
use lofty::flac::FlacFile;
use lofty::iff::wav::WavFile;
use lofty::mpeg::MpegFile;
use lofty::properties::FileProperties;

use super::pieces::Reader;
use super::{Format, Metadata};

/// Reads a sound file's metadata.
pub(super) fn read(reader: &mut Reader<'_>, format: Format) -> io::Result<Metadata> {
    let duration = match format {
        Format::Flac => duration_of::<FlacFile>(reader),
        Format::Mp3 => duration_of::<MpegFile>(reader),
        Format::Wav => duration_of::<WavFile>(reader),
        _ => Err(io::ErrorKind::Unsupported.into()),
    };
    Ok(Metadata::new(format, None, Some(duration?)))
}

fn duration_of<F>(reader: &mut Reader<'_>) -> io::Result<Duration>
where
    F: AudioFile<Properties: Clone + Into<FileProperties>>,
{
    // Tags and covers are skipped, not fetched.
    let options = ParseOptions::new().read_tags(false).read_cover_art(false);
    let file = F::read_from(reader, options).map_err(io::Error::other)?;
    let properties: FileProperties = file.properties().clone().into();
    Ok(properties.duration())
}
