//! Media types, and what is compared with them.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;

/// A media type, `type/subtype` (RFC 6838 §4.2), with parameters where the client gave some.
///
/// It is kept as it was written: browsers hand out `video/webm;codecs=vp8,opus`, which is signed, stored
/// and sent again like that. Parameters are left out only where types are compared. The empty text, which a
/// browser gives for a file that it does not know, is `application/octet-stream`.
///
/// ```
/// use shared::domain::MimeType;
///
/// let recording = MimeType::try_from("video/webm;codecs=vp8,opus".to_owned()).unwrap();
/// assert_eq!(recording.as_str(), "video/webm;codecs=vp8,opus");
/// assert!(recording.is("Video/WebM") && recording.is_media());
/// assert_eq!(MimeType::try_from(String::new()).unwrap().as_str(), "application/octet-stream");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct MimeType(String);

/// The text is not a media type.
#[derive(Debug, Error)]
#[error("must be a media type such as text/plain or video/webm;codecs=vp8, at most 255 characters")]
pub struct InvalidMimeType;

impl MimeType {
    /// The longest media type, with its parameters, in characters.
    const MAX_LENGTH: usize = 255;

    /// The media type as the client wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The type without its parameters.
    fn essence(&self) -> &str {
        self.0.split(';').next().unwrap_or_default().trim_end()
    }

    /// Whether this names something to look at or to listen to.
    #[must_use]
    pub fn is_media(&self) -> bool {
        ["image", "video", "audio"].iter().any(|family| self.is_of(family))
    }

    /// Whether this is `other`; media types do not distinguish case.
    #[must_use]
    pub fn is(&self, other: &str) -> bool {
        self.essence().eq_ignore_ascii_case(other)
    }

    /// Whether a browser that opens a file of this type runs no script of it. SVG is an image that can
    /// hold scripts.
    #[must_use]
    pub fn is_safe_inline(&self) -> bool {
        let is_document = ["application/pdf", "text/plain"].iter().any(|known| self.is(known));
        is_document || self.is_media() && !self.is("image/svg+xml")
    }

    fn is_of(&self, family: &str) -> bool {
        self.0.split('/').next().unwrap_or_default().eq_ignore_ascii_case(family)
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
        if text.is_empty() {
            return Ok(Self::default());
        }
        // Signatures are made over header values in which two spaces count as one.
        if text.len() > Self::MAX_LENGTH || text.contains("  ") {
            return Err(InvalidMimeType);
        }
        let mut pieces = text.split(';');
        let essence = pieces.next().unwrap_or_default().trim_end_matches(' ');
        let is_valid =
            essence.parse::<Essence>().is_ok() && pieces.all(is_parameter) && !text.ends_with(' ');
        if is_valid { Ok(Self(text)) } else { Err(InvalidMimeType) }
    }
}

/// A media type, or a family of them: `image/png`, `image/*`. Without parameters, in lower case.
///
/// ```
/// use shared::domain::{MimeRange, MimeType};
///
/// let images: MimeRange = "Image/*".parse().unwrap();
/// assert_eq!(images.as_str(), "image/*");
/// let png = MimeType::try_from("image/png".to_owned()).unwrap();
/// assert!(MimeRange::all_of(&png).contains(&images));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct MimeRange(String);

/// The text is neither a media type nor a family of them.
#[derive(Debug, Error)]
#[error("must be a media type without parameters, or a family of them such as image/*")]
pub struct InvalidMimeRange;

impl MimeRange {
    /// The range as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Both ranges that a media type lies in: itself, and its family.
    #[must_use]
    pub fn all_of(mime_type: &MimeType) -> [Self; 2] {
        let essence = mime_type.essence().to_ascii_lowercase();
        let family = essence.split('/').next().unwrap_or_default();
        [Self(format!("{family}/*")), Self(essence)]
    }
}

impl FromStr for MimeRange {
    type Err = InvalidMimeRange;

    fn from_str(text: &str) -> Result<Self, InvalidMimeRange> {
        let is_range = match text.strip_suffix("/*") {
            Some(family) => is_restricted_name(family),
            None => text.parse::<Essence>().is_ok(),
        };
        if is_range { Ok(Self(text.to_ascii_lowercase())) } else { Err(InvalidMimeRange) }
    }
}

impl TryFrom<String> for MimeRange {
    type Error = InvalidMimeRange;

    fn try_from(text: String) -> Result<Self, InvalidMimeRange> {
        text.parse()
    }
}

impl fmt::Display for MimeRange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// `type/subtype`, without anything more.
struct Essence;

