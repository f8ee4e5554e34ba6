//! A file's record: what the file was announced as, and the state of its upload.

use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;

use super::evidence::{Evidence, Progress, Rejection, Rejections, Verified};
use super::state::{Analysis, Completed, CompletedMd5, Open, State};
use crate::domain::{ETag, FileId, Filename, Labels, Md5, Midway, MimeType, Multipart, Timestamp};
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
    /// The MD5 that its creator declared, for which every URL to PUT it to is signed.
    pub declared_md5: Option<Md5>,
    /// Whether the event of its upload completes it, without a claim. Only where its bytes come by one PUT: parts
    /// cause no event before they are joined.
    pub auto_complete: bool,
    /// The application's own words about the file.
    pub labels: Labels,
    /// Whether the file is counted in what its workspace keeps. Its room is given back once, and the mark goes
    /// with that.
    pub is_counted: bool,
    /// What a dialect keeps with the file. Only the dialect reads it.
    pub annotation: Option<String>,
    /// The state of its upload, as recorded. [`File::status`] tells what it is at a given moment.
    pub state: State,
}

/// What clients say of a file, and may change at any time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// Its name.
    pub filename: Filename,
    /// The application's own words about it.
    pub labels: Labels,
    /// What a dialect keeps with it.
    pub annotation: Option<String>,
}

/// The status that clients see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(inline, rename_all = "UPPERCASE")]
pub enum Status {
    /// The upload can still be completed.
    Pending,
    /// S3 holds the bytes, and they are proven.
    Completed,
    /// The client gave the upload up.
    Cancelled,
    /// The session's time ran out.
    Expired,
}

impl Status {
    /// The word for it in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Reading records its progress every few seconds, and S3 joins 10,000 parts in a few minutes. A longer
/// silence means that nothing is happening.
const STALLED_AFTER: Duration = Duration::from_mins(5);

impl File {
    /// The status at `now`.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> Status {
        match &self.state {
            State::Open(open) if now < open.expires_at => Status::Pending,
            State::Open(_) | State::Expired => Status::Expired,
            State::Completing(_) => Status::Pending,
            State::Completed(_) => Status::Completed,
            State::Cancelled => Status::Cancelled,
        }
    }

    /// What clients say of the file.
    #[must_use]
    pub fn details(&self) -> Details {
        let Self { filename, labels, annotation, .. } = self.clone();
        Details { filename, labels, annotation }
    }

    /// The open session that takes bytes at `now`.
    ///
    /// # Errors
    ///
    /// [`Error::FileNotPending`], or [`Error::CompletionBegun`]: bytes that arrive after that would not
    /// be the file's.
    pub fn open_session(&self, now: Timestamp) -> Result<&Open> {
        match &self.state {
            State::Open(open) if now < open.expires_at => Ok(open),
            State::Completing(_) => Err(Error::CompletionBegun),
            State::Open(_) | State::Completed(_) | State::Cancelled | State::Expired => {
                Err(Error::FileNotPending { status: self.status(now) })
            }
        }
    }

    /// What is recorded of the completed upload.
    ///
    /// # Errors
    ///
    /// [`Error::FileNotCompleted`] with the status at `now`.
    pub fn completed(&self, now: Timestamp) -> Result<&Completed> {
        match &self.state {
            State::Completed(completed) => Ok(completed),
            State::Open(_) | State::Completing(_) | State::Cancelled | State::Expired => {
                Err(Error::FileNotCompleted { status: self.status(now) })
            }
        }
    }

    /// Whether a completion has begun and not ended.
    #[must_use]
    pub fn is_completing(&self) -> bool {
        matches!(self.state, State::Completing(_))
    }

    /// What is known of the bytes, as long as the file is not completed.
    fn evidence(&self) -> Option<&Evidence> {
        match &self.state {
            State::Open(open) => Some(&open.evidence),
            State::Completing(completing) => Some(&completing.evidence),
            State::Completed(_) | State::Cancelled | State::Expired => None,
        }
    }

    /// The bytes that have arrived, as far as an event has told of them and nobody has rejected them.
    #[must_use]
    pub fn received(&self, now: Timestamp) -> Option<&Verified> {
        let evidence = self.evidence().filter(|_| self.status(now) == Status::Pending)?;
        evidence.verified.as_ref()
    }

