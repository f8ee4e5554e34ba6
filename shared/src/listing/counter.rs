//! A workspace's counter: how many numbers were taken, and how many of them are holes.

use super::holes::{HoleCounts, Holes, Region, descend};
use crate::domain::Timestamp;
use crate::uploads::File;

/// A workspace's counter, and its holes by region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The next sequence to be taken.
    pub next: u64,
    /// How many holes each region has.
    pub holes: HoleCounts,
    /// When a sequence was last taken.
    pub touched_at: Timestamp,
}

impl Counter {
    /// The counter of a workspace without files.
    #[must_use]
    pub const fn empty() -> Self {
        Self { next: 0, holes: HoleCounts::new(), touched_at: Timestamp::from_millis(0) }
    }

    /// Whether there are no holes at all, so that offsets are subtractions.
    #[must_use]
    pub fn is_dense(&self) -> bool {
        self.holes.is_empty()
    }

    /// What the counter alone tells about the holes: that there are none, or nothing.
    #[must_use]
    pub fn known_holes(&self) -> Holes {
        if self.is_dense() { Holes::none() } else { Holes::unknown() }
    }

    /// How many files there are, assuming that every number without a hole has one.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.next.saturating_sub(self.holes.values().sum())
    }

    /// The number of the row after the first `offset` rows, if there are no holes, so that a subtraction
    /// finds it.
    #[must_use]
    pub fn dense_number(&self, offset: u64) -> Option<u64> {
        if self.is_dense() { self.next.checked_sub(offset.checked_add(1)?) } else { None }
    }

    /// The region of the row after the first `offset` rows, and how many of those rows are in it. `None`
    /// beyond the oldest row.
    #[must_use]
    pub fn region(&self, offset: u64) -> Option<(Region, u64)> {
        let holes_of = |index| self.holes.get(&index).copied().unwrap_or(0);
        descend(0..self.next, Region::SEQUENCES, holes_of, offset)
            .map(|(index, above)| (Region::at(index), above))
    }

    /// Raises the counter to the newest row, when rows and counter were read at the same time.
    pub(super) fn raise_to(&mut self, newest: Option<&File>) {
        if let Some(file) = newest {
            self.next = self.next.max(file.id.sequence().number() + 1);
            self.touched_at = self.touched_at.max(file.created_at);
        }
    }
}
