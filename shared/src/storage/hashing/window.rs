//! The ranges of an object that are being read, in order.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::task::JoinHandle;

use super::source::Source;
use crate::Result;

/// How an object is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Ranges that are read at the same time, each over a connection of its own.
    pub(super) connections: usize,
    /// The size of a range.
    pub(super) range_bytes: u64,
    /// After how many bytes progress is noted.
    pub(super) note_bytes: u64,
}

/// S3 gives a connection some 80 MB/s: eight are more than one core hashes. At that rate a range of
/// 4 MiB takes long enough to hide the round trip before its first byte.
pub(super) const PACE: Pace =
    Pace { connections: 8, range_bytes: 4 * 1024 * 1024, note_bytes: 512 * 1024 * 1024 };

/// The ranges in flight, at most one per connection. Dropping it cancels them.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) pace: Pace,
    source: Arc<Source>,
    /// Where the next range to request starts.
    next: u64,
    readings: VecDeque<Reading>,
}

/// A range in flight. It arrives whole, or not at all if the object is gone.
pub(super) type Reading = JoinHandle<Result<Option<Vec<u8>>>>;

impl Window {
    /// Starts to read from the byte at `start`.
    pub(super) fn open(source: Source, start: u64, pace: Pace) -> Self {
        let mut window =
            Self { pace, source: Arc::new(source), next: start, readings: VecDeque::new() };
        window.fill();
        window
    }

    /// The range to hash next, unless all are hashed.
    pub(super) fn first(&mut self) -> Option<&mut Reading> {
        self.readings.front_mut()
    }

    /// Removes the first range, which has arrived, and requests another one.
    pub(super) fn advance(&mut self) {
        self.readings.pop_front();
        self.fill();
    }

    fn fill(&mut self) {
        let size = self.source.size_bytes();
        while self.next < size && self.readings.len() < self.pace.connections {
            let range = self.next..size.min(self.next + self.pace.range_bytes);
            self.next = range.end;
            let source = Arc::clone(&self.source);
            // A task of its own, so that it is read while another range is hashed.
            self.readings.push_back(tokio::spawn(async move { source.read(range).await }));
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.readings.iter().for_each(JoinHandle::abort);
    }
}

#[cfg(test)]
mod tests {
    use super::super::stand_in::{bucket, key, object};
    use super::*;

    #[tokio::test]
    async fn eight_ranges_are_asked_for_and_another_only_in_the_place_of_one_that_came() {
        // Nothing is sent: no task runs before this one waits.
        let source = Source::new(&bucket("http://127.0.0.1"), &key(), &object(20));
        let mut window = Window::open(source, 0, Pace { range_bytes: 1, ..PACE });
        for left in (1..=20).rev() {
            assert_eq!(window.readings.len(), left.min(8));
            window.advance();
        }
        assert!(window.first().is_none());
    }
}
