//! What makes a repeated create harmless.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// A client's name for one create, by which its repetition is recognized: 1 to 255 printable ASCII characters.
///
/// `Debug` is redacted: clients put their own ids into it.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// The text is no idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidIdempotencyKey {
    /// It is longer than 255 characters.
    #[error("must be at most 255 characters")]
    TooLong,
    /// It is empty, or not of printable ASCII characters.
    #[error("must be 1 to 255 printable ASCII characters")]
    Malformed,
}

impl IdempotencyKey {
    /// The most characters of a key.
    pub const MOST_CHARACTERS: usize = 255;

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The SHA-256 of the key, by which records name it.
    #[must_use]
    pub fn hash(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(&self.0))
    }
}

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        if text.len() > Self::MOST_CHARACTERS {
            return Err(InvalidIdempotencyKey::TooLong);
        }
        let is_printable = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
        if text.is_empty() || !text.bytes().all(is_printable) {
            return Err(InvalidIdempotencyKey::Malformed);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("IdempotencyKey(..)")
    }
}

/// The SHA-256 of a request's body as it was parsed: two spellings of one body have the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyHash(String);

impl BodyHash {
    /// The hash of a body whose fields are written in one way.
    #[must_use]
    pub fn of(canonical: &str) -> Self {
        Self(HEXLOWER.encode(&Sha256::digest(canonical)))
    }

    /// The hash that was recorded.
    #[must_use]
    pub fn recorded(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The hash in hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A create that is made at most once.
#[derive(Clone, Debug)]
pub struct Once {
    /// Its name.
    pub key: IdempotencyKey,
    /// What it asks for.
    pub body: BodyHash,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_up_to_255_printable_characters() {
        let key = |text: &str| text.parse::<IdempotencyKey>().map(|key| key.as_str().to_owned());
        assert_eq!(key("order 17"), Ok("order 17".to_owned()));
        assert_eq!(key(&"x".repeat(255)), Ok("x".repeat(255)));
        assert_eq!(key(&"x".repeat(256)), Err(InvalidIdempotencyKey::TooLong));
        for malformed in ["", "ä", "a\tb"] {
            assert_eq!(key(malformed), Err(InvalidIdempotencyKey::Malformed), "{malformed:?}");
        }
    }
}
