//! The state machine of an upload.
//!
//! ```text
//! open ──▶ OPEN ──────── complete, verify (autoComplete) ────▶ COMPLETED
//!           │ ▲                                                    ▲
//!  complete │ │ complete, verify: bytes rejected or lost           │
//!           ▼ │                                                    │
//!        COMPLETING ──────────── complete, verify ─────────────────┘
//!
//! OPEN, COMPLETING ────────────────── cancel ────────────────▶ CANCELLED
//! OPEN ──────────────── sweep, from expiresAt on ────────────▶ EXPIRED
//! ```
//!
//! COMPLETED, CANCELLED and EXPIRED are final. The words on the arrows are the use cases that make the
//! move, each by one conditional update.
//!
//! - OPEN → COMPLETED: S3 holds the announced bytes, and their proof is already known. `verify` makes this move for a
//!   file that was created with `autoComplete`.
//! - OPEN → COMPLETING: `complete` is about to join parts, or leaves the reading of the bytes to
//!   `verify`. The client did its part in time, so a COMPLETING file does not expire.
//! - COMPLETING → OPEN: the bytes are not what was claimed, or S3 lost them. The client uploads again.
//!
//! [`Mark`]s are set without leaving a state: the bytes that an S3 event announced, with their MD5, by
//! `verify`; a [`Rejection`](super::evidence::Rejection), by `reject`, which blocks every completion
//! while an object is deleted. OPEN and COMPLETING carry them in [`Evidence`].
//!
//! Clients see four of the five states: COMPLETING is PENDING to them, as is OPEN before `expiresAt`.
//! An OPEN file is EXPIRED to them from that millisecond on, whether or not a sweep has moved it.

use super::evidence::{Evidence, Progress};
use crate::domain::metadata::Findings;
use crate::domain::{ETag, Md5, Timestamp};

/// The state of an upload, with the data that means something in it.
#[derive(Clone, Debug)]
pub enum State {
    /// The session is open; its time may have run out.
    Open(Open),
    /// A completion has begun that takes longer than one update.
    Completing(Completing),
    /// S3 holds the announced bytes, and they are proven.
    Completed(Completed),
    /// The client gave the upload up.
    Cancelled,
    /// The session's time ran out, and a sweep has recorded that.
    Expired,
}

/// An open session.
#[derive(Clone, Debug)]
pub struct Open {
    /// When the session ends.
    pub expires_at: Timestamp,
    /// What is known of the bytes in S3.
    pub evidence: Evidence,
}

/// A completion that has begun.
#[derive(Clone, Debug)]
pub struct Completing {
    /// When it began.
    pub since: Timestamp,
    /// The MD5 that the client claims, if it claims one.
    pub claimed: Option<Md5>,
    /// What is known of the bytes in S3.
    pub evidence: Evidence,
}

/// A completed upload.
#[derive(Clone, Debug)]
pub struct Completed {
    /// When it was completed.
    pub at: Timestamp,
    /// S3's name for the bytes.
    pub etag: ETag,
    /// The MD5 of the bytes.
    pub md5: CompletedMd5,
    /// The media analysis, if one was requested.
    pub analysis: Option<Analysis>,
}

/// The MD5 of a completed file's bytes.
#[derive(Clone, Debug)]
pub enum CompletedMd5 {
    /// It is known.
    Known(Md5),
    /// The file was completed by its parts, without an MD5, and has not been read yet.
    Unread(Option<Progress>),
}

/// The media analysis of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Analysis {
    /// It was requested and has not been done.
    Requested,
    /// It is done.
    Done(Findings),
}

/// The name of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateName {
    /// [`State::Open`].
    Open,
    /// [`State::Completing`].
    Completing,
    /// [`State::Completed`].
    Completed,
    /// [`State::Cancelled`].
    Cancelled,
    /// [`State::Expired`].
    Expired,
}

/// Where a move or a mark may start from. Time divides OPEN in two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// OPEN, before `expiresAt`.
    Open,
    /// OPEN, from `expiresAt` on.
    Overdue,
    /// COMPLETING.
    Completing,
    /// COMPLETED.
    Completed,
}

impl StateName {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Open, Self::Completing, Self::Completed, Self::Cancelled, Self::Expired];

    /// The word for it in the record.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "PENDING",
            Self::Completing => "COMPLETING",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
        }
    }

    /// From where this state may be entered. The condition of every update that moves a file is made
    /// of this.
    #[must_use]
    pub const fn entered_from(self) -> &'static [Origin] {
        match self {
            // Whoever opens a session again gives it a new `expiresAt`, so the old one does not count.
            Self::Open => &[Origin::Open, Origin::Overdue, Origin::Completing],
            Self::Completing | Self::Completed | Self::Cancelled => {
                &[Origin::Open, Origin::Completing]
            }
            Self::Expired => &[Origin::Overdue],
        }
    }
}

/// A mark that is set without moving the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The MD5 of an object, for a completion to come.
    Verified,
    /// An object is being rejected.
    Rejection,
    /// The MD5 of a file that was completed without one.
    CompletedMd5,
}

impl Mark {
    /// Where it may be set.
    #[must_use]
    pub const fn set_in(self) -> &'static [Origin] {
        match self {
            Self::Verified => &[Origin::Open],
            Self::Rejection => &[Origin::Open, Origin::Completing],
            Self::CompletedMd5 => &[Origin::Completed],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn final_states_are_never_left_and_no_state_is_out_of_reach() {
        let left: Vec<Origin> =
            StateName::ALL.iter().flat_map(|name| name.entered_from()).copied().collect();
        assert!(!left.contains(&Origin::Completed));
        for name in StateName::ALL {
            assert!(!name.entered_from().is_empty(), "{name:?}");
        }
    }

    #[test]
    fn only_an_overdue_session_expires_and_only_a_new_session_revives_it() {
        let overdue = |name: &&StateName| name.entered_from().contains(&Origin::Overdue);
        let entered: Vec<_> = StateName::ALL.iter().filter(overdue).collect();
        assert_eq!(entered, [&StateName::Open, &StateName::Expired]);
        assert_eq!(StateName::Expired.entered_from(), [Origin::Overdue]);
    }
}
