//! Completing an upload: what a claim means beside what S3 holds and what is recorded.
//!
//! The usual way is short: HEAD shows the promised bytes, one conditional update completes the file.
//! The update's condition holds only if the object that HEAD saw is certainly still there:
//!
//! - Bytes are deleted only under a terminal state or under a [`Rejection`] mark, and the update
//!   demands that neither stands.
//! - A rejection that began *and ended* between HEAD and the update leaves no mark, but it counts:
//!   the update demands as many rejections as were known before HEAD. Usually that is none; if
//!   there have been some, the refused update tells how many, and the claim looks at S3 again.

use super::{ETag, File, FileId, Md5, State, StoredObject, Timestamp};
use crate::domain::file::{Rejection, Verified};
use crate::{Error, Result};

/// A client's word that its upload is finished.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// Which file.
    pub file: FileId,
    /// The MD5 that its bytes should have.
    pub md5: Option<Md5>,
}

/// What to do next about a claim.
#[derive(Debug)]
pub enum Next {
    /// Record the completion, if the record still allows it.
    Save(Completion),
    /// Read the record: S3 holds nothing, and the record says why.
    Load,
    /// Read the bytes: nobody has learned their MD5 yet.
    Hash(Glimpse),
    /// Ask S3 again: what was seen may have been rejected since.
    LookAgain {
        /// How many rejections the record counted, before S3 is asked.
        rejections: u64,
    },
    /// Delete these bytes: they are not what was promised. Then answer the error.
    Reject(Glimpse, Error),
    /// Finish the deletion that a request began and did not live to finish.
    FinishRejection(Rejection),
    /// Say what is already true.
    Answer(File),
}

/// What S3 held at one moment, and how many rejections were known before that moment.
#[derive(Clone, Debug)]
pub struct Glimpse {
    /// The object.
    pub held: StoredObject,
    /// The rejections.
    pub rejections: u64,
}

/// A completion as it is asked of the table.
#[derive(Clone, Debug)]
pub struct Completion {
    /// Which file.
    pub file: FileId,
    /// What S3 held, and when.
    pub seen: Glimpse,
    /// The MD5 that the client claims. Where S3 does not tell the MD5, it must be the recorded one.
    pub claimed: Option<Md5>,
}

impl Claim {
    /// What to do, having seen what S3 holds.
    #[must_use]
    pub fn judge(self, held: Option<StoredObject>, rejections: u64) -> Next {
        let Some(held) = held else { return Next::Load };
        let seen = Glimpse { held, rejections };
        match seen.held.md5 {
            Some(stored) if self.contradicts(stored) => {
                Next::Reject(seen, Error::ChecksumMismatch { stored })
            }
            _ => Next::Save(Completion { file: self.file, seen, claimed: self.md5 }),
        }
    }

    /// What to do, having found `file` in the table while S3 held `seen`.
    ///
    /// # Errors
    ///
    /// The reason why the file cannot be completed.
    pub fn explain(self, file: File, seen: Option<Glimpse>, now: Timestamp) -> Result<Next> {
        if let State::Completed { md5: stored, .. } = file.state {
            let answer = || Next::Answer(file);
            return (!self.contradicts(stored))
                .then(answer)
                .ok_or(Error::ChecksumMismatch { stored });
        }
        let pending = file.pending(now)?;
        if let Some(rejection) = &pending.rejecting {
            return if rejection.is_abandoned(now) {
                Ok(Next::FinishRejection(rejection.clone()))
            } else {
                Err(Error::RejectionInProgress)
            };
        }
        let Some(seen) = seen else { return Err(Error::UploadMissing) };
        if pending.rejections != seen.rejections {
            return Ok(Next::LookAgain { rejections: pending.rejections });
        }
        if file.size_bytes != seen.held.size_bytes {
            let error =
                Error::SizeMismatch { announced: file.size_bytes, stored: seen.held.size_bytes };
            return Ok(Next::Reject(seen, error));
        }
        match recorded_md5(pending.verified.as_ref(), &seen.held.etag) {
            Some(stored) if self.contradicts(stored) => {
                Ok(Next::Reject(seen, Error::ChecksumMismatch { stored }))
            }
            _ => Ok(Next::Hash(seen)),
        }
    }

    fn contradicts(self, stored: Md5) -> bool {
        self.md5.is_some_and(|claimed| claimed != stored)
    }
}

/// The MD5 that was recorded for exactly these bytes.
///
/// A recorded MD5 that spells the `ETag` was taken from it. This is asked only where the `ETag` is no
/// MD5, so there such a record proves nothing: the bytes must be read.
fn recorded_md5(verified: Option<&Verified>, etag: &ETag) -> Option<Md5> {
    verified
        .filter(|verified| verified.etag == *etag && verified.md5.to_string() != etag.as_str())
        .map(|verified| verified.md5)
}

#[cfg(test)]
mod tests;
