//! The MD5 of an object of any size: read over parallel connections, hashed in order, resumable.
//!
//! An MD5 cannot be split, but reading can: one connection to S3 is slower than one core hashes. What
//! is read and not yet hashed is bounded by the [`Window`], whatever the object's size.

mod source;
mod window;

use std::fmt;
use std::future::Future;
use std::pin::pin;

use futures_util::future::{Either, select};
use tokio::task::spawn_blocking;

use self::source::Source;
use self::window::{PACE, Window};
use super::Bucket;
use crate::domain::{Md5, Midway, ObjectKey, StoredObject};
use crate::{Error, Result};

/// What became of hashing an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hashed {
    /// All of it is hashed.
    Whole(Md5),
    /// Time was up. To be given to the next attempt.
    Midway(Midway),
    /// The object is gone, or replaced by another.
    Gone,
}

impl Bucket {
    /// Hashes exactly the bytes that the `ETag` of `object` names, from where an `earlier` attempt
    /// stopped, until all are hashed or `until` resolves. Up to 36 MiB are held in memory.
    ///
    /// After every 512 MiB `note` is told how far it came, so that little is lost with the process.
    ///
    /// # Errors
    ///
    /// S3's failure, after three attempts at the same bytes; or `note`'s.
    pub async fn hash_from<Noting>(
        &self,
        key: &ObjectKey,
        object: &StoredObject,
        earlier: Option<Midway>,
        until: impl Future<Output = ()>,
        note: impl FnMut(Midway) -> Noting,
    ) -> Result<Hashed>
    where
        Noting: Future<Output = Result<()>>,
    {
        let midway = Midway::of(object, earlier);
        let window = Window::open(Source::new(self, key, object), midway.bytes_hashed, PACE);
        hash_in_order(window, midway, until, note).await
    }
}

async fn hash_in_order<Noting>(
    mut window: Window,
    mut midway: Midway,
    until: impl Future<Output = ()>,
    mut note: impl FnMut(Midway) -> Noting,
) -> Result<Hashed>
where
    Noting: Future<Output = Result<()>>,
{
    let mut until = pin!(until);
    let mut noted = midway.bytes_hashed;
    while let Some(reading) = window.first() {
        // Time is looked at first: where hashing is slower than reading, a range is always there.
        let range = match select(until.as_mut(), reading).await {
            Either::Left(((), _)) => return Ok(Hashed::Midway(midway)),
            Either::Right((range, _)) => range.map_err(interrupted)??,
        };
        let Some(bytes) = range else { return Ok(Hashed::Gone) };
        window.advance();
        midway = hashed(midway, bytes).await?;
        if midway.bytes_hashed - noted >= window.pace.note_bytes {
            note(midway.clone()).await?;
            noted = midway.bytes_hashed;
        }
    }
    Ok(Hashed::Whole(midway.finish()))
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
