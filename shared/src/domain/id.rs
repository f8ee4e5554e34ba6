//! Names of things: workspaces, file ids, and the object keys made of both.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
use serde::Deserialize;
use thiserror::Error;

use super::Uuid;

/// Crockford's base32, lowercase, five bits a character.
pub(super) static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    #[expect(clippy::expect_used, reason = "the alphabet is a constant of 32 distinct symbols")]
    specification.encoding().expect("32 distinct symbols")
});

/// The text does not name what it should.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct InvalidId(&'static str);

/// The tenant: everything a key sees belongs to its workspace.
///
/// 1 to 32 of `a-z`, `0-9` and `-`, not beginning with `-`, so that it fits between the `_` of an API
/// key and before the `/` of an object key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Workspace(String);

impl Workspace {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Workspace {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.is_empty() || text.len() > 32 || text.starts_with('-') || !text.bytes().all(allowed)
        {
            return Err(InvalidId(
                "a workspace is 1 to 32 of a-z, 0-9 and -, not beginning with -",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Workspace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A file's place in its workspace: dense, counted from 0, never reused for another record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(u64);

impl Sequence {
    /// The largest sequence that a file id can carry: 40 bits.
    pub const MAX: u64 = (1 << 40) - 1;

    /// The place `number`, or nothing beyond [`Sequence::MAX`].
    #[must_use]
    pub const fn new(number: u64) -> Option<Self> {
        if number <= Self::MAX { Some(Self(number)) } else { None }
    }

    /// The place as a number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// The random half of a file id: 80 bits, of which one says how the file is completed. The others make the id
/// unguessable.
pub type Suffix = [u8; 10];

/// The bit of a suffix's first byte that says that the upload's event completes the file.
const AUTO_COMPLETE: u8 = 1;

/// A file's id: `fil_` and 24 characters, 40 bits of [`Sequence`] and 80 random bits.
///
/// The sequence addresses the record by key, so no index is needed; the random half is compared with
/// the record's, so an id cannot be guessed from its neighbours.
///
/// ```
/// use shared::domain::{FileId, Sequence};
///
/// let id = FileId::new(Sequence::new(7).unwrap(), [0; 10]);
/// assert_eq!(id.to_string(), "fil_000000070000000000000000");
/// assert_eq!(FileId::from_uuid(&id.to_uuid()).unwrap(), id);
/// assert!("fil_7".parse::<FileId>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct FileId {
    sequence: Sequence,
    suffix: Suffix,
}

impl FileId {
    /// The id of the file at `sequence`, made unguessable by `suffix`.
    #[must_use]
    pub const fn new(sequence: Sequence, suffix: Suffix) -> Self {
        Self { sequence, suffix }
    }

    /// The id of a new file at `sequence`, which remembers whether the upload's event completes it.
    #[must_use]
    pub const fn of_new_file(sequence: Sequence, mut suffix: Suffix, auto_complete: bool) -> Self {
        suffix[0] = suffix[0] & !AUTO_COMPLETE | if auto_complete { AUTO_COMPLETE } else { 0 };
        Self { sequence, suffix }
    }

    /// Whether the upload's event probably completes the file. Whoever is told of an object knows nothing but its
    /// key, so this spares a read. The record says it for certain.
    #[must_use]
    pub const fn hints_auto_complete(&self) -> bool {
        self.suffix[0] & AUTO_COMPLETE != 0
    }

    /// The file's place in its workspace.
    #[must_use]
    pub const fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// The random half as text, 16 characters.
    #[must_use]
    pub fn suffix(&self) -> String {
        BASE32.encode(&self.suffix)
    }
}

impl FileId {
    /// The id as a UUID, for clients that know no other ids: its 120 bits around the 6 that a UUID
    /// of version 8 has fixed; the last two of the 128 are zero.
    #[must_use]
    pub fn to_uuid(&self) -> String {
        let [_, _, _, sequence @ ..] = self.sequence.0.to_be_bytes();
        let bytes = sequence.iter().chain(&self.suffix);
        let bits = bytes.fold(0, |bits, byte| bits << 8 | u128::from(*byte));
        Uuid::version_8(spread(bits)).to_string()
    }

    /// The id of such a UUID, upper or lower case.
    ///
    /// # Errors
    ///
    /// The text is no UUID, or not the UUID of a file id.
    pub fn from_uuid(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId("not the UUID of a file");
        let uuid: Uuid = text.parse().map_err(|_| invalid())?;
        // A UUID has two bits more than an id. They must be 0, or one file would have four UUIDs.
        let of_a_file = |bits: &u128| bits.trailing_zeros() >= 2;
        let uuid = uuid.of_version_8().filter(of_a_file).ok_or_else(invalid)?;
        let [_, bytes @ ..] = gathered(uuid).to_be_bytes();
        let (high, suffix) = bytes.split_first_chunk::<5>().ok_or_else(invalid)?;
        let suffix = Suffix::try_from(suffix).map_err(|_| invalid())?;
        let number = high.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        Ok(Self { sequence: Sequence(number), suffix })
    }
}

/// 120 bits around the version (4 bits after the first 48) and the variant (2 bits after another 12).
const fn spread(bits: u128) -> u128 {
    let (first, second, last) = (bits >> 72, bits >> 60 & 0xfff, bits & ((1 << 60) - 1));
    first << 80 | second << 64 | last << 2
}

const fn gathered(uuid: u128) -> u128 {
    let (first, second, last) = (uuid >> 80, uuid >> 64 & 0xfff, uuid >> 2 & ((1 << 60) - 1));
    first << 72 | second << 60 | last
}

impl FromStr for FileId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId("a file id is fil_ and 24 characters of 0-9 and a-z");
        let encoded = text.strip_prefix("fil_").ok_or_else(invalid)?;
        let bytes = BASE32.decode(encoded.as_bytes()).map_err(|_| invalid())?;
        let (high, suffix) = bytes.split_first_chunk::<5>().ok_or_else(invalid)?;
        let suffix = Suffix::try_from(suffix).map_err(|_| invalid())?;
        let number = high.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        Ok(Self { sequence: Sequence(number), suffix })
    }
}

impl TryFrom<String> for FileId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [_, _, _, sequence @ ..] = self.sequence.0.to_be_bytes();
        let bytes = [&sequence[..], &self.suffix[..]].concat();
        write!(out, "fil_{}", BASE32.encode(&bytes))
    }
}

/// Where a file's bytes lie in the bucket: `<workspace>/<file id>`. An S3 event needs no look-up.
///
/// ```
/// use shared::domain::ObjectKey;
///
/// let key: ObjectKey = "acme/fil_000000070000000000000000".parse().unwrap();
/// assert_eq!((key.workspace.as_str(), key.file.sequence().number()), ("acme", 7));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectKey {
    /// The tenant the file belongs to.
    pub workspace: Workspace,
    /// The file.
    pub file: FileId,
}

