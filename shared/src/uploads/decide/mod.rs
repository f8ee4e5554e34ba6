//! The one decision about an upload: what to do next, for a client's claim and for an S3 event alike.
//!
//! A use case acts on the [`Step`], learns something by it, and decides again. It starts with nothing
//! but what S3 said, because that is enough in the usual case: `complete` knows the bytes by HEAD,
//! `verify` by the event. One conditional update then ends it, and its condition covers what was not
//! read. If the condition fails, DynamoDB returns the record, and the decision is made with that.
//!
//! A completion must never name bytes that somebody deleted after HEAD saw them:
//!
//! - Bytes are deleted only in a final state or under a rejection mark, and the completing update
//!   demands that neither stands.
//! - A rejection that began *and ended* between HEAD and the update leaves no mark, but it is counted.
//!   The update demands as many rejections as were recorded before HEAD. If the count is another,
//!   S3 is asked again.

use super::File;
use super::evidence::{Announcement, Evidence, Held, Rejection, Rejections, Seen};
use super::state::{Completed, CompletedMd5, Completing, State};
use crate::domain::{ClaimedPart, ETag, Md5, Midway, Timestamp};
use crate::{Error, Result};

/// A client's claim that its upload is finished.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// The MD5 that the bytes should have.
    pub md5: Option<Md5>,
    /// The parts that were sent. Without a list, the parts that S3 holds are the file.
    pub parts: Option<Vec<ClaimedPart>>,
    /// Whether media metadata should be extracted from the bytes.
    pub analyze: bool,
}

