//! Which rows of a list are wanted.

use serde::Deserialize;

use crate::{Error, Result};

/// Which rows of a list: `limit` of them after the first `offset`, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    #[serde(default = "default_limit")]
    pub(super) limit: u64,
    #[serde(default)]
    pub(super) offset: u64,
}

const fn default_limit() -> u64 {
    Page::MAX_LIMIT
}

impl Page {
    /// The most rows of a page, and the default.
    pub const MAX_LIMIT: u64 = 25;

    /// A page for a dialect, which has bounds of its own.
    #[must_use]
    pub const fn new(limit: u64, offset: u64) -> Self {
        Self { limit, offset }
    }

    /// Refuses a limit that is not within 1 to 25. If it were clamped, a client that stops at a short page
    /// would lose rows.
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

    #[test]
    fn a_limit_out_of_bounds_is_refused_not_clamped() {
        for limit in [0, 26, u64::MAX] {
            let refusal = Page { limit, offset: 0 }.checked();
            assert!(matches!(refusal, Err(Error::InvalidValue { param, .. }) if param == "limit"));
        }
        assert!(Page { limit: 25, offset: u64::MAX }.checked().is_ok());
    }
}