impl FromStr for ObjectKey {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let parts =
            text.split_once('/').ok_or(InvalidId("an object key is <workspace>/<file id>"))?;
        Ok(Self { workspace: parts.0.parse()?, file: parts.1.parse()? })
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.workspace, self.file)
    }
}

/// The key of the note whose event continues the reading of a file's bytes: `_continue/<object key>`. No
/// workspace's object can lie there, for no workspace's name has an underscore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContinueKey(pub ObjectKey);

impl FromStr for ContinueKey {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let key = text.strip_prefix("_continue/").ok_or(InvalidId("it begins with _continue/"))?;
        key.parse().map(Self)
    }
}

impl fmt::Display for ContinueKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "_continue/{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_carries_its_sequence_and_comes_back_whole() {
        for number in [0, 1, 31, 32, 19_999, Sequence::MAX] {
            let id = FileId::new(Sequence::new(number).unwrap(), *b"0123456789");
            let text = id.to_string();
            assert_eq!(text.len(), 28);
            assert_eq!(text.parse::<FileId>().unwrap(), id);
            assert_eq!(id.sequence().number(), number);
        }
        assert_eq!(Sequence::new(Sequence::MAX + 1), None);
    }

    #[test]
    fn an_id_travels_through_a_uuid_without_loss() {
        for (number, suffix) in [(0, [0; 10]), (7, *b"0123456789"), (Sequence::MAX, [0xff; 10])] {
            let id = FileId::new(Sequence::new(number).unwrap(), suffix);
            let uuid = id.to_uuid();
            assert_eq!((uuid.len(), &uuid[14..15]), (36, "8"), "{uuid}");
            assert!("89ab".contains(&uuid[19..20]), "{uuid}");
            assert_eq!(FileId::from_uuid(&uuid).unwrap(), id);
            assert_eq!(FileId::from_uuid(&uuid.to_uppercase()).unwrap(), id);
        }
        for wrong in [
            "",
            "00000000-0000-4000-8000-000000000000",
            "00000000-0000-8000-0000-000000000000",
            "00000000-0000-8000-8000-000000000001",
            "000000000000-8000-8000-0000-00000000",
            "g0000000-0000-8000-8000-000000000000",
        ] {
            assert!(FileId::from_uuid(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_wrong_prefix_length_or_alphabet_is_no_id() {
        let id = FileId::new(Sequence(7), [9; 10]).to_string();
        for wrong in [
            id.replace("fil_", "fil-"),
            id.replace("fil_", "acc_"),
            id.to_uppercase(),
            format!("{id}0"),
            id[..27].to_owned(),
            format!("{}u", &id[..27]),
            String::new(),
        ] {
            assert!(wrong.parse::<FileId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_object_key_names_its_workspace_and_its_file() {
        let key = ObjectKey {
            workspace: "acme-2".parse().unwrap(),
            file: FileId::new(Sequence(7), [9; 10]),
        };
        assert_eq!(key.to_string().parse::<ObjectKey>().unwrap(), key);
        let note = ContinueKey(key).to_string();
        assert_eq!(note.parse::<ContinueKey>().unwrap().to_string(), note);
        assert!(note.parse::<ObjectKey>().is_err());
        for wrong in ["acme", "acme/", "/fil_0", "Acme/fil_000000000000000000000000", "a/b/c"] {
            assert!(wrong.parse::<ObjectKey>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_workspace_fits_between_the_separators_of_keys() {
        assert!("acme".parse::<Workspace>().is_ok());
        for wrong in ["", "-a", "a_b", "a/b", "A", "ä", &"a".repeat(33)] {
            assert!(wrong.parse::<Workspace>().is_err(), "{wrong}");
        }
    }
}
