//! What came back.

use bytes::Bytes;
use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An HTTP answer, whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as JSON; null where it is none.
    pub body: Value,
    /// The body as it came.
    pub bytes: Bytes,
}

impl Answer {
    /// Sends the request.
    ///
    /// # Panics
    /// When no answer comes. A test that expects the connection to break uses the request itself.
    pub async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer comes");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("the answer comes whole");
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Self { status, headers, body, bytes }
    }

    /// A header's text, if it was sent.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header is text"))
    }

    /// The error's code, such as `invalid_value`, if the body is an error.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.body["error"]["code"].as_str()
    }

    /// The body of a success.
    ///
    /// # Panics
    /// On any status but 200, showing the answer.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.bytes));
        self.body
    }

    /// Asserts a refusal with this status and this error code.
    ///
    /// # Panics
    /// On any other answer, showing it.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) {
        let seen = (self.status, self.code());
        assert_eq!(seen, (status, Some(code)), "{}", String::from_utf8_lossy(&self.bytes));
    }
}
