//! What a media file is, from a few ranges of its bytes: its type, its size in pixels, its length.
//!
//! Pure, and without any reading of its own: a [`Probe`] says which range it needs next, the caller
//! fetches it. Whatever the bytes are, a probe ends after [`MAX_RANGES`] ranges, keeps no more than
//! was supplied to it, and never panics: a file that cannot be understood has no metadata.
//!
//! Types are told by `file-format`, images read by `imagesize`, sound by `lofty`. Containers are walked
//! here, for what we want are three numbers in their headers: the libraries for MP4 load its tables of
//! samples, megabytes of them, those for Matroska its fonts and covers; and those we tried can be made
//! to panic, to loop or to allocate whatever a length field says, `lofty` too in its reading of Opus.

mod avi;
mod detect;
mod image;
mod matroska;
mod mp4;
mod ogg;
mod pieces;
mod probe;
mod sound;

use crate::domain::metadata::{Dimensions, Findings, Format, Metadata};

pub use probe::{HEAD_BYTES, MAX_RANGES, Probe, ProbeStep, RANGE_BYTES};

#[cfg(test)]
mod tests;
