//! A user of the API: an HTTP client with a base URL and a key, and raw JSON both ways.
//!
//! A 429 is waited out as its `Retry-After` says, as every good client does: a deployment's default
//! limit is below what a test suite sends. Whoever tests the limit itself is [`Client::impatient`].

mod answer;
mod endpoints;
mod scenes;

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::Stack;
pub use answer::Answer;
pub use scenes::{id_of, md5_of, part_of, two_parts};

/// Sends what it is told to and judges nothing: no parsing into types of ours.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    key: Option<String>,
    patient: bool,
    /// What a client of the shared stack keeps running.
    _stack: Option<Arc<Stack>>,
}

impl Client {
    /// A client of the API at `base_url`, which has no slash at its end.
    #[must_use]
    pub fn new(base_url: impl Into<String>, key: impl Into<String>) -> Self {
        let http = reqwest::Client::builder()
            .user_agent("slipway-tests")
            .build()
            .expect("the settings of the HTTP client are valid");
        Self { http, base_url: base_url.into(), key: Some(key.into()), patient: true, _stack: None }
    }

    /// A client of the deployment that `SLIPWAY_URL` and `SLIPWAY_KEY` name; without them, of a
    /// workspace of its own on the stack that all tests of the process share.
    pub async fn of_environment_or_shared_stack() -> Self {
        if let (Some(url), Some(key)) = (variable("SLIPWAY_URL"), variable("SLIPWAY_KEY")) {
            return Self::new(url.trim_end_matches('/'), key);
        }
        let stack = Stack::shared().await;
        let client = stack.new_workspace().await;
        Self { _stack: Some(stack), ..client }
    }

    /// The same client with another key.
    #[must_use]
    pub fn with_key(&self, key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), ..self.clone() }
    }

    /// The same client, taking a 429 for an answer.
    #[must_use]
    pub fn impatient(&self) -> Self {
        Self { patient: false, ..self.clone() }
    }

    /// The same client, sending no `Authorization` at all.
    #[must_use]
    pub fn without_key(&self) -> Self {
        Self { key: None, ..self.clone() }
    }

    /// The API's URL, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The key it sends, if any.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// A request to build upon: headers, a body that is no JSON. `path` begins with a slash.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base_url));
        match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    /// `GET path`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// `POST path` with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// `POST path` with no body and no content type.
    pub async fn post_nothing(&self, path: &str) -> Answer {
        self.send(self.request(Method::POST, path)).await
    }

    /// Sends a request, again and again while the limit stands in its way.
    ///
    /// # Panics
    /// When no answer comes, or a 429 does not say how long to wait.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let mut next = Some(request);
        loop {
            let request = next.take().expect("a request of bytes can be sent again");
            next = request.try_clone();
            let answer = Answer::to(request).await;
            if answer.status != 429 || !self.patient {
                return answer;
            }
            let seconds = answer.header("retry-after").and_then(|seconds| seconds.parse().ok());
            let seconds = seconds.expect("a 429 names its Retry-After");
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
