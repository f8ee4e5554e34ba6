//! `slipway upload` and `slipway download`, the real binary, against a fake of the API and of S3 that
//! counts what it is sent and fails where it is told to.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod download;
mod fake;
mod faults;
mod finish;
mod resume;
mod tool;
mod upload;
