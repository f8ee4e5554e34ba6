//! UUIDs (RFC 9562), which other APIs name things by.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;

/// A UUID of any version: 32 hexadecimal digits in five groups, in either case; written in lowercase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Uuid(u128);

/// The text is not a UUID.
#[derive(Debug, Error)]
#[error("must be a UUID")]
pub struct InvalidUuid;

/// The bits that say it is one of version 8, free-form.
const VERSION_8: u128 = 0x8000_8000_0000_0000_0000;
/// The bits of the version and of the variant (RFC 9562).
const FIXED: u128 = 0xf000_c000_0000_0000_0000;

impl Uuid {
    /// The UUID of version 8 that has these bits, but for the six that say so.
    #[must_use]
    pub const fn version_8(bits: u128) -> Self {
        Self(bits & !FIXED | VERSION_8)
    }

    /// Its bits, if it is one of version 8.
    #[must_use]
    pub const fn of_version_8(self) -> Option<u128> {
        if self.0 & FIXED == VERSION_8 { Some(self.0) } else { None }
    }
}

impl FromStr for Uuid {
    type Err = InvalidUuid;

    fn from_str(text: &str) -> Result<Self, InvalidUuid> {
        let at_dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
        let in_shape = text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| {
                if at_dash(at) { byte == b'-' } else { byte.is_ascii_hexdigit() }
            });
        if !in_shape {
            return Err(InvalidUuid);
        }
        u128::from_str_radix(&text.replace('-', ""), 16).map(Self).map_err(|_| InvalidUuid)
    }
}

impl TryFrom<String> for Uuid {
    type Error = InvalidUuid;

    fn try_from(text: String) -> Result<Self, InvalidUuid> {
        text.parse()
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        let [first, second, third, fourth, last] =
            [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        write!(out, "{first}-{second}-{third}-{fourth}-{last}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_read_in_either_case_and_written_in_lowercase() {
        let text = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
        for spelling in [text.to_owned(), text.to_uppercase()] {
            assert_eq!(spelling.parse::<Uuid>().unwrap().to_string(), text);
        }
        for wrong in ["", "0a1b2c3d4e5f4a6b8c7d9e0f1a2b3c4d", "g", &text[1..], &format!("{text}0")]
        {
            assert!(wrong.parse::<Uuid>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_uuid_of_version_8_has_all_other_bits_free() {
        for bits in [0, u128::MAX] {
            let uuid = Uuid::version_8(bits);
            let text = uuid.to_string();
            assert_eq!((&text[14..15], "89ab".contains(&text[19..20])), ("8", true), "{text}");
            assert_eq!(uuid.of_version_8(), Some(bits & !FIXED | VERSION_8));
        }
        assert_eq!(
            "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d".parse::<Uuid>().unwrap().of_version_8(),
            None
        );
    }
}
