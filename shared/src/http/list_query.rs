//! Which page of a list is wanted.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::invalid;
use crate::Result;
use crate::domain::FileId;
use crate::error::check_bounds;
use crate::listing::Page;

/// Which rows of a list: `limit` of them from a start, newest first.
#[derive(Clone, Copy, Debug, JsonSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// The most files wanted.
    #[schemars(range(min = 1, max = 25))]
    #[serde(default = "default_limit")]
    limit: u64,
    /// How many newer files to leave out; 0 if absent. Not together with `after`.
    #[schemars(range(max = Page::MAX_OFFSET))]
    offset: Option<u64>,
    /// The `nextAfter` of the page before: only files that are older than that one. No file is skipped or told
    /// twice while others are created and deleted.
    after: Option<FileId>,
}

const fn default_limit() -> u64 {
    Page::MAX_LIMIT
}

impl PageQuery {
    /// The page, if it is within its bounds. If a limit were clamped, a client that stops at a short page would
    /// lose rows.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`](crate::Error::InvalidValue): a limit that is not within 1 to 25, an offset over
    /// [`Page::MAX_OFFSET`], or two starts.
    pub fn page(self) -> Result<Page> {
        check_bounds("limit", self.limit, 1..=Page::MAX_LIMIT)?;
        match (self.after, self.offset) {
            (Some(_), Some(_)) => Err(invalid("after", "cannot be given together with offset")),
            (Some(file), None) => Ok(Page::after(self.limit, file)),
            (None, offset) => {
                let offset = offset.unwrap_or(0);
                check_bounds("offset", offset, 0..=Page::MAX_OFFSET)?;
                Ok(Page::new(self.limit, offset))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    fn page(limit: u64, offset: Option<u64>, after: Option<FileId>) -> Result<Page> {
        PageQuery { limit, offset, after }.page()
    }

    #[test]
    fn a_limit_out_of_bounds_is_refused_not_clamped() {
        for limit in [0, 26, u64::MAX] {
            let refusal = page(limit, None, None);
            assert!(matches!(refusal, Err(Error::InvalidValue { param, .. }) if param == "limit"));
        }
        assert!(page(25, Some(Page::MAX_OFFSET), None).is_ok());
        assert!(page(25, Some(Page::MAX_OFFSET + 1), None).is_err());
    }

    #[test]
    fn a_page_has_one_start() {
        let file = "fil_000000070000000000000000".parse().unwrap();
        assert_eq!(page(5, None, Some(file)).unwrap(), Page::after(5, file));
        assert_eq!(page(5, None, None).unwrap(), Page::new(5, 0));
        assert!(page(5, Some(0), Some(file)).is_err());
    }
}
