//! Which rows of a list are wanted.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::Result;
use crate::error::check_bounds;

/// Which rows of a list: `limit` of them after the first `offset`, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The most files wanted.
    #[schemars(range(min = 1, max = 25))]
    #[serde(default = "default_limit")]
    pub(super) limit: u64,
    /// How many newer files to leave out.
    #[schemars(range(max = Page::MAX_OFFSET))]
    #[serde(default)]
    pub(super) offset: u64,
}

const fn default_limit() -> u64 {
    Page::MAX_LIMIT
}

impl Page {
    /// The most rows of a page, and the default.
    pub const MAX_LIMIT: u64 = 25;

    /// The most rows that can come before a page: 2^53 - 1, which every JSON parser reads exactly.
    pub const MAX_OFFSET: u64 = (1 << 53) - 1;

    /// A page for a dialect, which has bounds of its own.
    #[must_use]
    pub const fn new(limit: u64, offset: u64) -> Self {
        Self { limit, offset }
    }

    /// Refuses a limit that is not within 1 to 25, and an offset over [`Page::MAX_OFFSET`]. If a limit were clamped, a client that stops at a short page
    /// would lose rows.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`](crate::Error::InvalidValue).
    pub fn checked(self) -> Result<Self> {
        check_bounds("limit", self.limit, 1..=Self::MAX_LIMIT)?;
        check_bounds("offset", self.offset, 0..=Self::MAX_OFFSET)?;
        Ok(self)
    }

    /// Whether this is the newest page, which needs no arithmetic.
    #[must_use]
    pub const fn is_newest(self) -> bool {
        self.offset == 0
    }

    /// The most rows wanted: 1 to 25 in the native API; a dialect has bounds of its own.
    #[must_use]
    pub const fn limit(self) -> u64 {
        self.limit
    }

    /// How many newer rows come before it.
    #[must_use]
    pub const fn offset(self) -> u64 {
        self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn a_limit_out_of_bounds_is_refused_not_clamped() {
        for limit in [0, 26, u64::MAX] {
            let refusal = Page { limit, offset: 0 }.checked();
            assert!(matches!(refusal, Err(Error::InvalidValue { param, .. }) if param == "limit"));
        }
        assert!(Page { limit: 25, offset: Page::MAX_OFFSET }.checked().is_ok());
        assert!(Page { limit: 25, offset: Page::MAX_OFFSET + 1 }.checked().is_err());
    }
}
