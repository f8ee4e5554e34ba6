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
//!
//! A file in parts is joined first. Where no MD5 is claimed for it, the parts are the proof: S3 holds
//! exactly those, of exactly the announced size. Where one is claimed, the bytes must be read, which
//! may take longer than a request may; the file is then COMPLETING, and whoever has read the bytes
//! completes it.

mod outcome;

use super::{File, State};
use crate::domain::{ClaimedPart, ETag, FileId, Md5, Midway, StoredObject, Timestamp, UploadId};
use crate::uploads::file::{Pending, Rejection, Verified};
use crate::{Error, Result};

pub use outcome::{Verdict, verdict};

/// A client's word that its upload is finished.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Which file.
    pub file: FileId,
    /// The MD5 that its bytes should have.
    pub md5: Option<Md5>,
    /// The parts it was sent in. Without them, those that S3 holds are the file.
    pub parts: Option<Vec<ClaimedPart>>,
    /// Whether its bytes shall be read for what they tell of it, if it is a media file.
    pub analyze: bool,
}

/// What to do next about a claim.
#[derive(Debug)]
pub enum Next {
    /// Record the completion, if the record still allows it.
    Save(Completion),
    /// Read the record: S3 holds nothing, and the record says why.
    Load,
    /// Join the parts that S3 holds.
    Join(File),
    /// Read the bytes, from where somebody came to: nobody knows their MD5 yet.
    Hash(Glimpse, Option<Midway>),
    /// Ask S3 again: what was seen may have been rejected since.
    LookAgain {
        /// How many rejections the record counted, before S3 is asked.
        rejections: u64,
    },
    /// Delete these bytes: they are not what was promised. Then answer the error.
    Reject(Glimpse, Error),
    /// Finish the deletion that a request began and did not live to finish.
    FinishRejection(File, Rejection),
    /// Say what is already true.
    Answer(File),
    /// Say that the claim is not proven yet.
    Wait(File),
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
    /// What S3 held, and when.
    pub seen: Glimpse,
    /// Why these bytes are the file.
    pub proof: Proof,
    /// Whether they shall be read for what they tell of it.
    pub analyze: bool,
}

/// A completion that is about to begin.
#[derive(Clone, Copy, Debug)]
pub struct Beginning<'a> {
    /// The multipart upload that is about to be joined.
    pub upload: Option<&'a UploadId>,
    /// The rejections that were known before S3 was asked.
    pub rejections: u64,
    /// The claim.
    pub claim: &'a Claim,
}

/// What shows that the bytes in S3 are the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Their MD5, which S3 told or which was read.
    Md5(Md5),
    /// The MD5 that is recorded for exactly these bytes; the claimed one, if one is claimed.
    Recorded {
        /// What the client claims.
        claimed: Option<Md5>,
    },
    /// They are the parts that were sent, and no MD5 is claimed.
    Parts,
}

impl Claim {
    /// What to do, having seen what S3 holds.
    #[must_use]
    pub fn judge(&self, held: Option<StoredObject>, rejections: u64) -> Next {
        let Some(held) = held else { return Next::Load };
        let seen = Glimpse { held, rejections };
        match seen.held.md5 {
            Some(stored) => self.prove(seen, stored, self.md5),
            None => self.save(seen, Proof::Recorded { claimed: self.md5 }),
        }
    }

    /// What to do, having found `file` in the table while S3 held `seen`.
    ///
    /// # Errors
    ///
    /// The reason why the file cannot be completed.
    pub fn explain(&self, file: File, seen: Option<Glimpse>, now: Timestamp) -> Result<Next> {
        if let State::Completed { md5, .. } = file.state {
            return self.compare(file, md5);
        }
        let pending = file.pending(now)?;
        if let Some(rejection) = pending.rejecting.clone() {
            return if rejection.is_abandoned(now) {
                Ok(Next::FinishRejection(file, rejection))
            } else {
                Err(Error::RejectionInProgress)
            };
        }
        let claimed = self.standing(pending)?;
        let Some(seen) = seen else {
            return if file.multipart.is_some() {
                Ok(Next::Join(file))
            } else {
                Err(Error::UploadMissing)
            };
        };
        if pending.rejections != seen.rejections {
            return Ok(Next::LookAgain { rejections: pending.rejections });
        }
        if file.size_bytes != seen.held.size_bytes {
            let error =
                Error::SizeMismatch { announced: file.size_bytes, stored: seen.held.size_bytes };
            return Ok(Next::Reject(seen, error));
        }
        let known =
            seen.held.md5.or_else(|| recorded_md5(pending.verified.as_ref(), &seen.held.etag));
        if let Some(stored) = known {
            return Ok(self.prove(seen, stored, claimed));
        }
        if file.multipart.is_some() && claimed.is_none() {
            return Ok(self.save(seen, Proof::Parts));
        }
        let midway = file.midway_of(&seen.held.etag);
        Ok(Next::Hash(seen, midway))
    }

    /// What to do, having recorded in `file` that its completion has begun while S3 held `seen`, and
    /// having no time left to read the bytes: somebody else may have read them meanwhile.
    #[must_use]
    pub fn leave(&self, file: File, seen: Glimpse) -> Next {
        match &file.state {
            State::Pending(Pending { verified, .. }) => {
                match recorded_md5(verified.as_ref(), &seen.held.etag) {
                    Some(stored) => self.prove(seen, stored, self.md5),
                    None => Next::Wait(file),
                }
            }
            _ => Next::Wait(file),
        }
    }

    /// What to do with bytes whose MD5 is known.
    fn prove(&self, seen: Glimpse, stored: Md5, claimed: Option<Md5>) -> Next {
        if claimed.is_some_and(|claimed| claimed != stored) {
            return Next::Reject(seen, Error::ChecksumMismatch { stored });
        }
        self.save(seen, Proof::Md5(stored))
    }

    fn save(&self, seen: Glimpse, proof: Proof) -> Next {
        Next::Save(Completion { seen, proof, analyze: self.analyze })
    }

    /// The claim that counts: a completion that has begun stands by its own.
    fn standing(&self, pending: &Pending) -> Result<Option<Md5>> {
        let begun = pending.completing.as_ref().and_then(|completing| completing.claimed);
        match (begun, self.md5) {
            (Some(begun), Some(claimed)) if begun != claimed => Err(Error::OtherClaimBegun),
            (begun, claimed) => Ok(begun.or(claimed)),
        }
    }

    fn compare(&self, file: File, stored: Option<Md5>) -> Result<Next> {
        match (self.md5, stored) {
            (Some(claimed), Some(stored)) if claimed != stored => {
                Err(Error::ChecksumMismatch { stored })
            }
            (Some(_), None) => Ok(Next::Wait(file)),
            _ => Ok(Next::Answer(file)),
        }
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
