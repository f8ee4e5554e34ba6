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

    /// The holes, as far as the counter alone tells where they are: if there are none.
    #[must_use]
    pub fn known_holes(&self) -> Holes {
        if self.is_dense() { Holes::none() } else { Holes::unknown() }
    }

    /// How many files there are, if every number that is no hole has one.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.next.saturating_sub(self.holes.values().sum())
    }

    /// The number of the row that comes after the first `offset`, if it takes no more than a
    /// subtraction to tell.
    #[must_use]
    pub fn dense_number(&self, offset: u64) -> Option<u64> {
        if self.is_dense() { self.next.checked_sub(offset.checked_add(1)?) } else { None }
    }

    /// The region of the row that comes after the first `offset`, and how many of these are in it.
    /// Nothing beyond the oldest row.
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
