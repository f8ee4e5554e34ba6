//! What the stand-in promises, driven by the real AWS clients and by plain HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calls;
mod conditions;
mod cors;
mod dynamodb;
mod files;
mod functions;
mod listing;
mod multipart;
mod notifications;
mod presigned;
mod reading;
mod removals;
mod restart;
mod s3_client;
mod scene;
mod sparse;
mod uploads;
