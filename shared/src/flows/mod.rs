//! What is done: the steps that more than one function takes, in their order.
//!
//! A flow asks `domain` what to do, has `storage` do it, and leaves it to the function how to say it.
//! Steps that only one function takes stand in that function.

mod cancel;
mod complete;
mod open;
mod parts;
mod rejection;
mod sweep;
mod verify;

pub use cancel::cancel;
pub use complete::{Outcome, complete};
pub use open::{Arrival, NewFile, Opened, open};
pub use parts::{sign_parts, stored_parts};
pub use sweep::sweep;
pub use verify::{Reading, verify};
