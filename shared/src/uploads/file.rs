//! A file: what it was announced as, and the state of its upload.
//!
//! ```text
//! PENDING ────────────── complete ─▶ COMPLETED     what S3 holds is proven at once
//! PENDING ─ complete ─▶ COMPLETING ─▶ COMPLETED    joining the parts, or reading them, takes time
//!                           └───────▶ PENDING      they are not what was claimed
//! PENDING, COMPLETING ──── cancel ─▶ CANCELLED
//! PENDING ── expiresAt is reached ─▶ EXPIRED
//! ```
//!
//! COMPLETED, CANCELLED and EXPIRED are final. A file is EXPIRED from the very millisecond it is due,
//! whether or not anything has swept it: [`File::status`] and [`File::pending`] are where that is
//! decided, and every write repeats it as a condition. COMPLETING is PENDING to a client, but does not
//! expire: what the client had to do in time, it has done.

use std::fmt;
use std::time::Duration;

use crate::domain::metadata::Findings;
use crate::domain::{ETag, FileId, Filename, Md5, Midway, MimeType, Multipart, Timestamp};
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
    /// How its bytes arrive, if in parts.
    pub multipart: Option<Multipart>,
    /// How far its bytes have been read for their MD5, if that takes long.
    pub progress: Option<Progress>,
    /// What its bytes tell of it, if that was asked for.
    pub analysis: Option<Analysis>,
    /// What a dialect keeps with the file; nobody else reads it.
    pub annotation: Option<String>,
    /// What is recorded of its upload; what is true *now* is [`File::status`].
    pub state: State,
}

/// How far an object has been read for its MD5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How far, and what the bytes so far come to.
    pub midway: Midway,
    /// When that was noted.
    pub at: Timestamp,
}

/// The reading of a file's bytes for what they tell of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Analysis {
    /// It was asked for.
    Wanted,
    /// It is done.
    Done(Findings),
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
        /// S3's name for the bytes.
        etag: ETag,
        /// The MD5 of the bytes. Nobody claimed one for these parts, if it is not known yet.
        md5: Option<Md5>,
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
    /// The completion that has begun: from then on the session does not end by itself.
    pub completing: Option<Completing>,
    /// The MD5 of the last object whose completion began and came to nothing.
    pub refused: Option<Md5>,
}

/// A completion that takes its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completing {
    /// When it began.
    pub since: Timestamp,
    /// The MD5 that the client claims.
    pub claimed: Option<Md5>,
}

impl Pending {
    /// A session in which nothing has happened yet.
    #[must_use]
    pub const fn until(expires_at: Timestamp) -> Self {
        Self {
            expires_at,
            verified: None,
            rejections: 0,
            rejecting: None,
            completing: None,
            refused: None,
        }
    }

    /// Whether the session is open at `now`.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.completing.is_some() || now < self.expires_at
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
    /// The MD5 of the bytes, where that is what is wrong with them.
    pub stored: Option<Md5>,
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

/// Reading notes its progress every few seconds; joining 10,000 parts takes S3 minutes.
const STALLED_AFTER: Duration = Duration::from_mins(5);

impl File {
    /// The status at `now`.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> Status {
        match &self.state {
            State::Pending(pending) if pending.is_open(now) => Status::Pending,
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
            State::Pending(pending) if pending.is_open(now) => Ok(pending),
            _ => Err(Error::FileNotPending { status: self.status(now) }),
        }
    }

    /// The rejection that is under way.
    #[must_use]
    pub fn rejecting(&self) -> Option<&Rejection> {
        match &self.state {
            State::Pending(pending) => pending.rejecting.as_ref(),
            _ => None,
        }
    }

    /// The multipart upload that takes parts at `now`, and the session it belongs to.
    ///
    /// # Errors
    ///
    /// [`Error::FileNotPending`], [`Error::FileNotMultipart`], or [`Error::CompletionBegun`]: parts
    /// that arrive after that would not be the file's.
    pub fn open_multipart(&self, now: Timestamp) -> Result<(&Multipart, &Pending)> {
        let pending = self.pending(now)?;
        let multipart = self.multipart.as_ref().ok_or(Error::FileNotMultipart)?;
        if pending.completing.is_some() {
            return Err(Error::CompletionBegun);
        }
        Ok((multipart, pending))
    }

    /// How far exactly these bytes have been read.
    #[must_use]
    pub fn midway_of(&self, etag: &ETag) -> Option<Midway> {
        let midway = self.progress.as_ref().map(|progress| &progress.midway);
        midway.filter(|midway| midway.etag == *etag).cloned()
    }

    /// Whether its completion has begun and not ended.
    #[must_use]
    pub fn is_completing(&self) -> bool {
        matches!(self.state, State::Pending(Pending { completing: Some(_), .. }))
    }

    /// Whether its bytes shall be read for what they tell of it, and have not been.
    #[must_use]
    pub fn wants_analysis(&self) -> bool {
        self.analysis == Some(Analysis::Wanted) && self.mime_type.is_media()
    }

    /// Whether whoever should join or read the bytes has given no sign of life for so long that it is
    /// dead, or was never told: an event may be lost. A file that was completed without an MD5 is still
    /// to be read for it.
    #[must_use]
    pub fn is_stalled(&self, now: Timestamp) -> bool {
        let since = match &self.state {
            State::Pending(Pending { completing: Some(completing), .. }) => completing.since,
            State::Completed { at, md5: None, .. } => *at,
            _ => return false,
        };
        let noted = self.progress.as_ref().map(|progress| progress.at);
        let sign = noted.map_or(since, |noted| noted.max(since));
        now.since(sign) >= STALLED_AFTER
    }

    /// Passes if the bytes are proven.
    ///
    /// # Errors
    ///
    /// [`Error::FileNotCompleted`] with the status at `now`, if they are not.
    pub fn completed(&self, now: Timestamp) -> Result<()> {
        match self.state {
            State::Completed { .. } => Ok(()),
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
            multipart: None,
            progress: None,
            analysis: None,
            annotation: None,
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
    fn a_session_whose_completion_has_begun_does_not_end_by_itself() {
        let completing = Some(Completing { since: BEFORE, claimed: None });
        let file = file(State::Pending(Pending { completing, ..Pending::until(DUE) }));
        assert_eq!(file.status(DUE), Status::Pending);
        assert!(file.pending(DUE).is_ok());
    }

    #[test]
    fn final_states_do_not_change_with_time() {
        let (etag, md5) = (ETag::new("e"), Some(Md5::new([0; 16])));
        for (state, status) in [
            (State::Completed { at: BEFORE, etag, md5 }, Status::Completed),
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
        let rejection =
            Rejection { etag: ETag::new("e"), since: DUE, by: "r".to_owned(), stored: None };
        assert!(!rejection.is_abandoned(BEFORE));
        assert!(!rejection.is_abandoned(DUE.after(Duration::from_millis(59_999))));
        assert!(rejection.is_abandoned(DUE.after(Duration::from_mins(1))));
    }
}
