//! What only the inside of the local stack can show: faults, counters, clocks, processes.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod calls;
mod echo;
mod gateway;
mod hand;
mod races;
mod stack;
