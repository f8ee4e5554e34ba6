//! Which rows of a list are wanted.

use crate::domain::FileId;

/// Which rows of a list: `limit` of them from a start, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    limit: u64,
    start: Start,
}

/// Where a page starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// After so many newer rows.
    Offset(u64),
    /// After the row of this file, whether or not it is still there.
    After(FileId),
}

impl Page {
    /// The most rows of a page of the native API, and the default.
    pub const MAX_LIMIT: u64 = 25;

    /// The most rows that can come before a page: 2^53 - 1, which every JSON parser reads exactly.
    pub const MAX_OFFSET: u64 = (1 << 53) - 1;

    /// The page after the first `offset` rows. A dialect has bounds of its own.
    #[must_use]
    pub const fn new(limit: u64, offset: u64) -> Self {
        Self { limit, start: Start::Offset(offset) }
    }

    /// The page after the row of a file.
    #[must_use]
    pub const fn after(limit: u64, file: FileId) -> Self {
        Self { limit, start: Start::After(file) }
    }

    /// Whether this is the newest page, which needs no arithmetic.
    #[must_use]
    pub const fn is_newest(self) -> bool {
        matches!(self.start, Start::Offset(0))
    }

    /// The most rows wanted: 1 to 25 in the native API; a dialect has bounds of its own.
    #[must_use]
    pub const fn limit(self) -> u64 {
        self.limit
    }

    /// Where it starts.
    #[must_use]
    pub const fn start(self) -> Start {
        self.start
    }
}
