//! The ground the end-to-end tests stand on: the real function binaries, run as AWS would run them.
//!
//! * [`stack`]: everything at once, on loopback: the embedded AWS, the functions and their HTTP API.
//! * [`client`]: what a user of the API holds; it speaks raw JSON, never our own types.
//! * [`gateway`]: plays API Gateway, and Lambda's invoke endpoint for events.
//! * [`lambda`]: plays Lambda: starts, reuses and ends the functions' processes.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test fails by panicking"
)]

pub mod client;
pub mod gateway;
mod keys;
pub mod lambda;
pub mod stack;

pub use client::{Answer, Client, id_of, md5_of, part_of, two_parts};
pub use stack::{Settings, Stack};
