//! The MD5 of an object of any size: read over parallel connections, hashed in order, resumable.
//!
//! An MD5 is computed in order, but the bytes can be read in parallel, and have to be: one connection to
//! S3 is slower than one core hashes. The [`Window`] bounds what is read ahead, whatever the object's size.

mod source;
mod window;

use std::fmt;
use std::future::Future;

use futures_util::future::{Either, select};
use tokio::task::spawn_blocking;

use self::source::Source;
use self::window::{PACE, Window};
use super::Bucket;
use crate::domain::{Md5, Midway, ObjectKey, StoredObject};
use crate::{Error, Result};

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

/// An object that is being hashed. Up to 36 MiB are read ahead, also between calls.
#[derive(Debug)]
pub struct Hashing {
    window: Window,
    midway: Midway,
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
        let midway = Midway::of(object, earlier);
        let window = Window::open(Source::new(self, key, object), midway.bytes_hashed, PACE);
        Hashing { window, midway }
    }
}

impl Hashing {
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
        let until = self.midway.bytes_hashed + self.window.pace.note_bytes;
        while let Some(reading) = self.window.first() {
            // Time is looked at first: where hashing is slower than reading, a range is always there.
            let range = match select(&mut time_is_up, reading).await {
                Either::Left(((), _)) => return Ok(Hashed::Midway(self.midway.clone())),
                Either::Right((range, _)) => range.map_err(interrupted)??,
            };
            let Some(bytes) = range else { return Ok(Hashed::Gone) };
            self.window.advance();
            self.midway = hashed(self.midway.clone(), bytes).await?;
            if self.midway.bytes_hashed >= until && self.window.first().is_some() {
                return Ok(Hashed::Midway(self.midway.clone()));
            }
        }
        Ok(Hashed::Whole(self.midway.clone().finish()))
    }
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

#[cfg(test)]
mod stand_in;
#[cfg(test)]
mod tests;
