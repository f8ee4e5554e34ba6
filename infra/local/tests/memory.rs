//! An object is never in memory as a whole. Alone in its process, whose peak memory it measures.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
