//! How far an upload or a download is.

use std::sync::{Mutex, PoisonError};

use crate::console;

const MEBIBYTE: u64 = 1 << 20;

/// The bytes that have been moved, of so many. Several threads count.
pub(crate) struct Progress {
    verb: &'static str,
    total_bytes: u64,
    /// How often it is said: this many times in all.
    steps: u64,
    counted: Mutex<Counted>,
}

#[derive(Default)]
struct Counted {
    bytes: u64,
    last_step: u64,
}

impl Progress {
    /// Nothing of `total_bytes` yet; `verb` begins each line.
    pub(crate) fn new(verb: &'static str, total_bytes: u64) -> Self {
        let steps = if console::is_terminal() { 1000 } else { 10 };
        Self { verb, total_bytes: total_bytes.max(1), steps, counted: Mutex::default() }
    }

    /// Counts bytes that have been moved.
    pub(crate) fn advance(&self, bytes: u64) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.bytes += bytes;
        let step = self.share_of(counted.bytes, self.steps);
        if step > counted.last_step {
            counted.last_step = step;
            console::progress(&self.line(counted.bytes));
        }
    }

    /// Takes bytes back: they have to be moved again.
    pub(crate) fn retreat(&self, bytes: u64) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.bytes = counted.bytes.saturating_sub(bytes);
    }

    fn line(&self, bytes: u64) -> String {
        let Self { verb, total_bytes, .. } = self;
        let percent = self.share_of(bytes, 100);
        let (done, total) = (bytes / MEBIBYTE, total_bytes.div_ceil(MEBIBYTE));
        format!("{verb} {percent:>3} % ({done} of {total} MiB)")
    }

    /// How many of `shares` equal shares of the total `bytes` are.
    fn share_of(&self, bytes: u64, shares: u64) -> u64 {
        let share = u128::from(bytes) * u128::from(shares) / u128::from(self.total_bytes);
        u64::try_from(share).unwrap_or(shares)
    }
}
