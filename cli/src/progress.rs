//! How far an upload or a download is.

use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use crate::console;

/// On a terminal: how far, how fast, and how long it still takes.
const BAR: &str = "{prefix} {percent:>3} % ({bytes} of {total_bytes}), {bytes_per_sec}, {eta} left";

/// How often it is said where nobody watches.
const STEPS: u64 = 10;

/// The bytes that have been moved, of so many. Several threads count.
pub(crate) struct Progress {
    bar: ProgressBar,
    last_step: AtomicU64,
}

impl Progress {
    /// Nothing of `total_bytes` yet; `verb` begins each line.
    pub(crate) fn new(verb: &'static str, total_bytes: u64) -> Self {
        let bar = console::show(ProgressBar::new(total_bytes.max(1)).with_prefix(verb));
        bar.set_style(
            ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        Self { bar, last_step: AtomicU64::new(0) }
    }

    /// Counts bytes that have been moved.
    pub(crate) fn advance(&self, bytes: u64) {
        self.bar.inc(bytes);
        self.tell();
    }

    /// Sets how many bytes have been moved in all.
    pub(crate) fn reach(&self, bytes: u64) {
        self.bar.set_position(bytes);
        self.tell();
    }

    /// Takes bytes back: they have to be moved again.
    pub(crate) fn retreat(&self, bytes: u64) {
        self.bar.dec(bytes);
    }

    fn tell(&self) {
        let step = self.share(STEPS);
        if self.last_step.fetch_max(step, Ordering::Relaxed) < step && self.bar.is_hidden() {
            console::note(&self.line());
        }
    }

    fn line(&self) -> String {
        let (done, total) = (HumanBytes(self.bar.position()), HumanBytes(self.total()));
        format!("{} {:>3} % ({done} of {total})", self.bar.prefix(), self.share(100))
    }

    /// How many of `shares` equal shares of the total have been moved.
    fn share(&self, shares: u64) -> u64 {
        let share = u128::from(self.bar.position()) * u128::from(shares) / u128::from(self.total());
        u64::try_from(share).unwrap_or(shares)
    }

    fn total(&self) -> u64 {
        self.bar.length().unwrap_or(1)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
