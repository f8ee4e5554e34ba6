//! What it means for a file that its bytes have been read, without anybody asking.

use super::{Completion, Glimpse, Proof, recorded_md5};
use crate::domain::{Md5, StoredObject, Timestamp};
use crate::uploads::file::Rejection;
use crate::uploads::{File, State};
use crate::{Error, Result};

/// What to do about an object of known or unknown MD5.
#[derive(Debug)]
pub enum Verdict {
    /// Record the MD5 for a completion to come.
    Record(Md5),
    /// Complete the file: its completion has begun, and this is what was claimed.
    Complete(Completion),
    /// Delete the bytes: the completion has begun, and this is not what was claimed.
    Reject(Glimpse, Error),
    /// Record the MD5 of the file, which was completed without.
    Amend(Md5),
    /// Read the bytes.
    Read,
    /// Read what the bytes tell of the file.
    Analyze,
    /// Finish the deletion that a request began and did not live to finish.
    FinishRejection(Rejection),
    /// Delete the bytes: nobody waits for them.
    Sweep,
    /// Nothing: everything is said.
    Rest,
}

/// What to do about `held`, the object of `file`.
///
/// # Errors
///
/// [`Error::RejectionInProgress`]: somebody is just deleting it.
pub fn verdict(file: &File, held: StoredObject, now: Timestamp) -> Result<Verdict> {
    let pending = match &file.state {
        State::Completed { md5: Some(_), .. } if file.wants_analysis() => {
            return Ok(Verdict::Analyze);
        }
        State::Completed { md5: Some(_), .. } => return Ok(Verdict::Rest),
        State::Completed { md5: None, .. } => {
            return Ok(held.md5.map_or(Verdict::Read, Verdict::Amend));
        }
        State::Pending(pending) if pending.is_open(now) => pending,
        _ => return Ok(Verdict::Sweep),
    };
    match &pending.rejecting {
        None => {}
        Some(rejection) if rejection.is_abandoned(now) => {
            return Ok(Verdict::FinishRejection(rejection.clone()));
        }
        Some(_) => return Err(Error::RejectionInProgress),
    }
    let recorded = recorded_md5(pending.verified.as_ref(), &held.etag);
    let known = held.md5.or(recorded);
    let Some(completing) = &pending.completing else {
        return Ok(match known {
            Some(_) if recorded == known => Verdict::Rest,
            Some(md5) => Verdict::Record(md5),
            None => Verdict::Read,
        });
    };
    let seen = Glimpse { held, rejections: pending.rejections };
    if seen.held.size_bytes != file.size_bytes {
        let (announced, stored) = (file.size_bytes, seen.held.size_bytes);
        return Ok(Verdict::Reject(seen, Error::SizeMismatch { announced, stored }));
    }
    Ok(match (known, completing.claimed) {
        (Some(stored), Some(claimed)) if stored != claimed => {
            Verdict::Reject(seen, Error::ChecksumMismatch { stored })
        }
        (Some(stored), _) => {
            Verdict::Complete(Completion { seen, proof: Proof::Md5(stored), analyze: false })
        }
        (None, None) if file.multipart.is_some() => {
            Verdict::Complete(Completion { seen, proof: Proof::Parts, analyze: false })
        }
        (None, _) => Verdict::Read,
    })
}
