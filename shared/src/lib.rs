//! Slipway's domain crate: three rooms and the hall between them.
//!
//! - [`domain`]: what is true. Pure: no async, AWS, HTTP, clock or randomness.
//! - [`storage`]: how it is kept. The only code that names `aws_sdk_*`.
//! - [`http`]: how it is said. The only code that names a status code or a header.
//!
//! - [`uploads`] and [`listing`]: what is done. The use cases, each with the rules it goes by.
//!
//! Beside them, `media` reads what a file is from its bytes; as pure as `domain`.
//!
//! `storage` and `http` know `domain` but not each other; the hall ([`Context`], [`Config`],
//! [`Error`], [`trigger`]) is where they meet. What each endpoint does, in which order, stands in
//! `functions/*/src/main.rs`.

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
#[cfg(feature = "media")]
pub mod media;
#[cfg_attr(
    not(feature = "media"),
    allow(dead_code, unused_imports, reason = "only verify-upload links all of it")
)]
pub mod storage;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
pub mod trigger;
#[cfg_attr(not(feature = "media"), allow(dead_code, reason = "only verify-upload links all of it"))]
pub mod uploads;

mod config;
mod context;
mod error;
mod log;
mod metrics;

pub use config::{Aws, Config, ConfigError};
pub use context::Context;
pub use error::{Error, Result};
#[cfg(feature = "secrets")]
pub use storage::Secrets;
pub use storage::{Authority, Caller, PendingCaller, Refused};

/// How a function's process ends: with an error if its environment lacks a setting or the runtime
/// is gone.
pub type Exit = std::result::Result<(), lambda_runtime::Error>;
