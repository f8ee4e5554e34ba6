//! What a client calls its file: the name and the media type.

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

/// A media type, `type/subtype` without parameters, as RFC 6838 §4.2 allows them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct MimeType(String);

/// The text is not a media type.
#[derive(Debug, Error)]
#[error("must be a media type: type/subtype, at most 127 characters each, without parameters")]
pub struct InvalidMimeType;

impl MimeType {
    /// The media type as the client wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this names something to look at or to listen to.
    #[must_use]
    pub fn is_media(&self) -> bool {
        let kind = self.0.split('/').next().unwrap_or_default();
        ["image", "video", "audio"].iter().any(|media| kind.eq_ignore_ascii_case(media))
    }

    /// Whether this is `other`; media types do not distinguish case.
    #[must_use]
    pub fn is(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

impl Default for MimeType {
    /// `application/octet-stream`: bytes, of whatever kind.
    fn default() -> Self {
        Self("application/octet-stream".to_owned())
    }
}

impl TryFrom<String> for MimeType {
    type Error = InvalidMimeType;

    fn try_from(text: String) -> Result<Self, InvalidMimeType> {
        match text.split_once('/') {
            Some((kind, subtype)) if is_restricted_name(kind) && is_restricted_name(subtype) => {
                Ok(Self(text))
            }
            _ => Err(InvalidMimeType),
        }
    }
}

/// RFC 6838 §4.2, `restricted-name`.
fn is_restricted_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
    text.len() <= 127
        && text.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
        && text.bytes().all(allowed)
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

    #[test]
    fn a_media_type_has_two_names_and_nothing_else() {
        let mime_type = |text: &str| MimeType::try_from(text.to_owned());
        for right in ["text/plain", "application/vnd.ms-excel", "image/svg+xml", "X-a/b"] {
            assert!(mime_type(right).is_ok(), "{right}");
        }
        for wrong in [
            "",
            "text",
            "text/",
            "/plain",
            "a/b/c",
            "text/plain; charset=utf-8",
            "té/xt",
            "a b/c",
            "*/*",
        ] {
            assert!(mime_type(wrong).is_err(), "{wrong}");
        }
        assert!(mime_type(&format!("a/{}", "b".repeat(128))).is_err());
        assert!(mime_type(MimeType::default().as_str()).is_ok());
    }
}