impl FromStr for Essence {
    type Err = InvalidMimeType;

    fn from_str(text: &str) -> Result<Self, InvalidMimeType> {
        match text.split_once('/') {
            Some((kind, subtype)) if is_restricted_name(kind) && is_restricted_name(subtype) => {
                Ok(Self)
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

/// `name=value`, the value in quotes or not. Browsers leave out the quotes that RFC 9110 §5.6.6 demands
/// around `vp8,opus`. A semicolon in quotes is refused: no media type needs one.
fn is_parameter(text: &str) -> bool {
    let Some((name, value)) = text.trim_matches(' ').split_once('=') else { return false };
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_visible = |byte: u8| byte.is_ascii_graphic() && !b"\\\"".contains(&byte);
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let is_value = match quoted {
        Some(value) => value.bytes().all(|byte| byte == b' ' || is_visible(byte)),
        None => !value.is_empty() && value.bytes().all(is_visible),
    };
    !name.is_empty() && name.bytes().all(is_token) && is_value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mime_type(text: &str) -> Result<MimeType, InvalidMimeType> {
        MimeType::try_from(text.to_owned())
    }

    #[test]
    fn a_media_type_is_kept_as_it_was_written() {
        for right in [
            "text/plain",
            "application/vnd.ms-excel",
            "image/svg+xml",
            "X-a/b",
            "text/plain;charset=utf-8",
            "Text/Plain; charset=\"utf-8\"",
            "video/webm;codecs=vp8,opus",
            "video/mp4; codecs=\"avc1.42E01E, mp4a.40.2\" ; profiles=x",
        ] {
            assert_eq!(mime_type(right).unwrap().as_str(), right);
        }
        assert_eq!(mime_type("").unwrap(), MimeType::default());
        assert!(mime_type(MimeType::default().as_str()).is_ok());
        assert!(mime_type(&format!("{}/{}", "a".repeat(127), "b".repeat(127))).is_ok());
    }

    #[test]
    fn what_is_no_media_type_or_would_break_a_header_is_refused() {
        for wrong in [
            "text",
            "text/",
            "/plain",
            "a/b/c",
            "té/xt",
            "a b/c",
            "*/*",
            "image/*",
            " a/b",
            "a/b ",
            "a/b;",
            "a/b;;c=d",
            "a/b;c",
            "a/b;c=",
            "a/b;=d",
            "a/b;c=d;",
            "a/b;c=d ",
            "a/b;  c=d",
            "a/b;c=\"d",
            "a/b;c=d\"",
            "a/b;c=\"d\\\"\"",
            "a/b;c=\"d  e\"",
            "a/b;c=d e",
            "a/b;c d=e",
            "a/b;c=\r\nx-evil: 1",
            "a/b;c=é",
            "a/b\t;c=d",
        ] {
            assert!(mime_type(wrong).is_err(), "{wrong:?}");
        }
        assert!(mime_type(&format!("a/{}", "b".repeat(128))).is_err());
        assert!(mime_type(&format!("a/b;c={}", "d".repeat(249))).is_ok());
        assert!(mime_type(&format!("a/b;c={}", "d".repeat(250))).is_err());
    }

    #[test]
    fn only_what_runs_no_script_is_safe_to_be_opened_in_place() {
        for safe in
            ["image/png", "Video/MP4", "audio/ogg;codecs=opus", "application/pdf", "text/plain"]
        {
            assert!(mime_type(safe).unwrap().is_safe_inline(), "{safe}");
        }
        for unsafe_type in [
            "image/svg+xml",
            "IMAGE/SVG+XML;charset=utf-8",
            "text/html",
            "application/xhtml+xml",
            "text/xml",
            "application/octet-stream",
        ] {
            assert!(!mime_type(unsafe_type).unwrap().is_safe_inline(), "{unsafe_type}");
        }
    }

    #[test]
    fn a_range_is_a_type_or_a_family() {
        for range in ["image/*", "image/png", "APPLICATION/PDF"] {
            assert_eq!(range.parse::<MimeRange>().unwrap().as_str(), range.to_ascii_lowercase());
        }
        for wrong in ["", "*", "*/*", "image", "image/", "image/p*", "a/b;c=d", "im age/*"] {
            assert!(wrong.parse::<MimeRange>().is_err(), "{wrong}");
        }
        let recording = mime_type("Video/WebM;codecs=vp8").unwrap();
        assert_eq!(MimeRange::all_of(&recording).map(|range| range.0), ["video/*", "video/webm"]);
    }
}
