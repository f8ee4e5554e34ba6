//! A file: what it was announced as, and the state of its upload.
//!
//! ```text
//!            complete (what S3 holds is proven)
//! PENDING ──────────────────────────────────────▶ COMPLETED
//!    ├───── cancel ─────────────────────────────▶ CANCELLED
//!    └───── expiresAt is reached ───────────────▶ EXPIRED
//! ```
//!
//! The three on the right are final. A file is EXPIRED from the very millisecond it is due, whether
//! or not anything has swept it: [`File::status`] and [`File::pending`] are where that is decided,
//! and every write repeats it as a condition.

use std::fmt;
use std::time::Duration;

use super::{ETag, FileId, Filename, Md5, MimeType, Timestamp};
use crate::{Error, Result};

/// One file of a workspace.
#[derive(Clone, Debug)]
pub struct File {
    /// Its id.
    pub id: FileId,
    /// Its name.
    pub filename: Filename,
    /// Its media type.
    pub mime_type: MimeType,
    /// The size it was announced with, in bytes.
    pub size_bytes: u64,
    /// When its session was opened.
    pub created_at: Timestamp,
    /// What is recorded of its upload; what is true *now* is [`File::status`].
    pub state: State,
}

/// What is recorded of an upload.
#[derive(Clone, Debug)]
pub enum State {
    /// The session is open, unless its time has run out.
    Pending(Pending),
    /// The bytes are in S3 and proven.
    Completed {
        /// When it was completed.
        at: Timestamp,
        /// The MD5 of the bytes.
        md5: Md5,
    },
    /// The client gave it up.
    Cancelled,
    /// Its time ran out.
    Expired,
}

/// What is recorded of an open session.
#[derive(Clone, Debug)]
pub struct Pending {
    /// When the session ends.
    pub expires_at: Timestamp,
    /// The object that the event function has verified.
    pub verified: Option<Verified>,
    /// How many objects have been rejected so far.
    pub rejections: u64,
    /// The object that is being rejected right now.
    pub rejecting: Option<Rejection>,
}

impl Pending {
    /// A session in which nothing has happened yet.
    #[must_use]
    pub const fn until(expires_at: Timestamp) -> Self {
        Self { expires_at, verified: None, rejections: 0, rejecting: None }
    }
}

/// An object whose MD5 is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Which bytes.
    pub etag: ETag,
    /// Their MD5.
    pub md5: Md5,
}

/// The mark of a request that is deleting an object which is not what was promised.
///
/// While it stands nothing can be completed, so what is deleted is never what was completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Which bytes.
    pub etag: ETag,
    /// When the mark was set.
    pub since: Timestamp,
    /// The id of the request that set it.
    pub by: String,
}

impl Rejection {
    /// Longer than any invocation of an HTTP function can last: its time limit is 30 s.
    const ABANDONED_AFTER: Duration = Duration::from_mins(1);

    /// Whether the request that set the mark must be dead by now.
    #[must_use]
    pub fn is_abandoned(&self, now: Timestamp) -> bool {
        now.since(self.since) >= Self::ABANDONED_AFTER
    }
}

/// The four words a client hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Waiting for its bytes.
    Pending,
    /// Whole and proven.
    Completed,
    /// Given up.
    Cancelled,
    /// Too late.
    Expired,
}

impl Status {
    /// The word itself, in answers and in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
        }
    }

    /// Whether the bytes of such a file are, or may become, the file's.
    #[must_use]
    pub const fn keeps_bytes(self) -> bool {
        matches!(self, Self::Pending | Self::Completed)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl File {
    /// The status at `now`.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> Status {
        match &self.state {
            State::Pending(pending) if now < pending.expires_at => Status::Pending,
            State::Pending(_) | State::Expired => Status::Expired,
            State::Completed { .. } => Status::Completed,
            State::Cancelled => Status::Cancelled,
        }
    }

    /// The open session, if it is one at `now`.
    ///
    /// # Errors
    ///
    /// [`Error::FileNotPending`] with the status it has instead.
    pub fn pending(&self, now: Timestamp) -> Result<&Pending> {
        match &self.state {
            State::Pending(pending) if now < pending.expires_at => Ok(pending),
            _ => Err(Error::FileNotPending { status: self.status(now) }),
        }
    }

    /// Whether `rejection` is the one that is under way.
    #[must_use]
    pub fn is_rejected_by(&self, rejection: &Rejection) -> bool {
        match &self.state {
            State::Pending(pending) => pending.rejecting.as_ref() == Some(rejection),
            _ => false,
        }
    }

    /// The MD5 of the proven bytes.
    ///
    /// # Errors
    ///
    /// [`Error::FileNotCompleted`] with the status at `now`, if there are none.
    pub fn completed(&self, now: Timestamp) -> Result<Md5> {
        match self.state {
            State::Completed { md5, .. } => Ok(md5),
            _ => Err(Error::FileNotCompleted { status: self.status(now) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Sequence;

    const DUE: Timestamp = Timestamp::from_millis(10_000);
    const BEFORE: Timestamp = Timestamp::from_millis(9_999);

    fn file(state: State) -> File {
        File {
            id: FileId::new(Sequence::new(0).unwrap(), [0; 10]),
            filename: Filename::try_from("a".to_owned()).unwrap(),
            mime_type: MimeType::try_from("a/b".to_owned()).unwrap(),
            size_bytes: 1,
            created_at: Timestamp::from_millis(0),
            state,
        }
    }

    #[test]
    fn a_session_is_pending_until_the_millisecond_it_is_due() {
        let file = file(State::Pending(Pending::until(DUE)));
        assert_eq!(file.status(BEFORE), Status::Pending);
        assert!(file.pending(BEFORE).is_ok());
        assert_eq!(file.status(DUE), Status::Expired);
        assert!(matches!(
            file.pending(DUE),
            Err(Error::FileNotPending { status: Status::Expired })
        ));
    }

    #[test]
    fn final_states_do_not_change_with_time() {
        let md5 = Md5::new([0; 16]);
        for (state, status) in [
            (State::Completed { at: BEFORE, md5 }, Status::Completed),
            (State::Cancelled, Status::Cancelled),
            (State::Expired, Status::Expired),
        ] {
            let file = file(state);
            assert_eq!(file.status(BEFORE), status);
            assert_eq!(file.status(DUE), status);
            assert!(file.pending(BEFORE).is_err());
            assert_eq!(file.completed(DUE).is_ok(), status == Status::Completed);
        }
    }

    #[test]
    fn a_rejection_is_abandoned_only_when_nobody_can_be_at_work_on_it() {
        let rejection = Rejection { etag: ETag::new("e"), since: DUE, by: "r".to_owned() };
        assert!(!rejection.is_abandoned(BEFORE));
        assert!(!rejection.is_abandoned(DUE.after(Duration::from_millis(59_999))));
        assert!(rejection.is_abandoned(DUE.after(Duration::from_mins(1))));
    }
}
