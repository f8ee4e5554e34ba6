//! An MD5 in the making: how far it has come, in a form that can be kept and taken up again.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;
use md5::digest::common::hazmat::{SerializableState as _, SerializedState};
use md5::{Digest as _, Md5 as Hasher};
use thiserror::Error;

use super::{ETag, Md5, StoredObject};

/// How far the hash of an object has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Midway {
    /// S3's name for exactly the bytes that are hashed.
    pub etag: ETag,
    /// How many of them, from the first one on, are in the state.
    pub bytes_hashed: u64,
    /// Their MD5, unfinished.
    pub state: Md5State,
}

impl Midway {
    /// Where the hash of `object` goes on: where an earlier one of the same bytes stopped, or else
    /// at the first byte.
    #[must_use]
    pub fn of(object: &StoredObject, earlier: Option<Self>) -> Self {
        let of_these_bytes =
            |midway: &Self| midway.etag == object.etag && midway.bytes_hashed <= object.size_bytes;
        earlier.filter(of_these_bytes).unwrap_or_else(|| Self {
            etag: object.etag.clone(),
            bytes_hashed: 0,
            state: Md5State::default(),
        })
    }

    /// Hashes the bytes that follow.
    pub fn update(&mut self, bytes: &[u8]) {
        self.state.0.update(bytes);
        self.bytes_hashed += bytes.len() as u64;
    }

    /// The MD5 of the bytes hashed so far.
    #[must_use]
    pub fn finish(self) -> Md5 {
        Md5::new(self.state.0.finalize().into())
    }
}

/// The inner state of an MD5. In text it is 88 bytes in base64, 120 characters; up to 63 of the bytes
/// are the object's own.
#[derive(Clone, Debug, Default)]
pub struct Md5State(Hasher);

/// The text is not the state of an MD5.
#[derive(Debug, Error)]
#[error("must be the state of an MD5 in base64")]
pub struct InvalidMd5State;

impl FromStr for Md5State {
    type Err = InvalidMd5State;

    fn from_str(text: &str) -> Result<Self, InvalidMd5State> {
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| InvalidMd5State)?;
        let state = SerializedState::<Hasher>::try_from(&bytes[..]).map_err(|_| InvalidMd5State)?;
        Hasher::deserialize(&state).map(Self).map_err(|_| InvalidMd5State)
    }
}

impl fmt::Display for Md5State {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&BASE64.encode(&self.0.serialize()))
    }
}

impl PartialEq for Md5State {
    fn eq(&self, other: &Self) -> bool {
        self.0.serialize() == other.0.serialize()
    }
}

impl Eq for Md5State {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Encryption;

    const TEXT: &[u8] = b"The quick brown fox jumps over the lazy dog";
    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

    fn object(etag: &str) -> StoredObject {
        StoredObject::new(TEXT.len() as u64, ETag::new(etag), None, Encryption::S3Managed)
    }

    fn hashed(bytes: &[u8]) -> Midway {
        let mut midway = Midway::of(&object("a-2"), None);
        midway.update(bytes);
        midway
    }

    #[test]
    fn a_hash_taken_up_again_from_text_gives_the_same_digest() {
        for (stopped_at, _) in TEXT.iter().enumerate() {
            let (before, after) = TEXT.split_at(stopped_at);
            let stopped = hashed(before);
            let kept =
                Midway { state: stopped.state.to_string().parse().unwrap(), ..stopped.clone() };
            assert_eq!(kept, stopped);

            let mut midway = Midway::of(&object("a-2"), Some(kept));
            midway.update(after);
            assert_eq!(midway.bytes_hashed, TEXT.len() as u64);
            assert_eq!(midway.finish().to_string(), MD5);
        }
    }

    #[test]
    fn a_hash_of_other_bytes_is_not_taken_up() {
        let fresh = hashed(b"");
        assert_eq!(Midway::of(&object("a-2"), Some(hashed(&TEXT[1..]))), hashed(&TEXT[1..]));
        assert_eq!(Midway::of(&object("b-2"), Some(hashed(TEXT))).bytes_hashed, 0);
        assert_eq!(Midway::of(&object("a-2"), Some(hashed(&[0; 99]))), fresh);
    }

    #[test]
    fn a_text_that_is_no_state_is_refused() {
        let state = Md5State::default().to_string();
        let mut overfull = BASE64.decode(state.as_bytes()).unwrap();
        overfull[24] = 64; // The place in the block, which has 64 bytes.
        for text in
            ["", "no base64", &state[4..], &format!("{state}AAAA"), &BASE64.encode(&overfull)]
        {
            assert!(text.parse::<Md5State>().is_err(), "{text}");
        }
    }
}
