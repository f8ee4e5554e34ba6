//! What every function of Slipway shares, in layers from the inside out:
//!
//! - [`domain`]: value types and rules. Pure: no async, AWS, HTTP, clock or randomness. `media`, which
//!   extracts media metadata from bytes, is as pure.
//! - [`storage`]: every call to AWS. The only code that names `aws_sdk_*`.
//! - [`uploads`], [`upload_tokens`], [`listing`] and [`mod@usage`]: the use cases, a file for each, with the pure rules they follow.
//! - [`http`]: requests, answers and errors on the wire. With the dialects in `functions/`, the only code
//!   that names a status code or a header. [`trigger`] is its counterpart for events of AWS.
//!
//! [`Context`], [`BucketContext`], [`Config`] and [`Error`] are used by all layers but `domain`. A function in `functions/`
//! parses its request, calls one use case and answers.

#![cfg_attr(
    test,
    expect(
        clippy::unwrap_used,
        clippy::cast_possible_truncation,
        reason = "a test fails by panicking"
    )
)]

pub mod domain;
pub mod http;
pub mod listing;
pub mod media;
pub mod storage;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
pub mod trigger;
pub mod upload_tokens;
pub mod uploads;
pub mod usage;

mod config;
mod context;
mod error;
mod log;
mod metrics;

pub use config::{Aws, Config, ConfigError};
pub use context::{BucketContext, Context, Resources};
pub use error::{Error, Result};
pub use storage::Secrets;
pub use storage::{Authority, Caller, PendingCaller, Reach, Refused};

/// How a function's process ends: with an error if its environment lacks a setting or the runtime
/// is gone.
pub type Exit = std::result::Result<(), lambda_runtime::Error>;