    /// How many of the file's objects have been rejected.
    #[must_use]
    pub fn rejections(&self) -> u64 {
        self.evidence().map_or(0, |evidence| evidence.rejections.count())
    }

    /// The MD5 of the object that was rejected last, if that was what was wrong with it.
    #[must_use]
    pub fn rejected_md5(&self) -> Option<Md5> {
        self.evidence()?.rejections.md5()
    }

    /// The mark of the rejection that is under way.
    #[must_use]
    pub fn rejection(&self) -> Option<&Rejection> {
        match &self.evidence()?.rejections {
            Rejections::UnderWay { mark, .. } => Some(mark),
            Rejections::None | Rejections::Ended { .. } => None,
        }
    }

    /// How far the file's bytes have been read for their MD5.
    #[must_use]
    pub fn progress(&self) -> Option<&Progress> {
        match &self.state {
            State::Completed(Completed { md5: CompletedMd5::Unread(progress), .. }) => {
                progress.as_ref()
            }
            _ => self.evidence()?.progress.as_ref(),
        }
    }

    /// Where reading exactly these bytes can be taken up again.
    #[must_use]
    pub fn midway_of(&self, etag: &ETag) -> Option<Midway> {
        let midway = self.progress().map(|progress| &progress.midway);
        midway.filter(|midway| midway.etag == *etag).cloned()
    }

    /// Whether a media analysis was requested that has not been done.
    #[must_use]
    pub fn wants_analysis(&self) -> bool {
        let State::Completed(completed) = &self.state else { return false };
        completed.analysis == Some(Analysis::Requested) && self.mime_type.is_media()
    }

    /// Whether the joining of the parts or the reading of the bytes has stalled: the process that does it
    /// died, or S3 lost the event that starts it.
    #[must_use]
    pub fn is_stalled(&self, now: Timestamp) -> bool {
        let since = match &self.state {
            State::Completing(completing) => completing.since,
            State::Completed(Completed { at, md5: CompletedMd5::Unread(_), .. }) => *at,
            State::Open(_) | State::Completed(_) | State::Cancelled | State::Expired => {
                return false;
            }
        };
        let last_sign = self.progress().map_or(since, |progress| progress.at.max(since));
        now.since(last_sign) >= STALLED_AFTER
    }
}

impl Completed {
    /// The MD5 of the bytes, if it is known.
    #[must_use]
    pub const fn md5(&self) -> Option<Md5> {
        match self.md5 {
            CompletedMd5::Known(md5) => Some(md5),
            CompletedMd5::Unread(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uploads::samples::{completed, completing, file, open_until};

    const DUE: Timestamp = Timestamp::from_millis(10_000);
    const BEFORE: Timestamp = Timestamp::from_millis(9_999);

    #[test]
    fn a_session_is_pending_until_the_millisecond_it_is_due() {
        let file = open_until(DUE);
        assert_eq!(file.status(BEFORE), Status::Pending);
        assert!(file.open_session(BEFORE).is_ok());
        assert_eq!(file.status(DUE), Status::Expired);
        let refusal = file.open_session(DUE);
        assert!(matches!(refusal, Err(Error::FileNotPending { status: Status::Expired })));
    }

    #[test]
    fn a_completing_file_does_not_expire_and_takes_no_more_bytes() {
        let file = completing(None);
        assert_eq!(file.status(Timestamp::from_millis(u64::MAX)), Status::Pending);
        assert!(matches!(file.open_session(BEFORE), Err(Error::CompletionBegun)));
    }

    #[test]
    fn final_states_do_not_change_with_time() {
        for (file, status) in [
            (completed(), Status::Completed),
            (file(State::Cancelled), Status::Cancelled),
            (file(State::Expired), Status::Expired),
        ] {
            assert_eq!(file.status(BEFORE), status);
            assert_eq!(file.status(DUE), status);
            assert!(file.open_session(BEFORE).is_err());
            assert_eq!(file.completed(DUE).is_ok(), status == Status::Completed);
        }
    }
}
