//! API keys, `slw_<workspace>_<secret>_<crc32>`, and upload tokens, which begin with `slt_`.
//!
//! An upload token is a key that can do less: it is found, limited and revoked like one. The checksum lets
//! garbage be refused without asking the table; the workspace lets reads begin while the key is still being
//! checked. Only the SHA-256 is ever stored.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::Workspace;
use super::id::BASE32;

/// The random bytes of a key: 160 bits.
pub type KeySecret = [u8; 20];

/// The kinds of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// An API key, which an operator makes.
    ApiKey,
    /// An upload token, which the holder of an API key makes for a page.
    UploadToken,
}

impl KeyKind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey => "slw",
            Self::UploadToken => "slt",
        }
    }

    fn of_prefix(prefix: &str) -> Option<Self> {
        [Self::ApiKey, Self::UploadToken].into_iter().find(|kind| kind.prefix() == prefix)
    }
}

/// A well-formed API key, or a well-formed upload token. Whether anyone issued it, only the table knows.
///
/// ```
/// use shared::domain::ApiKey;
///
/// let key = ApiKey::new(&"acme".parse().unwrap(), &[7; 20]);
/// let text = key.reveal();
/// assert!(text.starts_with("slw_acme_"));
/// assert_eq!(text.parse::<ApiKey>().unwrap().hash(), key.hash());
/// assert!(!format!("{key:?}").contains(text), "Debug does not show it");
/// // One letter wrong, and the checksum tells so without a look at the table.
/// assert!(text.replace("slw_acme", "slw_acne").parse::<ApiKey>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    text: String,
    workspace: Workspace,
    kind: KeyKind,
}

/// The text is not an API key.
#[derive(Debug, Error)]
#[error("not an API key")]
pub struct MalformedKey;

impl ApiKey {
    /// The key of `workspace` with the given random bytes.
    #[must_use]
    pub fn new(workspace: &Workspace, secret: &KeySecret) -> Self {
        Self::of_kind(KeyKind::ApiKey, workspace, secret)
    }

    /// The upload token of `workspace` with the given random bytes.
    #[must_use]
    pub fn upload_token(workspace: &Workspace, secret: &KeySecret) -> Self {
        Self::of_kind(KeyKind::UploadToken, workspace, secret)
    }

    fn of_kind(kind: KeyKind, workspace: &Workspace, secret: &KeySecret) -> Self {
        let body = format!("{}_{workspace}_{}", kind.prefix(), BASE32.encode(secret));
        let text = format!("{body}_{}", checksum(&body));
        Self { text, workspace: workspace.clone(), kind }
    }

    /// Whether it is a key or an upload token.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The workspace that the key claims to open.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// What is stored of the key, and how it is found.
    #[must_use]
    pub fn hash(&self) -> KeyHash {
        KeyHash(HEXLOWER.encode(&Sha256::digest(self.text.as_bytes())))
    }

    /// The key itself: to be shown once, to the person it is for, and never logged.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

/// CRC-32 (ISO HDLC) of the text, 8 hexadecimal digits.
fn checksum(text: &str) -> String {
    format!("{:08x}", crc32fast::hash(text.as_bytes()))
}

impl FromStr for ApiKey {
    type Err = MalformedKey;

    fn from_str(text: &str) -> Result<Self, MalformedKey> {
        let (body, crc) = text.rsplit_once('_').ok_or(MalformedKey)?;
        let (prefix, rest) = body.split_once('_').ok_or(MalformedKey)?;
        let kind = KeyKind::of_prefix(prefix).ok_or(MalformedKey)?;
        let (workspace, secret) = rest.split_once('_').ok_or(MalformedKey)?;
        let secret = BASE32.decode(secret.as_bytes()).map_err(|_| MalformedKey)?;
        // A mistyped key is refused here, without a call.
        if crc != checksum(body) || secret.len() != size_of::<KeySecret>() {
            return Err(MalformedKey);
        }
        let workspace = workspace.parse().map_err(|_| MalformedKey)?;
        Ok(Self { text: text.to_owned(), workspace, kind })
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ApiKey({}, ..)", self.workspace)
    }
}

/// What is looked a key up by: its hash, and the workspace it claims to open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Credentials {
    /// The workspace that the key claims.
    pub workspace: Workspace,
    /// The hash of the key.
    pub hash: KeyHash,
    /// Whether it is a key or an upload token. Only the key's item proves that.
    pub kind: KeyKind,
}

