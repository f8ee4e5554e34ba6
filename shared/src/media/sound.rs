//! The length of a sound file that is no container: MP3, FLAC or WAV.

use std::io;

use lofty::config::{GlobalOptions, ParseOptions, apply_global_options};
use lofty::file::AudioFile;
use lofty::properties::FileProperties;

use super::pieces::Reader;
use super::{Format, Metadata};

/// The most that may be allocated for what a file says is this long, in bytes: headers are short.
const ALLOCATION_LIMIT: usize = 64 * 1024;

/// Reads a sound file's metadata as a file of type `F`.
pub(super) fn read<F>(reader: &mut Reader<'_>, format: Format) -> io::Result<Metadata>
where
    F: AudioFile<Properties: Clone + Into<FileProperties>>,
{
    apply_global_options(GlobalOptions::new().allocation_limit(ALLOCATION_LIMIT));
    // Tags and covers are skipped, not fetched.
    let options = ParseOptions::new().read_tags(false).read_cover_art(false);
    let file = F::read_from(reader, options).map_err(io::Error::other)?;
    let properties: FileProperties = file.properties().clone().into();
    Ok(Metadata::new(format, None, Some(properties.duration())))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fixture, probe};

    #[test]
    fn a_large_cover_before_a_song_is_skipped() {
        // Four megabytes, seven bits in a byte.
        let tag = [&b"ID3\x04\0\0\x02\0\0\0"[..], &vec![0; 4 << 20]].concat();
        let file = [&tag, fixture!("no-xing.mp3")].concat();
        let (findings, fetched) = probe(&file);
        assert_eq!(findings.detected_mime_type.unwrap().as_str(), "audio/mpeg");
        assert_eq!(findings.metadata.unwrap().duration_ms, Some(1656));
        assert_eq!(fetched.len(), 2, "the head and the tail");
    }
}
