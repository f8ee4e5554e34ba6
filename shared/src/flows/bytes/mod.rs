//! The steps of uploads, which touch S3.

#[cfg(feature = "media")]
mod analysis;
mod cancel;
mod complete;
mod delete;
mod open;
mod parts;
mod reading;
mod rejection;
mod sweep;
#[cfg(feature = "media")]
mod verify;

pub use cancel::cancel;
pub use complete::{Outcome, complete};
pub use delete::delete;
pub use open::{Arrival, NewFile, Opened, open};
pub use parts::{sign_parts, stored_parts};
pub use sweep::sweep;
#[cfg(feature = "media")]
pub use verify::{Reading, verify};