/// What to do next. A step carries what it needs.
#[derive(Debug)]
pub enum Step<'a> {
    /// Read the record.
    ReadRecord,
    /// Ask S3 what it holds.
    AskS3,
    /// Complete the file with the object that was seen.
    Complete(&'a Seen, Proof),
    /// Join the parts that S3 holds.
    Join(&'a File),
    /// Read the object's bytes for their MD5, from where an earlier reading stopped.
    Hash(&'a Seen, Option<Midway>),
    /// Record the MD5 of this object, for a completion to come.
    RecordMd5(&'a Seen, Md5),
    /// Record the MD5 of the completed file, which had none.
    RecordCompletedMd5(&'a ETag, Md5),
    /// Extract media metadata from the completed file's bytes.
    Analyze(&'a File, &'a ETag),
    /// Delete the object that was seen, open the session again, and answer the error.
    Reject(&'a Seen, Error),
    /// Finish the rejection of a request that died in the middle of it.
    FinishRejection(&'a File, &'a Rejection),
    /// Open the session again: S3 lost the object, and the completion has stalled.
    Reopen(&'a File),
    /// Delete the bytes: the file will never be completed.
    Sweep(&'a File),
    /// Nothing to do now: `verify` ends what has begun.
    Wait(&'a File),
    /// Nothing to do: what was asked for is already true.
    Done(&'a File),
}

/// Why the bytes in S3 are the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Their MD5, told by S3 or read from the bytes.
    Md5(Md5),
    /// The MD5 that the record has for exactly these bytes. It has not been read, so the update
    /// compares it with the claimed MD5, if there is one.
    Recorded {
        /// The MD5 that the client claims.
        claimed: Option<Md5>,
    },
    /// Their `ETag`, which an event told, of a file that was created to be completed so. The record has not
    /// been read, so the update compares the MD5 that was declared.
    Event {
        /// What the `ETag` spells.
        md5: Md5,
        /// Whether that is certainly their MD5. Otherwise it counts only if it is the declared one.
        is_certain: bool,
    },
    /// S3 joined them from the parts that were sent, and no MD5 is claimed.
    Parts,
}

/// The most steps that a use case takes. The longest way that is known takes nine; one more step than
/// this means that [`decide`] and the condition of an update contradict each other, and that they would
/// go on doing so for ever.
pub(super) const MOST_STEPS: usize = 64;

/// There was no end of steps.
pub(super) fn endless() -> Error {
    Error::internal("the decision and the condition of an update contradict each other")
}

/// Decides what to do next.
///
/// `file` is the record, if it has been read. `claim` is the client's; without one, an S3 event or a
/// continuation asks.
///
/// # Errors
///
/// Why the claim is refused, or [`Error::RejectionInProgress`].
pub fn decide<'a>(
    file: Option<&'a File>,
    held: &'a Held,
    claim: Option<&Claim>,
    now: Timestamp,
) -> Result<Step<'a>> {
    let Some(file) = file else { return Ok(without_record(held, claim)) };
    let case = Case { file, held, claim, now };
    match &file.state {
        State::Open(open) if now < open.expires_at => case.unfinished(&open.evidence, None),
        State::Completing(completing) => case.unfinished(&completing.evidence, Some(completing)),
        State::Completed(completed) => case.completed(completed),
        State::Open(_) | State::Cancelled | State::Expired => case.over(),
    }
}

/// The record has not been read: assume the usual case, which the update's condition checks.
fn without_record<'a>(held: &'a Held, claim: Option<&Claim>) -> Step<'a> {
    match (held, claim) {
        (Held::Unknown, Some(_)) => Step::AskS3,
        (Held::Object(seen), Some(claim)) => match seen.object.md5 {
            Some(stored) => prove(seen, stored, claim.md5),
            None => Step::Complete(seen, Proof::Recorded { claimed: claim.md5 }),
        },
        (Held::Announced(told), None) => announced(told),
        _ => Step::ReadRecord,
    }
}

/// The first step for an event: complete the file if that is what its id hints, otherwise record the MD5.
fn announced(told: &Announcement) -> Step<'_> {
    let Announcement { seen, etag_is_md5: is_certain, completes } = told;
    match seen.object.md5 {
        Some(md5) if *completes => {
            Step::Complete(seen, Proof::Event { md5, is_certain: *is_certain })
        }
        Some(md5) => Step::RecordMd5(seen, md5),
        None => Step::ReadRecord,
    }
}

/// A record that has been read, and what is asked about it.
struct Case<'a, 'c> {
    file: &'a File,
    held: &'a Held,
    claim: Option<&'c Claim>,
    now: Timestamp,
}

impl<'a> Case<'a, '_> {
    /// The file is OPEN and in time, or COMPLETING since `begun`.
    fn unfinished(&self, evidence: &'a Evidence, begun: Option<&Completing>) -> Result<Step<'a>> {
        let seen = match self.held {
            Held::Unknown | Held::Announced(_) => return Ok(Step::AskS3),
            Held::Nothing => None,
            Held::Object(seen) => Some(seen),
        };
        // Without an object an event has nothing to do, unless a completion waits for one in vain.
        if seen.is_none() && self.claim.is_none() && !self.file.is_stalled(self.now) {
            return Ok(Step::Done(self.file));
        }
        if let Rejections::UnderWay { mark, .. } = &evidence.rejections {
            return if mark.is_abandoned(self.now) {
                Ok(Step::FinishRejection(self.file, mark))
            } else {
                Err(Error::RejectionInProgress)
            };
        }
        let claimed = self.claimed_md5(begun)?;
        match seen {
            None => self.nothing_held(),
            // The object may be one that was rejected since.
            Some(seen) if seen.rejections != evidence.rejections.count() => Ok(Step::AskS3),
            Some(seen) if self.claim.is_none() && begun.is_none() => {
                Ok(self.unclaimed(evidence, seen))
            }
            Some(seen) => Ok(self.settle(evidence, seen, claimed)),
        }
    }

    /// The MD5 that the bytes must have. Two claims of which one must be wrong cannot both be pursued,
    /// so a completion that has begun keeps the claim it began with.
    fn claimed_md5(&self, begun: Option<&Completing>) -> Result<Option<Md5>> {
        let begun = begun.and_then(|completing| completing.claimed);
        match (begun, self.claim.and_then(|claim| claim.md5)) {
            (Some(begun), Some(claimed)) if begun != claimed => Err(Error::OtherClaimBegun),
            (begun, claimed) => Ok(begun.or(claimed)),
        }
    }

    /// S3 holds no object.
    fn nothing_held(&self) -> Result<Step<'a>> {
        match (self.claim, &self.file.multipart) {
            (None, _) => Ok(Step::Reopen(self.file)),
            (Some(_), Some(_)) => Ok(Step::Join(self.file)),
            (Some(_), None) => Err(Error::UploadMissing),
        }
    }

    /// The bytes that were seen are claimed to be the file.
    fn settle(&self, evidence: &Evidence, seen: &'a Seen, claimed: Option<Md5>) -> Step<'a> {
        let (announced, stored) = (self.file.size_bytes, seen.object.size_bytes);
        if announced != stored {
            return Step::Reject(seen, Error::SizeMismatch { announced, stored });
        }
        match (known_md5(evidence, seen), claimed) {
            (Some(stored), claimed) => prove(seen, stored, claimed),
            (None, None) if self.file.multipart.is_some() => Step::Complete(seen, Proof::Parts),
            (None, _) => self.hash(seen),
        }
    }

    /// No completion has begun: complete the file if it was created for that, otherwise record the MD5 of the
    /// bytes for a later completion.
    fn unclaimed(&self, evidence: &Evidence, seen: &'a Seen) -> Step<'a> {
        if self.file.auto_complete {
            return self.settle(evidence, seen, self.file.declared_md5);
        }
        match known_md5(evidence, seen) {
            Some(md5) if evidence.verified_md5(&seen.object.etag) == Some(md5) => {
                Step::Done(self.file)
            }
            Some(md5) => Step::RecordMd5(seen, md5),
            None => self.hash(seen),
        }
    }

    fn hash(&self, seen: &'a Seen) -> Step<'a> {
        Step::Hash(seen, self.file.midway_of(&seen.object.etag))
    }

    /// The file is COMPLETED.
    fn completed(&self, completed: &'a Completed) -> Result<Step<'a>> {
        match self.claim {
            Some(claim) => self.repeated(completed, claim.md5),
            None => Ok(self.learn(completed)),
        }
    }

    /// The claim is compared with what is recorded. The bytes of a completed file are never rejected.
    fn repeated(&self, completed: &Completed, claimed: Option<Md5>) -> Result<Step<'a>> {
        match (claimed, &completed.md5) {
            (Some(claimed), CompletedMd5::Known(stored)) if claimed != *stored => {
                Err(Error::ChecksumMismatch { stored: *stored })
            }
            (Some(_), CompletedMd5::Unread(_)) => Ok(Step::Wait(self.file)),
            (Some(_), CompletedMd5::Known(_)) | (None, _) => Ok(Step::Done(self.file)),
        }
    }

    /// An event about a completed file: record the MD5 or the metadata that is still missing.
    fn learn(&self, completed: &'a Completed) -> Step<'a> {
        match (&completed.md5, self.held) {
            (CompletedMd5::Known(_), _) if self.file.wants_analysis() => {
                Step::Analyze(self.file, &completed.etag)
            }
            (CompletedMd5::Known(_), _) | (CompletedMd5::Unread(_), Held::Nothing) => {
                Step::Done(self.file)
            }
            (CompletedMd5::Unread(_), Held::Unknown | Held::Announced(_)) => Step::AskS3,
            (CompletedMd5::Unread(_), Held::Object(seen)) => match seen.object.md5 {
                Some(md5) => Step::RecordCompletedMd5(&seen.object.etag, md5),
                None => self.hash(seen),
            },
        }
    }

    /// The file is CANCELLED or EXPIRED, or will be as soon as it is swept.
    fn over(&self) -> Result<Step<'a>> {
        match self.claim {
            Some(_) => Err(Error::FileNotPending { status: self.file.status(self.now) }),
            None => Ok(Step::Sweep(self.file)),
        }
    }
}

/// The MD5 of the bytes that were seen: told by S3, read just now, or recorded.
fn known_md5(evidence: &Evidence, seen: &Seen) -> Option<Md5> {
    seen.object.md5.or_else(|| evidence.verified_md5(&seen.object.etag))
}

/// The MD5 of the bytes is known to be `stored`.
fn prove(seen: &Seen, stored: Md5, claimed: Option<Md5>) -> Step<'_> {
    if claimed.is_some_and(|claimed| claimed != stored) {
        return Step::Reject(seen, Error::ChecksumMismatch { stored });
    }
    Step::Complete(seen, Proof::Md5(stored))
}

#[cfg(test)]
mod tests;
