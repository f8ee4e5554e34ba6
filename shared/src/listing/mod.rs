//! Pages of a workspace's files, at the same price at every offset.
//!
//! Files are numbered in the order of their creation, so without deletes the row at an offset is a
//! subtraction away. A number without a record is a *hole*: its file was deleted, or its create failed.
//! Holes are counted in two levels, [`Region`]s and the [`Block`]s in them, so that three reads find the
//! row at any offset. While a create is in flight, its number is treated as a hole, but recorded as one
//! only if it is still missing after a minute.
//!
//! Numbers are never reused and holes never filled, so both counts only grow. Counts that are equal before
//! and after the rows were read prove that nothing was deleted in between.

mod counter;
mod holes;
mod page;
mod read;

use std::collections::BTreeSet;
use std::time::Duration;

pub use counter::Counter;
pub use holes::{Block, HoleCounts, Holes, Region};
pub use page::{Page, Start};
pub use read::list;

use crate::domain::{FileId, Sequence, Timestamp};
use crate::uploads::File;

/// The rows that were read for a page, with what is needed to count them.
#[derive(Debug)]
pub struct Listing {
    /// The rows, newest first.
    pub files: Vec<File>,
    page: Page,
    counter: Counter,
    missing: Vec<u64>,
    /// Whether there are older rows, where it was read.
    has_older: Option<bool>,
    /// Whether a second reading has shown that rows and count are of one moment.
    is_confirmed: bool,
}

impl Listing {
    /// After this time a number that has no record will never have one: creates give up far sooner.
    const SETTLED_AFTER: Duration = Duration::from_mins(1);

    /// The listing of `files`, which are the rows of `page` from the number `first` down. `holes` are
    /// those known around it.
    #[must_use]
    pub fn new(page: Page, counter: Counter, holes: &Holes, first: u64, files: Vec<File>) -> Self {
        let present: BTreeSet<u64> = files.iter().map(number).collect();
        let is_full = files.len() as u64 >= page.limit();
        let last = files.last().filter(|_| is_full).map_or(0, number);
        let expected = (last.max(holes.known_from())..=first).rev();
        let missing = expected
            .filter(|number| !present.contains(number) && !holes.contains(*number))
            .collect();
        Self { files, page, counter, missing, has_older: None, is_confirmed: false }
    }

    /// The listing of the newest files, whose rows were read beside the counter.
    #[must_use]
    pub fn newest(page: Page, mut counter: Counter, holes: &Holes, files: Vec<File>) -> Self {
        counter.raise_to(files.first());
        match counter.next.checked_sub(1) {
            Some(first) => Self::new(page, counter, holes, first, files),
            None => Self::beyond_the_end(page, counter),
        }
    }

    /// A page beyond the oldest file.
    #[must_use]
    pub const fn beyond_the_end(page: Page, counter: Counter) -> Self {
        Self {
            files: Vec::new(),
            page,
            counter,
            missing: Vec::new(),
            has_older: None,
            is_confirmed: false,
        }
    }

    /// The same listing, where it was read whether there are older rows.
    #[must_use]
    pub fn with_older(self, has_older: bool) -> Self {
        Self { has_older: Some(has_older), ..self }
    }

    /// The same listing, whose rows and count were found to be of one moment.
    #[must_use]
    pub fn confirmed(self) -> Self {
        Self { is_confirmed: true, ..self }
    }

    /// The block of the newest number.
    #[must_use]
    pub const fn top(&self) -> Block {
        Block::of(self.counter.next.saturating_sub(1))
    }

    /// Whether rows and count are certainly of one moment, although they were read one after the other:
    /// because the page shows all files, or because nothing was ever deleted and no row is missing.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        let is_everything = self.page.is_newest() && self.ends_the_list();
        is_everything || self.counter.is_dense() && self.missing.is_empty()
    }

    /// Whether no file was deleted between the counts of this listing and `later` ones.
    #[must_use]
    pub fn is_untouched(&self, later: &Counter) -> bool {
        self.counter.holes == later.holes
    }

    /// Whether `later` shows the same rows and no file was deleted between the counts of both. Then
    /// both are true of the time between.
    #[must_use]
    pub fn is_confirmed_by(&self, later: &Self) -> bool {
        self.is_untouched(&later.counter)
            && self.files.iter().map(number).eq(later.files.iter().map(number))
    }

    /// How many files there are, consistent with the rows: missing records do not count, a page that is
    /// not full is the last one, and the total is never less than the rows shown.
    #[must_use]
    pub fn total(&self) -> u64 {
        let counted = self.counter.total().saturating_sub(self.missing.len() as u64);
        let Start::Offset(offset) = self.page.start() else {
            // How many rows are newer is not known.
            return counted.max(self.files.len() as u64);
        };
        let shown = offset.saturating_add(self.files.len() as u64);
        match (self.files.is_empty(), self.ends_the_list()) {
            (true, _) => counted.min(shown),
            (false, true) => shown,
            (false, false) => counted.max(shown),
        }
    }

    /// The file after which the next page starts, if there is one. If that is not certain, there is one: it may be
    /// empty, but a client that stops too early would lose rows.
    #[must_use]
    pub fn next_after(&self) -> Option<FileId> {
        let is_last = match self.page.start() {
            Start::Offset(offset) => {
                let are_all = self.total() <= offset.saturating_add(self.files.len() as u64);
                self.ends_the_list() || are_all && (self.is_confirmed || self.is_certain())
            }
            Start::After(_) => self.ends_the_list(),
        };
        self.files.last().filter(|_| !is_last).map(|file| file.id)
    }

    /// Whether no file is older than those shown.
    fn ends_the_list(&self) -> bool {
        match self.has_older {
            Some(has_older) => !has_older,
            None => (self.files.len() as u64) < self.page.limit(),
        }
    }

    /// The missing numbers that are old enough to be noted as holes at `now`: a later number was
    /// taken, or a later row created, at least a minute ago.
    #[must_use]
    pub fn settled(&self, now: Timestamp) -> Vec<Sequence> {
        let old = |time: Timestamp| now.since(time) >= Self::SETTLED_AFTER;
        let newest_settled = self.files.iter().find(|file| old(file.created_at)).map(number);
        let all_settled = old(self.counter.touched_at);
        self.missing
            .iter()
            .filter(|number| all_settled || newest_settled.is_some_and(|newest| newest > **number))
            .filter_map(|number| Sequence::new(*number))
            .collect()
    }
}

fn number(file: &File) -> u64 {
    file.id.sequence().number()
}

#[cfg(test)]
mod tests;
