//! The steps of uploads, which touch S3.

mod cancel;
mod complete;
mod delete;
mod open;
mod parts;
mod rejection;
mod sweep;
mod verify;

pub use cancel::cancel;
pub use complete::{Outcome, complete};
pub use delete::delete;
pub use open::{Arrival, NewFile, Opened, open};
pub use parts::{sign_parts, stored_parts};
pub use sweep::sweep;
pub use verify::{Reading, verify};
