//! An answer, as API Gateway takes it from a function: payload format 2.0.

use http::{HeaderMap, StatusCode};
use serde::{Serialize, Serializer};

/// A finished answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    #[serde(serialize_with = "number")]
    status_code: StatusCode,
    #[serde(serialize_with = "joined")]
    headers: HeaderMap,
    #[serde(skip_serializing_if = "String::is_empty")]
    body: String,
    is_base64_encoded: bool,
}

impl Response {
    pub(super) fn new(status: StatusCode, headers: HeaderMap, body: String) -> Self {
        Self { status_code: status, headers, body, is_base64_encoded: false }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status_code
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body; empty if there is none.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn number<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

/// Every header has one value, in visible ASCII.
fn joined<S: Serializer>(headers: &HeaderMap, serializer: S) -> Result<S::Ok, S::Error> {
    let values =
        headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    serializer.collect_map(values)
}
