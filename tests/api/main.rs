//! Black box: what holds for any deployment, named by `SLIPWAY_URL` and `SLIPWAY_KEY` or started here.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod access;
mod application;
mod bad_input;
mod deletion;
mod lifecycle;
mod listing;
mod metadata;
mod multipart;
mod odd_requests;
mod parts;
mod upload;
