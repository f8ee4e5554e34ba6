//! What only the inside of the local stack can show: faults, counters, clocks, processes.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod echo;
mod gateway;
mod stack;
