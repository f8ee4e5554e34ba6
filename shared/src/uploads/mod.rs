//! Uploads: the state machine of a file, the one decision about it, and a file for each use case.
//!
//! [`mod@file`], [`state`], [`evidence`] and [`mod@decide`] are pure and know neither AWS nor the clock. A use
//! case reads from top to bottom: load, decide, do, say what came of it. It knows nothing of HTTP.
//! Handlers and dialects call use cases and nothing below them.

pub mod decide;
pub mod evidence;
pub mod file;
pub mod state;

#[cfg(feature = "media")]
mod analyze;
#[cfg(feature = "bucket")]
mod cancel;
#[cfg(feature = "bucket")]
mod complete;
#[cfg(feature = "bucket")]
mod delete;
#[cfg(feature = "bucket")]
mod hash;
#[cfg(feature = "bucket")]
mod join;
#[cfg(feature = "bucket")]
mod list_parts;
#[cfg(feature = "bucket")]
mod open;
mod read;
#[cfg(feature = "bucket")]
mod reject;
mod rename;
#[cfg(feature = "bucket")]
mod reopen;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(feature = "bucket")]
mod sign_download;
#[cfg(feature = "bucket")]
mod sign_parts;
#[cfg(feature = "bucket")]
mod sweep;
#[cfg(feature = "media")]
mod verify;

#[cfg(feature = "bucket")]
pub use cancel::cancel;
#[cfg(feature = "bucket")]
pub use complete::{Outcome, complete};
pub use decide::Claim;
#[cfg(feature = "bucket")]
pub use delete::delete;
pub use file::{File, Status};
#[cfg(feature = "bucket")]
pub use list_parts::list_parts;
#[cfg(feature = "bucket")]
pub use open::{Arrival, NewFile, Opened, open};
pub use read::{read, read_all};
pub use rename::rename;
#[cfg(feature = "bucket")]
pub use sign_download::{download_of, sign_download};
#[cfg(feature = "bucket")]
pub use sign_parts::sign_parts;
pub use state::State;
#[cfg(feature = "bucket")]
pub use sweep::expire;
#[cfg(feature = "media")]
pub use verify::{ObjectCreated, verify};