impl From<&ApiKey> for Credentials {
    fn from(key: &ApiKey) -> Self {
        Self { workspace: key.workspace.clone(), hash: key.hash(), kind: key.kind }
    }
}

/// The access key of a client that signs: `<workspace>.<hash>`. It grants nothing without the secret key.
/// Only API keys have one.
impl fmt::Display for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.workspace, self.hash.as_str())
    }
}

impl FromStr for Credentials {
    type Err = MalformedKey;

    fn from_str(text: &str) -> Result<Self, MalformedKey> {
        let (workspace, hash) = text.split_once('.').ok_or(MalformedKey)?;
        let workspace = workspace.parse().map_err(|_| MalformedKey)?;
        Ok(Self { workspace, hash: hash.parse()?, kind: KeyKind::ApiKey })
    }
}

/// The SHA-256 of an API key, 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyHash(String);

impl KeyHash {
    /// The hash as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How an operator names the key: the hash's first 12 digits.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0[..12]
    }
}

impl FromStr for KeyHash {
    type Err = MalformedKey;

    fn from_str(text: &str) -> Result<Self, MalformedKey> {
        match HEXLOWER.decode(text.as_bytes()) {
            Ok(bytes) if bytes.len() == 32 => Ok(Self(text.to_owned())),
            _ => Err(MalformedKey),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ApiKey {
        ApiKey::new(&"acme".parse().unwrap(), &[7; 20])
    }

    #[test]
    fn a_key_names_its_workspace_and_comes_back_whole() {
        let parsed: ApiKey = key().reveal().parse().unwrap();
        assert_eq!(parsed, key());
        assert_eq!(parsed.workspace().as_str(), "acme");
        assert_eq!(parsed.hash(), key().hash());
    }

    #[test]
    fn an_access_key_names_the_keys_item_and_comes_back_whole() {
        let credentials = Credentials::from(&key());
        let text = credentials.to_string();
        assert!(text.starts_with("acme.") && text.len() == 5 + 64, "{text}");
        assert_eq!(text.parse::<Credentials>().unwrap(), credentials);
        for wrong in ["", ".", "acme", &text[1..4], &text[4..], &text[..68], &text.to_uppercase()] {
            assert!(wrong.parse::<Credentials>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn any_changed_character_is_noticed_without_asking_anyone() {
        let text = key().reveal().to_owned();
        for position in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[position] = if changed[position] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(changed.parse::<ApiKey>().is_err(), "position {position}");
        }
        assert!(text[..text.len() - 1].parse::<ApiKey>().is_err());
    }

    #[test]
    fn an_upload_token_is_told_from_a_key_by_its_prefix_and_has_another_hash() {
        let token = ApiKey::upload_token(&"acme".parse().unwrap(), &[7; 20]);
        assert!(token.reveal().starts_with("slt_acme_"));
        let parsed: ApiKey = token.reveal().parse().unwrap();
        assert_eq!((parsed.kind(), key().kind()), (KeyKind::UploadToken, KeyKind::ApiKey));
        assert_ne!(parsed.hash(), key().hash());
        assert!(token.reveal().replace("slt_", "slw_").parse::<ApiKey>().is_err());
    }

    #[test]
    fn debug_does_not_show_the_secret() {
        assert_eq!(format!("{:?}", key()), "ApiKey(acme, ..)");
    }
}
