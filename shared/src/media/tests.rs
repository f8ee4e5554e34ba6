//! What is read from real files, what bytes of any kind come to, and how little is fetched for it.

use std::ops::Range;

use super::{Findings, Format, HEAD_BYTES, MAX_RANGES, Metadata, Probe, ProbeStep, RANGE_BYTES};

/// A file, and what is to be found in it: type, format, size in pixels, length in milliseconds.
type Fixture = (&'static [u8], &'static str, Option<Format>, Option<(u32, u32)>, Option<u64>);

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("fixtures/", $name)).as_slice()
    };
}
pub(super) use fixture;

const FILM: Option<(u32, u32)> = Some((64, 48));
const IMAGE: Option<(u32, u32)> = Some((7, 5));

/// Made as `fixtures/make.sh` says.
#[rustfmt::skip]
const FIXTURES: [Fixture; 24] = [
    (fixture!("fragmented.mp4"), "video/mp4", Some(Format::Mp4), FILM, None),
    (fixture!("moov-first.mp4"), "video/mp4", Some(Format::Mp4), FILM, Some(2000)),
    (fixture!("moov-last.mp4"), "video/mp4", Some(Format::Mp4), FILM, Some(2000)),
    (fixture!("movie.3gp"), "video/3gpp", Some(Format::ThreeGpp), FILM, Some(2000)),
    (fixture!("movie.avi"), "video/x-msvideo", Some(Format::Avi), FILM, Some(2000)),
    (fixture!("movie.mkv"), "video/matroska", Some(Format::Matroska), FILM, Some(2000)),
    (fixture!("movie.mov"), "video/quicktime", Some(Format::QuickTime), FILM, Some(3000)),
    (fixture!("movie.webm"), "video/webm", Some(Format::Webm), FILM, Some(2000)),
    // The encoder fills up the last frame, and puts silence before the first.
    (fixture!("no-xing.mp3"), "audio/mpeg", Some(Format::Mp3), None, Some(1656)),
    (fixture!("sound.mp3"), "audio/mpeg", Some(Format::Mp3), None, Some(1656)),
    // Its length is only known by reading all of it.
    (fixture!("sound.aac"), "audio/aac", None, None, None),
    (fixture!("sound.flac"), "audio/flac", Some(Format::Flac), None, Some(1500)),
    (fixture!("sound.m4a"), "audio/mp4", Some(Format::M4a), None, Some(1500)),
    (fixture!("sound.ogg"), "audio/ogg", Some(Format::Vorbis), None, Some(1500)),
    (fixture!("sound.opus"), "audio/opus", Some(Format::Opus), None, Some(1500)),
    (fixture!("sound.wav"), "audio/vnd.wave", Some(Format::Wav), None, Some(500)),
    (fixture!("image.avif"), "image/avif", Some(Format::Avif), IMAGE, None),
    (fixture!("image.bmp"), "image/bmp", Some(Format::Bmp), IMAGE, None),
    (fixture!("image.gif"), "image/gif", Some(Format::Gif), IMAGE, None),
    (fixture!("image.heic"), "image/heic", Some(Format::Heif), Some((128, 96)), None),
    (fixture!("image.jpg"), "image/jpeg", Some(Format::Jpeg), IMAGE, None),
    (fixture!("image.png"), "image/png", Some(Format::Png), IMAGE, None),
    (fixture!("image.tiff"), "image/tiff", Some(Format::Tiff), IMAGE, None),
    (fixture!("image.webp"), "image/webp", Some(Format::Webp), IMAGE, None),
];

#[test]
fn a_file_of_every_format_is_read_in_one_range() {
    for (file, mime_type, format, dimensions, duration_ms) in FIXTURES {
        let (findings, fetched) = probe(file);
        let detected = findings.detected_mime_type.unwrap();
        assert_eq!(detected.as_str(), mime_type);
        assert_eq!(findings.metadata.map(|found| found.format), format, "{mime_type}");
        assert_eq!(findings.metadata.and_then(sides), dimensions, "{mime_type}");
        let found = findings.metadata.and_then(|found| found.duration_ms);
        assert_eq!(found, duration_ms, "{mime_type}");
        assert_eq!(fetched.len(), 1, "{mime_type}");
    }
}

