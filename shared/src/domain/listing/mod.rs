//! Pages of a workspace's files, by arithmetic.
//!
//! Sequences are dense, so the row at an offset is a subtraction away, whatever the offset. Dense but
//! for *holes*: numbers that were taken and never became a record. They are few, noted in the
//! counter, and stepped over. A number taken a moment ago whose record is still being written is
//! treated the same for one answer, but not noted until it is a minute old.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;

use super::{File, Sequence, Timestamp};
use crate::{Error, Result};

/// Which rows of a list: `limit` of them after the first `offset`, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    #[serde(default = "default_limit")]
    limit: u64,
    #[serde(default)]
    offset: u64,
}

const fn default_limit() -> u64 {
    Page::MAX_LIMIT
}

impl Page {
    /// The most rows of a page, and the default.
    pub const MAX_LIMIT: u64 = 25;

    /// Refuses a limit beyond 1 to 25. Clamping would make a client that stops at a short page lose
    /// rows.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`].
    pub fn checked(self) -> Result<Self> {
        if (1..=Self::MAX_LIMIT).contains(&self.limit) {
            return Ok(self);
        }
        let reason = format!("must be between 1 and {}", Self::MAX_LIMIT);
        Err(Error::InvalidValue { param: "limit".to_owned(), reason })
    }

    /// Whether this is the newest page, which needs no arithmetic.
    #[must_use]
    pub const fn is_newest(self) -> bool {
        self.offset == 0
    }

    /// The most rows wanted, 1 to 25.
    #[must_use]
    pub const fn limit(self) -> u64 {
        self.limit
    }
}

/// A workspace's counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The next sequence to be taken.
    pub next: u64,
    /// Sequences that will never have a record.
    pub holes: BTreeSet<u64>,
    /// When a sequence was last taken.
    pub touched_at: Timestamp,
}

impl Counter {
    /// After this time a number that has no record will never have one: creates give up far sooner.
    const SETTLED_AFTER: Duration = Duration::from_mins(1);

    /// The counter of a workspace without files.
    #[must_use]
    pub const fn empty() -> Self {
        Self { next: 0, holes: BTreeSet::new(), touched_at: Timestamp::from_millis(0) }
    }

    /// How many files there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.next.saturating_sub(self.holes.len() as u64)
    }

    /// The sequences of a page, newest first.
    #[must_use]
    pub fn page(&self, page: Page) -> Vec<u64> {
        let mut above = page.offset;
        for hole in self.holes.iter().rev() {
            // The row sought lies `above` numbers below the top; each hole passed pushes it down.
            if self.next.saturating_sub(hole + 1) <= above {
                above += 1;
            } else {
                break;
            }
        }
        let Some(first) = self.next.checked_sub(above.saturating_add(1)) else { return Vec::new() };
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        (0..=first).rev().filter(|number| !self.holes.contains(number)).take(limit).collect()
    }

    /// Raises the counter to the newest row, when rows and counter were read at the same time.
    pub fn raise_to(&mut self, newest: Option<&File>) {
        if let Some(file) = newest {
            self.next = self.next.max(file.id.sequence().number() + 1);
            self.touched_at = self.touched_at.max(file.created_at);
        }
    }

    /// Whether one of the rows stands where a hole is noted: written after all, by a create that was
    /// thought to have failed. Nobody was told of it, so it is in no list.
    #[must_use]
    pub fn disowns_any(&self, rows: &[File]) -> bool {
        rows.iter().any(|file| self.holes.contains(&file.id.sequence().number()))
    }

    /// The sequences that should have rows from the newest down to the last of `rows`, which are the
    /// newest `limit` rows there are.
    #[must_use]
    pub fn newest(&self, rows: &[File], limit: u64) -> Vec<u64> {
        let full = rows.len() as u64 >= limit;
        let lowest = rows.last().filter(|_| full).map_or(0, |file| file.id.sequence().number());
        (lowest..self.next).rev().filter(|number| !self.holes.contains(number)).collect()
    }

    /// Treats the numbers among `expected` that have no row as holes, and tells which they are.
    pub fn overlook_missing(&mut self, expected: &[u64], rows: &[File]) -> Vec<u64> {
        let present: BTreeSet<u64> = rows.iter().map(|file| file.id.sequence().number()).collect();
        let missing: Vec<u64> =
            expected.iter().copied().filter(|number| !present.contains(number)).collect();
        self.holes.extend(&missing);
        missing
    }

    /// Those of `missing` that are old enough to be noted as holes at `now`: a later number was
    /// taken, or a later row created, at least a minute ago.
    #[must_use]
    pub fn settled(&self, missing: &[u64], rows: &[File], now: Timestamp) -> Vec<Sequence> {
        let old = |time: Timestamp| now.since(time) >= Self::SETTLED_AFTER;
        let newest_settled =
            rows.iter().find(|file| old(file.created_at)).map(|file| file.id.sequence().number());
        let all_settled = old(self.touched_at);
        missing
            .iter()
            .filter(|number| all_settled || newest_settled.is_some_and(|newest| newest > **number))
            .filter_map(|number| Sequence::new(*number))
            .collect()
    }
}

#[cfg(test)]
mod tests;
