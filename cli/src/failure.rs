//! Why an upload or a download fails, and which failures pass.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use shared::domain::Md5;
use thiserror::Error;

use crate::client::Status;

/// Why an upload or a download fails.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The system has no randomness.
    #[error("no randomness: {0}")]
    Random(getrandom::Error),
    /// This machine's file system refused.
    #[error("cannot {what} {}", path.display())]
    Local {
        /// What was to be done.
        what: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// There is no place to remember an upload in.
    #[error("neither XDG_STATE_HOME nor a home directory is known")]
    NoStateDirectory,
    /// The path has no name that can be said in JSON.
    #[error("{} has no file name in UTF-8: give one with --name", .0.display())]
    Nameless(PathBuf),
    /// The local file is no longer what has been sent.
    #[error("{} has changed while it was being sent", .0.display())]
    Changed(PathBuf),
    /// A file is already where a download would go.
    #[error("{} exists: say with -o where the download goes", .0.display())]
    Occupied(PathBuf),
    /// The deployment has no page to upload on.
    #[error("this deployment serves no pages: it was deployed with Docs=none")]
    NoPages,
    /// Another thread's failure ended this one's work; that one is the reason.
    #[error("stopped")]
    Stopped,
    /// A connection could not be made, or broke.
    #[error("the connection failed")]
    Connection(#[source] ureq::Error),
    /// The API refused.
    #[error("Slipway answered {0}")]
    Refused(Refusal),
    /// S3 refused.
    #[error("S3 answered {status} {code}")]
    Storage {
        /// The HTTP status.
        status: u16,
        /// S3's word for it, and its sentence.
        code: String,
    },
    /// The URL for the bytes is over, and no other can be had.
    #[error("the upload's URL has expired; run again to start anew")]
    UrlExpired,
    /// The upload ended otherwise than by completion.
    #[error("the file is {0:?}; run again to start anew")]
    Ended(Status),
    /// What S3 holds is not what was sent.
    #[error("S3 holds bytes with the MD5 {stored}, not {sent}; run again to send them anew")]
    Rejected {
        /// The digest of the stored bytes, or what is known of it.
        stored: String,
        /// The digest of the local file.
        sent: Md5,
    },
    /// What came down is not what was uploaded.
    #[error("the download's MD5 is {found}, not {expected}; it has been removed")]
    Corrupt {
        /// The digest of the bytes that came.
        found: String,
        /// The digest that the API told.
        expected: String,
    },
    /// The API's answer is not what it should be: perhaps it is not Slipway.
    #[error("Slipway's answer cannot be read")]
    Unreadable(#[source] serde_json::Error),
    /// The API's answer contradicts itself.
    #[error("Slipway's answer makes no sense: {0}")]
    Nonsense(&'static str),
}

/// The API's error, as its body and headers tell it.
#[derive(Debug, Error)]
#[error("{status} {code}: {message} (request {request_id})")]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The code, or the type where there is none.
    pub(crate) code: String,
    /// The sentence for the client.
    pub(crate) message: String,
    /// What the operator's log calls the request; empty if nobody said.
    pub(crate) request_id: String,
    /// The time after which the API wants to be asked again.
    pub(crate) retry_after: Option<Duration>,
    /// The numbers of the parts that `parts_mismatch` names.
    pub(crate) parts: Vec<u32>,
}

/// What helps against a failure.
pub(crate) enum Remedy {
    /// Nothing.
    None,
    /// Another attempt, later and later, but not for ever.
    AnotherAttempt,
    /// To wait as long as the API says. It is no fault, so it is no attempt either.
    Wait(Duration),
}

impl Failure {
    /// The failure to do `what` with `path`: for `map_err`.
    pub(crate) fn local(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Local { what, path, source }
    }

    /// What helps.
    pub(crate) fn remedy(&self) -> Remedy {
        match self {
            Self::Refused(Refusal { status: 429, retry_after, .. }) => {
                Remedy::Wait(retry_after.unwrap_or(Duration::from_secs(1)))
            }
            // The attempt before this one is still at work, or died, which is certain after a minute.
            Self::Refused(Refusal { code, retry_after, .. }) if code == "idempotency_conflict" => {
                Remedy::Wait(retry_after.unwrap_or(Duration::from_secs(1)))
            }
            Self::Refused(refusal) if refusal.status >= 500 => Remedy::AnotherAttempt,
            Self::Connection(ureq::Error::BadUri(_) | ureq::Error::Http(_)) => Remedy::None,
            // 403 is also what S3 says of an expired URL; whoever tries again brings a fresh one. 409: an
            // earlier PUT of the same bytes is still at work, and the next attempt is told how it ended.
            Self::Storage { status: 403 | 408 | 409 | 500.., .. } | Self::Connection(_) => {
                Remedy::AnotherAttempt
            }
            // What S3 says of a body that came too slowly.
            Self::Storage { status: 400, code } if code.starts_with("RequestTimeout") => {
                Remedy::AnotherAttempt
            }
            _ => Remedy::None,
        }
    }
}
