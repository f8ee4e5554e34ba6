//! What is done: the steps that more than one function takes, in their order.
//!
//! A flow asks `domain` what to do, has `storage` do it, and leaves it to the function how to say it.
//! Steps that only one function takes stand in that function. The flows that touch bytes are in
//! [`bytes`], and here by name.

#[cfg(feature = "bucket")]
mod bytes;
mod list;

#[cfg(feature = "bucket")]
pub use bytes::*;
pub use list::{list, note_holes};
