//! Probing a file: which range is needed next, or what was found.

use std::io;
use std::ops::Range;

use lofty::flac::FlacFile;
use lofty::iff::wav::WavFile;
use lofty::mpeg::MpegFile;

use super::pieces::{Pieces, Reader};
use super::{Findings, Format, Metadata, avi, detect, image, matroska, mp4, ogg, sound};

/// The size of the first range, the head of the file, in bytes. It is enough for most images.
pub const HEAD_BYTES: u64 = 64 * 1024;

/// The most bytes of any later range: S3 answers hardly slower than for fewer.
pub const RANGE_BYTES: u64 = 512 * 1024;

/// The most ranges that a probe asks for, so less than 4 MiB of a file of any size.
pub const MAX_RANGES: usize = 8;

/// What the bytes of a file tell, read range by range.
///
/// The caller calls [`step`](Self::step) and supplies what it needs until it is done. Each step reads
/// anew from the start what is there: ranges are few, and parsers need not know of them.
#[derive(Debug)]
pub struct Probe {
    pieces: Pieces,
}

/// How a probe goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeStep {
    /// These bytes of the file are needed: from `start`, without `end`; never empty, never beyond
    /// the file.
    Needs(Range<u64>),
    /// All was read that can be.
    Done(Findings),
}

impl Probe {
    /// A probe of a file of this size, of which nothing was fetched yet.
    #[must_use]
    pub fn new(size_bytes: u64) -> Self {
        Self { pieces: Pieces::none_of(size_bytes) }
    }

    /// Takes the bytes of the file from `start` on: those of the range that the last step needed.
    pub fn supply(&mut self, start: u64, bytes: Vec<u8>) {
        self.pieces.add(start, bytes);
    }

    /// What is found in the ranges supplied so far, or the range that is lacking.
    #[must_use]
    pub fn step(&self) -> ProbeStep {
        self.findings().map_or_else(ProbeStep::Needs, ProbeStep::Done)
    }

    fn findings(&self) -> Result<Findings, Range<u64>> {
        let Some(detected) = self.attempt(detect::detect)? else {
            return Ok(Findings::default());
        };
        let metadata = match detected.format {
            Some(format) => self.attempt(|reader| read(reader, format))?,
            None => None,
        };
        Ok(Findings { detected_mime_type: Some(detected.mime_type), metadata })
    }

    /// What `parse` makes of the file; nothing if it cannot be understood, or not within the bounds.
    fn attempt<T>(
        &self,
        parse: impl FnOnce(&mut Reader<'_>) -> io::Result<T>,
    ) -> Result<Option<T>, Range<u64>> {
        let mut reader = self.pieces.reader();
        let parsed = parse(&mut reader);
        match reader.missed() {
            // Some parsers make do with what they could read: what they say then is not the truth.
            Some(offset) if self.pieces.count() < MAX_RANGES => Err(self.range_at(offset)),
            Some(_) => Ok(None),
            None => Ok(parsed.ok()),
        }
    }

    /// The range to fetch for the byte at `offset`. Near the end it is the file's whole tail, for
    /// what stands there is read in steps backwards.
    fn range_at(&self, offset: u64) -> Range<u64> {
        let size_bytes = self.pieces.size_bytes();
        if offset == 0 {
            return 0..size_bytes.min(HEAD_BYTES);
        }
        let tail = size_bytes.saturating_sub(RANGE_BYTES);
        let start = offset.min(tail).max(self.pieces.known_before(offset));
        start..start.saturating_add(RANGE_BYTES).min(size_bytes)
    }
}

fn read(reader: &mut Reader<'_>, format: Format) -> io::Result<Metadata> {
    match format {
        Format::Avif
        | Format::Bmp
        | Format::Gif
        | Format::Heif
        | Format::Jpeg
        | Format::Png
        | Format::Tiff
        | Format::Webp => image::read(reader, format),
        Format::M4a | Format::Mp4 | Format::QuickTime | Format::ThreeGpp => {
            mp4::read(reader, format)
        }
        Format::Matroska | Format::Webm => matroska::read(reader, format),
        Format::Avi => avi::read(reader, format),
        Format::Flac => sound::read::<FlacFile>(reader, format),
        Format::Mp3 => sound::read::<MpegFile>(reader, format),
        Format::Wav => sound::read::<WavFile>(reader, format),
        Format::Opus | Format::Vorbis => ogg::read(reader, format),
    }
}
