//! Uploads: a file's record, and the use cases that change it.

pub mod completion;
pub mod file;

#[cfg(feature = "media")]
mod analysis;
#[cfg(feature = "bucket")]
mod cancel;
#[cfg(feature = "bucket")]
mod complete;
#[cfg(feature = "bucket")]
mod delete;
#[cfg(feature = "bucket")]
mod open;
#[cfg(feature = "bucket")]
mod parts;
#[cfg(feature = "bucket")]
mod reading;
#[cfg(feature = "bucket")]
mod rejection;
#[cfg(feature = "bucket")]
mod sweep;
#[cfg(feature = "media")]
mod verify;

#[cfg(feature = "bucket")]
pub use cancel::cancel;
#[cfg(feature = "bucket")]
pub use complete::{Outcome, complete};
pub use completion::{Claim, Completion, Next};
#[cfg(feature = "bucket")]
pub use delete::delete;
pub use file::{File, State, Status};
#[cfg(feature = "bucket")]
pub use open::{Arrival, NewFile, Opened, open};
#[cfg(feature = "bucket")]
pub use parts::{sign_parts, stored_parts};
#[cfg(feature = "bucket")]
pub use sweep::sweep;
#[cfg(feature = "media")]
pub use verify::{Reading, verify};
