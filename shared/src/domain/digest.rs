//! MD5 digests, as clients and S3 write them.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE64, HEXLOWER};
use serde::Deserialize;
use thiserror::Error;

/// An MD5 digest. In text it is 32 lowercase hexadecimal digits.
///
/// ```
/// use shared::domain::Md5;
///
/// let md5: Md5 = "d41d8cd98f00b204e9800998ecf8427e".parse().unwrap();
/// assert_eq!(md5.to_base64(), "1B2M2Y8AsgTpgAmY7PhCfg==");
/// assert!("D41D8CD98F00B204E9800998ECF8427E".parse::<Md5>().is_err(), "lowercase only");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Md5([u8; 16]);

/// The text is not an MD5 digest.
#[derive(Debug, Error)]
#[error("must be an MD5 digest in 32 lowercase hexadecimal digits")]
pub struct InvalidMd5;

impl Md5 {
    /// The digest with these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The digest in the form of the `Content-MD5` header (RFC 1864): 24 base64 characters.
    #[must_use]
    pub fn to_base64(self) -> String {
        BASE64.encode(&self.0)
    }

    /// Reads the form of the `Content-MD5` header (RFC 1864).
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        BASE64.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }
}

impl FromStr for Md5 {
    type Err = InvalidMd5;

    fn from_str(text: &str) -> Result<Self, InvalidMd5> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| InvalidMd5)?;
        bytes.try_into().map(Self).map_err(|_| InvalidMd5)
    }
}

impl TryFrom<String> for Md5 {
    type Error = InvalidMd5;

    fn try_from(text: String) -> Result<Self, InvalidMd5> {
        text.parse()
    }
}

impl fmt::Display for Md5 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&HEXLOWER.encode(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "d41d8cd98f00b204e9800998ecf8427e";

    #[test]
    fn hexadecimal_and_base64_are_the_same_digest() {
        let md5: Md5 = EMPTY.parse().unwrap();
        assert_eq!(md5.to_string(), EMPTY);
        assert_eq!(md5.to_base64(), "1B2M2Y8AsgTpgAmY7PhCfg==");
        assert_eq!(Md5::from_base64("1B2M2Y8AsgTpgAmY7PhCfg=="), Some(md5));
    }

    #[test]
    fn uppercase_short_and_long_digests_are_refused() {
        for text in
            [EMPTY.to_uppercase(), EMPTY[1..].to_owned(), format!("{EMPTY}00"), "x".repeat(32)]
        {
            assert!(text.parse::<Md5>().is_err(), "{text}");
        }
    }
}
