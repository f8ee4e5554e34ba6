//! What an upload token allows.

use thiserror::Error;

use super::{MimeRange, MimeType, Once, Timestamp};

/// A file as its creator announces it, as far as an upload token bounds it.
#[derive(Clone, Debug)]
pub struct Announced {
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Its media type.
    pub mime_type: MimeType,
    /// What makes a repetition of its create harmless.
    pub once: Option<Once>,
}

/// How an upload token is bounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenBounds {
    /// From when on it opens nothing.
    pub expires_at: Timestamp,
    /// How many files can still be created with it.
    pub files_left: u64,
    /// The largest file in bytes, if the token bounds that.
    pub max_size_bytes: Option<u64>,
    /// The media types that it admits, if it bounds them.
    pub mime_types: Option<Vec<MimeRange>>,
}

/// Why an upload token does not allow a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TokenRefusal {
    /// All of its files are created.
    #[error("All files that this upload token allows have been created")]
    Spent,
    /// The file is too large.
    #[error("This upload token admits at most {max_bytes} bytes")]
    Size {
        /// The most bytes admitted.
        max_bytes: u64,
    },
    /// The file is of another type.
    #[error("This upload token does not admit the media type")]
    MimeType,
}

impl TokenBounds {
    /// Checks a file against the bounds, as the conditional update of the token's item does.
    ///
    /// # Errors
    ///
    /// [`TokenRefusal`].
    pub fn check(&self, announced: &Announced) -> Result<(), TokenRefusal> {
        if self.files_left == 0 {
            return Err(TokenRefusal::Spent);
        }
        match self.max_size_bytes {
            Some(max_bytes) if announced.size_bytes > max_bytes => {
                return Err(TokenRefusal::Size { max_bytes });
            }
            _ => {}
        }
        let ranges = MimeRange::all_of(&announced.mime_type);
        match &self.mime_types {
            Some(admitted) if !ranges.iter().any(|range| admitted.contains(range)) => {
                Err(TokenRefusal::MimeType)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bounds: &TokenBounds, size_bytes: u64, mime_type: &str) -> Result<(), TokenRefusal> {
        let mime_type = MimeType::try_from(mime_type.to_owned()).unwrap();
        bounds.check(&Announced { size_bytes, mime_type, once: None })
    }

    fn unbounded(files_left: u64) -> TokenBounds {
        let expires_at = Timestamp::from_millis(1);
        TokenBounds { expires_at, files_left, max_size_bytes: None, mime_types: None }
    }

    #[test]
    fn a_bound_that_is_absent_bounds_nothing() {
        assert_eq!(check(&unbounded(1), u64::MAX, "x/y"), Ok(()));
        assert_eq!(check(&unbounded(0), 0, "x/y"), Err(TokenRefusal::Spent));
    }

    #[test]
    fn size_and_type_are_admitted_up_to_their_bounds() {
        let types = ["image/*", "application/pdf"].map(|range| range.parse().unwrap());
        let bounds = TokenBounds {
            max_size_bytes: Some(10),
            mime_types: Some(types.to_vec()),
            ..unbounded(1)
        };
        assert_eq!(check(&bounds, 10, "Image/PNG;x=y"), Ok(()));
        assert_eq!(check(&bounds, 0, "application/pdf"), Ok(()));
        assert_eq!(check(&bounds, 11, "image/png"), Err(TokenRefusal::Size { max_bytes: 10 }));
        assert_eq!(check(&bounds, 10, "application/json"), Err(TokenRefusal::MimeType));
        assert_eq!(check(&bounds, 10, "images/png"), Err(TokenRefusal::MimeType));
    }
}
