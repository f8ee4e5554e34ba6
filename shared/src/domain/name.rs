//! What a client calls its file.

use std::fmt;

use serde::Deserialize;
use thiserror::Error;

/// A file's name: 1 to 255 characters, no control characters, no `/` and no `\`.
///
/// `Debug` is redacted: a name can be personal and does not belong in a log.
///
/// ```
/// use shared::domain::Filename;
///
/// let name = Filename::try_from("Grüße.txt".to_owned()).unwrap();
/// assert_eq!(name.as_str(), "Grüße.txt");
/// assert!(Filename::try_from("../secret".to_owned()).is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Filename(String);

/// The text is not a file name.
#[derive(Debug, Error)]
#[error("must be 1 to 255 characters without control characters, / and \\")]
pub struct InvalidFilename;

impl Filename {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Filename {
    type Error = InvalidFilename;

    fn try_from(text: String) -> Result<Self, InvalidFilename> {
        // They would name a folder, or break a line of a header or a log.
        let forbidden = |character: char| character.is_control() || matches!(character, '/' | '\\');
        if text.is_empty() || text.chars().count() > 255 || text.contains(forbidden) {
            return Err(InvalidFilename);
        }
        Ok(Self(text))
    }
}

impl fmt::Debug for Filename {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Filename(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filename(text: &str) -> Result<Filename, InvalidFilename> {
        Filename::try_from(text.to_owned())
    }

    #[test]
    fn a_name_is_counted_in_characters() {
        assert!(filename(&"ü".repeat(255)).is_ok());
        assert!(filename(&"ü".repeat(256)).is_err());
        assert!(filename("").is_err());
    }

    #[test]
    fn a_name_that_could_leave_its_folder_is_refused() {
        for wrong in ["a/b", "a\\b", "a\nb", "a\0", "\u{7f}", "\u{85}"] {
            assert!(filename(wrong).is_err(), "{wrong:?}");
        }
    }
}
