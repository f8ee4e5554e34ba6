//! The MD5 of an object of any size: read over parallel connections, hashed in order, resumable.
//!
//! An MD5 is computed in order, but the bytes can be read in parallel, and have to be: one connection to
//! S3 is slower than one core hashes. The [`Pace`] bounds what is read ahead, whatever the object's size.

use std::fmt;
use std::future::Future;

use futures_util::future::{Either, select};
use futures_util::stream::{self, BoxStream, StreamExt as _};
use tokio::task::spawn_blocking;
use tokio_util::task::AbortOnDropHandle;

use super::{Bucket, Source};
use crate::domain::{Md5, Midway, ObjectKey, StoredObject};
use crate::{Error, Result};

/// How an object is read.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// The ranges that are in memory at a time: one is hashed, and the others are read meanwhile, each
    /// over a connection of its own.
    ranges: usize,
    /// The size of a range.
    range_bytes: u64,
    /// After how many bytes progress is noted.
    note_bytes: u64,
}

/// S3 gives a connection some 80 MB/s: eight are more than one core hashes. At that rate a range of
/// 4 MiB takes long enough to hide the round trip before its first byte.
const PACE: Pace = Pace { ranges: 9, range_bytes: 4 * 1024 * 1024, note_bytes: 512 * 1024 * 1024 };

/// How far hashing came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hashed {
    /// All of the object is hashed.
    Whole(Md5),
    /// Part of it is hashed: where to continue, in this process or another.
    Midway(Midway),
    /// The object is gone, or replaced by another.
    Gone,
}

/// An object that is being hashed. Up to 36 MiB of it are in memory, and reading goes on between calls.
pub struct Hashing {
    ranges: BoxStream<'static, Result<Option<Vec<u8>>>>,
    midway: Midway,
    size_bytes: u64,
    note_bytes: u64,
}

impl Bucket {
    /// Begins to hash exactly the bytes that the `ETag` of `object` names, from where an `earlier`
    /// attempt stopped.
    #[must_use]
    pub fn hashing(
        &self,
        key: &ObjectKey,
        object: &StoredObject,
        earlier: Option<Midway>,
    ) -> Hashing {
        let source = self.source(key, &object.etag, object.size_bytes);
        Hashing::new(source, Midway::of(object, earlier), PACE)
    }
}

impl Hashing {
    fn new(source: Source, midway: Midway, pace: Pace) -> Self {
        let (size_bytes, note_bytes) = (source.size_bytes(), pace.note_bytes);
        let ranges = ranges(source, midway.bytes_hashed, pace);
        Self { ranges, midway, size_bytes, note_bytes }
    }

    /// Hashes until the end or until `time_is_up`, at most 512 MiB per call, so that the caller can record
    /// the progress and a process that dies loses little.
    ///
    /// # Errors
    ///
    /// S3's failure, after three attempts at the same bytes.
    pub async fn go_on(
        &mut self,
        mut time_is_up: impl Future<Output = ()> + Unpin,
    ) -> Result<Hashed> {
        let until = self.midway.bytes_hashed + self.note_bytes;
        while self.midway.bytes_hashed < self.size_bytes {
            if self.midway.bytes_hashed >= until {
                return Ok(Hashed::Midway(self.midway.clone()));
            }
            // Time is looked at first: where hashing is slower than reading, a range is always there.
            let range = match select(&mut time_is_up, self.ranges.next()).await {
                Either::Left(((), _)) => return Ok(Hashed::Midway(self.midway.clone())),
                Either::Right((range, _)) => {
                    range.ok_or_else(|| interrupted("too few ranges"))??
                }
            };
            let Some(bytes) = range else { return Ok(Hashed::Gone) };
            self.midway = hashed(self.midway.clone(), bytes).await?;
        }
        Ok(Hashed::Whole(self.midway.clone().finish()))
    }
}

/// The ranges from the byte at `start` on, in order. Each is read by a task of its own, so that it is read
/// while another is hashed, and the task is over with the stream.
fn ranges(source: Source, start: u64, pace: Pace) -> BoxStream<'static, Result<Option<Vec<u8>>>> {
    let size = source.size_bytes();
    let mut next = start;
    let ranges = std::iter::from_fn(move || {
        let range = next..size.min(next + pace.range_bytes);
        next = range.end;
        (!range.is_empty()).then_some(range)
    });
    let readings = stream::iter(ranges).map(move |range| {
        let source = source.clone();
        let reading = tokio::spawn(async move { source.read(range).await });
        let reading = AbortOnDropHandle::new(reading);
        async move { reading.await.map_err(interrupted)? }
    });
    readings.buffered(pace.ranges).boxed()
}

/// Hashes on another thread, so that this one goes on reading.
async fn hashed(mut midway: Midway, bytes: Vec<u8>) -> Result<Midway> {
    let hashing = spawn_blocking(move || {
        midway.update(&bytes);
        midway
    });
    hashing.await.map_err(interrupted)
}

fn interrupted(failure: impl fmt::Display) -> Error {
    Error::internal(format!("hashing was interrupted: {failure}"))
}

impl fmt::Debug for Hashing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Hashing({} of {} bytes)", self.midway.bytes_hashed, self.size_bytes)
    }
}

#[cfg(test)]
mod tests;