#[test]
fn what_is_no_media_file_has_no_metadata() {
    let (findings, _) = probe(b"%PDF-1.7");
    assert_eq!(findings.detected_mime_type.unwrap().as_str(), "application/pdf");
    assert_eq!(findings.metadata, None);
    for like_nothing in [&b""[..], b"BMW and other words", &[0; 5000], &[0xFF; 5000]] {
        assert_eq!(probe(like_nothing).0, Findings::default());
    }
}

#[test]
fn a_large_file_that_is_no_media_file_is_known_by_its_head() {
    let (findings, fetched) = probe_by(5 << 40, |_, buffer| buffer.fill(b'a'));
    assert_eq!(findings, Findings::default());
    assert_eq!(fetched.as_slice(), std::slice::from_ref(&(0..HEAD_BYTES)));
}

#[test]
fn a_file_cut_short_anywhere_does_no_harm() {
    for (file, ..) in FIXTURES {
        for length in 0..file.len() {
            probe(&file[..length]);
        }
    }
}

#[test]
fn a_file_with_flipped_bits_does_no_harm() {
    let mut random = 0x9E37_79B9_7F4A_7C15;
    for (file, ..) in FIXTURES {
        for _ in 0..500 {
            let mut broken = file.to_vec();
            // Most of them in the head, where what is read stands.
            for reach in [64, 512, broken.len()] {
                let bit = next_random(&mut random) as usize % (8 * reach.min(broken.len()));
                broken[bit / 8] ^= 1 << (bit % 8);
            }
            probe(&broken);
        }
    }
}

#[test]
fn bytes_after_any_beginning_are_read_within_the_bounds() {
    let mut random = 0xD1B5_4A32_D192_ED03;
    for (file, ..) in FIXTURES {
        let head = &file[..file.len().min(64)];
        let pattern = next_random(&mut random).to_be_bytes();
        probe_by(1 << 20, |range, buffer| {
            for (offset, byte) in (range.start as usize..).zip(buffer) {
                *byte = *head.get(offset).unwrap_or(&pattern[offset % pattern.len()]);
            }
        });
    }
}

#[test]
fn a_probe_that_is_given_nothing_ends() {
    let mut probe = Probe::new(HEAD_BYTES);
    for _ in 0..MAX_RANGES {
        assert_eq!(probe.step(), ProbeStep::Needs(0..HEAD_BYTES));
        probe.supply(0, Vec::new());
    }
    assert_eq!(probe.step(), ProbeStep::Done(Findings::default()));
}

pub(super) fn sides(metadata: Metadata) -> Option<(u32, u32)> {
    metadata.dimensions.map(|dimensions| (dimensions.width(), dimensions.height()))
}

/// Probes a file that is all at hand: what is found, and what was fetched.
pub(super) fn probe(file: &[u8]) -> (Findings, Vec<Range<u64>>) {
    probe_by(file.len() as u64, |range, buffer| {
        buffer.copy_from_slice(&file[range.start as usize..range.end as usize]);
    })
}

/// Probes a file of this size, of which `fetch` fills a buffer with a range; holds the probe to its
/// bounds.
pub(super) fn probe_by(
    size_bytes: u64,
    fetch: impl Fn(&Range<u64>, &mut [u8]),
) -> (Findings, Vec<Range<u64>>) {
    let mut probe = Probe::new(size_bytes);
    let mut fetched = Vec::new();
    loop {
        match probe.step() {
            ProbeStep::Done(findings) => return (findings, fetched),
            ProbeStep::Needs(range) => {
                assert!(range.start < range.end && range.end <= size_bytes, "{range:?}");
                assert!(range.end - range.start <= RANGE_BYTES, "{range:?}");
                let mut buffer = vec![0; (range.end - range.start) as usize];
                fetch(&range, &mut buffer);
                probe.supply(range.start, buffer);
                fetched.push(range);
                assert!(fetched.len() <= MAX_RANGES);
            }
        }
    }
}

/// Xorshift, for tests that are the same each time.
fn next_random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}
