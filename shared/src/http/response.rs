//! An answer, as API Gateway takes it from a function: payload format 2.0.

use data_encoding::BASE64;
use http::{HeaderMap, StatusCode};
use serde::{Serialize, Serializer};

/// What an answer carries.
#[derive(Debug)]
pub(super) enum Body {
    /// Text in UTF-8, or nothing.
    Text(String),
    /// Any bytes. Lambda's answer is JSON, so they travel in base64 as far as API Gateway.
    Bytes(Vec<u8>),
}

impl Default for Body {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl Body {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
        }
    }
}

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
    pub(super) fn new(status: StatusCode, headers: HeaderMap, body: Body) -> Self {
        let (body, is_base64_encoded) = match body {
            Body::Text(text) => (text, false),
            Body::Bytes(bytes) => (BASE64.encode(&bytes), true),
        };
        Self { status_code: status, headers, body, is_base64_encoded }
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

    /// The body's bytes, as the client gets them.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let bytes = self.body.as_bytes();
        if self.is_base64_encoded {
            BASE64.decode(bytes).unwrap_or_default()
        } else {
            bytes.to_vec()
        }
    }

    /// The body; empty if there is none, and in base64 if it is not text.
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
