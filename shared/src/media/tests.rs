//! What is read from real files, how few ranges that takes, and what broken files come to.

use std::ops::Range;

use super::{Findings, Format, HEAD_BYTES, MAX_RANGES, Metadata, Probe, RANGE_BYTES, Step};

macro_rules! fixture {
    ($name:literal) => {
        ($name, include_bytes!(concat!("fixtures/", $name)).as_slice())
    };
}

/// Made as `fixtures/make.sh` says.
const FIXTURES: [(&str, &[u8]); 24] = [
    fixture!("fragmented.mp4"),
    fixture!("image.avif"),
    fixture!("image.bmp"),
    fixture!("image.gif"),
    fixture!("image.heic"),
    fixture!("image.jpg"),
    fixture!("image.png"),
    fixture!("image.tiff"),
    fixture!("image.webp"),
    fixture!("moov-first.mp4"),
    fixture!("moov-last.mp4"),
    fixture!("movie.3gp"),
    fixture!("movie.avi"),
    fixture!("movie.mkv"),
    fixture!("movie.mov"),
    fixture!("movie.webm"),
    fixture!("no-xing.mp3"),
    fixture!("sound.aac"),
    fixture!("sound.flac"),
    fixture!("sound.m4a"),
    fixture!("sound.mp3"),
    fixture!("sound.ogg"),
    fixture!("sound.opus"),
    fixture!("sound.wav"),
];

#[test]
fn dump() {
    for (name, bytes) in FIXTURES {
        let (f, ranges) = probe(bytes);
        println!("{name} {f:?} {ranges:?}");
    }
}

#[test]
fn a_file_cut_short_anywhere_does_no_harm() {
    for (name, bytes) in FIXTURES {
        for length in 0..bytes.len() {
            let _ = probe(&bytes[..length]);
        }
    }
}

#[test]
fn a_file_with_flipped_bits_does_no_harm() {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || { random ^= random << 13; random ^= random >> 7; random ^= random << 17; random };
    let rounds = std::env::var("ROUNDS").ok().and_then(|t| t.parse().ok()).unwrap_or(300);
    for (name, bytes) in FIXTURES {
        for round in 0..rounds {
            let mut b = bytes.to_vec();
            for _ in 0..(1 + next() % 8) {
                let reach = if next() % 4 == 0 { b.len() } else { b.len().min(600) };
                let at = next() as usize % reach;
                b[at] = match next() % 4 { 0 => 0, 1 => 0xff, _ => b[at] ^ (1 << (next() % 8)) };
            }
            if let Err(_) = std::panic::catch_unwind(|| probe(&b)) { println!("PANIC {name} {round}"); }
        }
    }
}

/// Probes a file that is all at hand.
fn probe(file: &[u8]) -> (Findings, Vec<Range<u64>>) {
    probe_by(file.len() as u64, |range| file[range.start as usize..range.end as usize].to_vec())
}

/// Probes a file of this size whose ranges `fetch` gives: what is found, and what was fetched.
fn probe_by(
    size_bytes: u64,
    fetch: impl Fn(&Range<u64>) -> Vec<u8>,
) -> (Findings, Vec<Range<u64>>) {
    let mut probe = Probe::new(size_bytes);
    let mut fetched = Vec::new();
    loop {
        match probe.step() {
            Step::Done(findings) => return (findings, fetched),
            Step::Needs(range) => {
                assert!(range.start < range.end && range.end <= size_bytes, "{range:?}");
                probe.supply(range.start, fetch(&range));
                fetched.push(range);
                assert!(fetched.len() <= MAX_RANGES);
            }
        }
    }
}
