//! What came back.

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use shared::http::{Endpoint, endpoints};

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
    /// When no answer comes; a test that expects the connection to break uses the request itself. And
    /// when the answer is an error that the endpoint's row in the table of endpoints does not list.
    pub async fn to(request: RequestBuilder) -> Self {
        let (http, request) = request.build_split();
        let request = request.expect("a request that can be sent");
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = http.execute(request).await.expect("an answer comes");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("the answer comes whole");
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        let answer = Self { status, headers, body, bytes };
        if let Some(endpoint) = endpoint_of(&method, &path) {
            answer.is_listed_by(endpoint);
        }
        answer
    }

    fn is_listed_by(&self, endpoint: &Endpoint) {
        let error = &self.body["error"];
        let Some(code) = error["code"].as_str().or(error["type"].as_str()) else { return };
        let listed = endpoint.codes().find(|listed| listed.as_str() == code);
        let listed = listed.map(|listed| listed.status().as_u16());
        assert_eq!(listed, Some(self.status), "{} and {code}", endpoint.function);
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

/// The endpoint of the native API that a request is for.
fn endpoint_of(method: &Method, path: &str) -> Option<&'static Endpoint> {
    endpoints::ALL.into_iter().find(|endpoint| endpoint.method == *method && endpoint.is_at(path))
}
