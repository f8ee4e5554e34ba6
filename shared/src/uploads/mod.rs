//! Uploads: the state machine of a file, the one decision about it, and a file for each use case.
//!
//! [`mod@file`], [`state`], [`evidence`] and [`mod@decide`] are pure and know neither AWS nor the clock. A use
//! case reads from top to bottom: load, decide, do, say what came of it. It knows nothing of HTTP.
//! Handlers and dialects call use cases and nothing below them.

mod analyze;
mod cancel;
mod complete;
mod create;
pub mod decide;
mod delete;
pub mod evidence;
pub mod file;
mod hash;
mod join;
mod list_parts;
mod once;
mod open;
mod read;
mod reject;
mod reopen;
#[cfg(test)]
pub(crate) mod samples;
mod sign_download;
mod sign_parts;
mod sign_upload;
pub mod state;
mod sweep;
mod update;
mod verify;

use std::time::Duration;

use crate::domain::Timestamp;
use crate::{Error, Result};

pub use cancel::{Cancelled, cancel};
pub use complete::{Outcome, complete};
pub use decide::Claim;
pub use delete::delete;
pub use file::{Details, File, Status};
pub use list_parts::{list_all_parts, list_parts};
pub use open::{Arrival, NewFile, Opened, OpenedOnce, open, open_once};
pub use read::{read, read_all};
pub use sign_download::{download_of, sign_download};
pub use sign_parts::sign_parts;
pub use sign_upload::sign_upload;
pub use state::State;
pub use sweep::expire;
pub use update::update;
pub use verify::{ObjectCreated, verify};

/// `X-Amz-Expires` counts whole seconds: a URL for less would be dead when it is handed out.
const SHORTEST_URL: Duration = Duration::from_secs(1);

/// Until when URLs for an open session that are signed at `now` work.
///
/// # Errors
///
/// [`Error::FileNotPending`]: the session ends too soon for a URL.
fn url_end(session: &state::Open, now: Timestamp) -> Result<Timestamp> {
    if session.expires_at.since(now) < SHORTEST_URL {
        return Err(Error::FileNotPending { status: Status::Expired });
    }
    Ok(session.expires_at)
}
