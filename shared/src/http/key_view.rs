//! What the holder of a key may do, and what its workspace keeps, in JSON.

use schemars::JsonSchema;
use serde::Serialize;

use super::view::text_or_null;
use crate::Caller;
use crate::domain::{MimeRange, Quota, Scope, Timestamp, TokenBounds, Usage};

/// What the holder of a key or an upload token may do.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Key")]
pub struct KeyView {
    /// Always true: a key that is not active is refused.
    active: bool,
    #[schemars(extend("enum" = ["api_key", "upload_token"]))]
    token_type: &'static str,
    /// A key belongs to a workspace, not to a person.
    #[schemars(extend("enum" = ["workspace"]))]
    subject_type: &'static str,
    /// An upload token has files:create, and that for its own files alone.
    #[schemars(with = "Vec<Scope>")]
    scopes: Vec<&'static str>,
    /// From when on the key opens nothing; null if it does not end.
    #[serde(serialize_with = "text_or_null")]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bounds: Option<BoundsView>,
}

/// What can still be created with an upload token. Absent for a key.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "UploadTokenBounds")]
struct BoundsView {
    /// How many files can still be created.
    files_left: u64,
    /// The largest file in bytes; null if the token does not bound it.
    max_size_bytes: Option<u64>,
    /// The media types that are admitted; null if the token does not bound them.
    #[schemars(with = "Option<Vec<MimeRange>>")]
    mime_types: Option<Vec<String>>,
}

impl KeyView {
    /// The key of an admitted caller.
    #[must_use]
    pub fn new(caller: &Caller) -> Self {
        let token = caller.token();
        Self {
            active: true,
            token_type: if token.is_some() { "upload_token" } else { "api_key" },
            subject_type: "workspace",
            scopes: caller.scopes().iter().map(Scope::as_str).collect(),
            expires_at: caller.expires_at(),
            bounds: token.map(BoundsView::new),
        }
    }
}

impl BoundsView {
    fn new(bounds: &TokenBounds) -> Self {
        let mime_types = bounds.mime_types.as_deref();
        Self {
            files_left: bounds.files_left,
            max_size_bytes: bounds.max_size_bytes,
            mime_types: mime_types.map(|ranges| ranges.iter().map(ToString::to_string).collect()),
        }
    }
}

/// What the workspace keeps: its files that are PENDING or COMPLETED. A file that has expired counts until it is swept,
/// which can take two days.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Usage")]
pub struct UsageView {
    #[schemars(extend("enum" = ["usage"]))]
    object: &'static str,
    /// How many files; null if the workspace never had a quota, because nothing is counted then.
    files: Option<u64>,
    /// How many bytes, as the files were announced; null as above.
    bytes: Option<u64>,
    /// The most files that it may keep; null if that is not bounded.
    max_files: Option<u64>,
    /// The most bytes that it may keep; null if that is not bounded.
    max_bytes: Option<u64>,
}

impl UsageView {
    /// What a workspace keeps, if that is counted.
    #[must_use]
    pub fn new(usage: Option<Usage>) -> Self {
        let Quota { max_files, max_bytes } = usage.map(|usage| usage.quota).unwrap_or_default();
        let (files, bytes) = (usage.map(|usage| usage.files), usage.map(|usage| usage.bytes));
        Self { object: "usage", files, bytes, max_files, max_bytes }
    }
}
