//! The steps that create a file for an admitted caller, and what is given up if one of them fails.

use super::evidence::Evidence;
use super::once::{Earlier, made_by};
use super::open::{Arrival, NewFile};
use super::state::{Open, State};
use super::{File, SHORTEST_URL};
use crate::domain::id::Suffix;
use crate::domain::quota::Room;
use crate::domain::{FileId, Multipart, Once, Sequence, Timestamp};
use crate::storage::{Caller, Reserved, Unrecorded};
use crate::{BucketContext, Error, Result};

/// A file that is being created.
pub(super) struct Creation<'a> {
    pub(super) ctx: &'a BucketContext,
    pub(super) caller: &'a Caller,
    pub(super) new: &'a NewFile,
    pub(super) once: Option<&'a Once>,
    pub(super) now: Timestamp,
}

/// What a creation came to.
pub(super) enum Created {
    /// The file is recorded.
    Now(File),
    /// Another request with the same idempotency key has created it.
    Before(File),
}

impl Creation<'_> {
    /// Creates the file. `abandoned` is the file that its idempotency key stands for, and that was never made.
    pub(super) async fn create(
        &self,
        suffix: Suffix,
        abandoned: Option<FileId>,
    ) -> Result<Created> {
        let begun = async { Ok((self.session_end()?, self.take_number().await?)) };
        let (expires_at, (sequence, room)) = match begun.await {
            Ok(begun) => begun,
            Err(failure) => return self.unless_made(failure).await,
        };
        let auto_complete = self.new.auto_complete && matches!(self.new.arrival, Arrival::Put(_));
        let id = FileId::of_new_file(sequence, suffix, auto_complete);
        if let Some(file) = self.reserve(id, abandoned).await? {
            return Ok(Created::Before(file));
        }
        let file = File {
            id,
            multipart: self.open_upload(id).await?,
            filename: self.new.filename.clone(),
            mime_type: self.new.mime_type.clone(),
            size_bytes: self.new.size_bytes,
            created_at: self.now,
            declared_md5: match self.new.arrival {
                Arrival::Put(md5) => md5,
                Arrival::Parts { .. } => None,
            },
            auto_complete,
            labels: self.new.labels.clone(),
            is_counted: room.is_some(),
            annotation: self.new.annotation.clone(),
            state: State::Open(Open { expires_at, evidence: Evidence::default() }),
        };
        match self.ctx.files().record(self.caller, &file, expires_at, room).await {
            Ok(()) => Ok(Created::Now(file)),
            Err(Unrecorded::Certainly(failure)) => Err(self.given_up(id, failure).await),
            Err(Unrecorded::Unknown(failure)) => Err(failure),
        }
    }

    /// When the session ends: with the caller's upload token at the latest.
    fn session_end(&self) -> Result<Timestamp> {
        let latest = self.now.after(self.ctx.config().session_lifetime);
        let end = self.caller.token().map_or(latest, |token| token.expires_at.min(latest));
        if end.since(self.now) < SHORTEST_URL { Err(Error::Unauthorized) } else { Ok(end) }
    }

    /// Takes a number, and finds the room for the file where the workspace has a quota. A file for which there is
    /// none takes no number.
    async fn take_number(&self) -> Result<(Sequence, Option<Room>)> {
        let files = self.ctx.files();
        if let Some(sequence) = files.take_number(self.caller, false, self.now).await? {
            return Ok((sequence, None));
        }
        let room = files.room(self.caller.workspace(), self.new.size_bytes).await?;
        let taken = files.take_number(self.caller, true, self.now).await?;
        let sequence = taken.ok_or_else(|| Error::internal("a number without a condition"))?;
        Ok((sequence, Some(room)))
    }

    /// The failure to begin, unless the workspace's last room was taken by a request with the same idempotency key.
    async fn unless_made(&self, failure: Error) -> Result<Created> {
        self.give_place_back().await;
        let (Error::QuotaExceeded(_), Some(once)) = (&failure, self.once) else {
            return Err(failure);
        };
        let reach = self.caller.reach();
        match self.ctx.files().reservation(reach, &once.key, self.now).await? {
            Some(other) => match made_by(self.ctx, reach, once, &other).await? {
                Earlier::Made(file) => Ok(Created::Before(*file)),
                Earlier::Abandoned(_) | Earlier::Nothing => Err(failure),
            },
            None => Err(failure),
        }
    }

    /// Lets the idempotency key stand for the file, if there is a key. If another request with it was faster, the
    /// file that it has created.
    async fn reserve(&self, id: FileId, abandoned: Option<FileId>) -> Result<Option<File>> {
        let Some(once) = self.once else { return Ok(None) };
        let files = self.ctx.files();
        match files.reserve(self.caller, once, id, abandoned, self.now).await {
            Ok(Reserved::Done) => Ok(None),
            Ok(Reserved::Taken(other)) => {
                self.give_number_up(id).await;
                self.give_place_back().await;
                match made_by(self.ctx, self.caller.reach(), once, &other).await? {
                    Earlier::Made(file) => Ok(Some(*file)),
                    Earlier::Abandoned(_) | Earlier::Nothing => Err(Error::IdempotencyConflict),
                }
            }
            Err(failure) => Err(self.given_up(id, failure).await),
        }
    }

    /// Opens the multipart upload of a file that arrives in parts.
    async fn open_upload(&self, id: FileId) -> Result<Option<Multipart>> {
        let Arrival::Parts { plan, checksum, .. } = self.new.arrival else { return Ok(None) };
        let authority = self.caller.authority(id);
        let bucket = self.ctx.bucket();
        match bucket.open_upload(authority.key(), &self.new.mime_type, checksum).await {
            Ok(upload_id) => Ok(Some(Multipart { upload_id, plan, checksum })),
            Err(failure) => Err(self.given_up(id, failure).await),
        }
    }

    /// The failure by which a file certainly was not created: its number, its place and its idempotency key are
    /// free again.
    async fn given_up(&self, id: FileId, failure: Error) -> Error {
        if let Some(once) = self.once
            && let Err(lost) = self.ctx.files().release(self.caller, once, id).await
        {
            // The key is free a minute later.
            self.ctx.warn(&lost);
        }
        self.give_number_up(id).await;
        self.give_place_back().await;
        failure
    }

    async fn give_number_up(&self, id: FileId) {
        // The create comes to nothing either way. If the hole cannot be noted now, a list notes it.
        let _ = self.ctx.files().give_up_number(self.caller, id.sequence()).await;
    }

    /// Gives the place that the file would have had back to the caller's token.
    async fn give_place_back(&self) {
        if let Err(lost) = self.ctx.keys().give_place_back(self.caller).await {
            self.ctx.warn(&lost);
        }
    }
}
