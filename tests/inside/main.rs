//! What only the inside of the local stack can show: faults, counters, clocks, processes.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod auto_complete;
mod calls;
mod deletion;
mod echo;
mod endpoints;
mod events;
mod expiry;
mod faults;
mod forged;
mod gateway;
mod hand;
mod idempotency;
mod in_parts;
mod input;
mod keys;
mod labels;
mod large;
mod large_parts;
mod limits;
mod logs;
mod multipart_faults;
mod multipart_races;
mod odd_events;
mod openapi;
mod polar;
mod quotas;
mod races;
mod records;
mod roles;
mod slipway;
mod stack;
mod upload_tokens;
