//! A user of the API: an HTTP client with a base URL and a key, and raw JSON both ways.

mod answer;
mod endpoints;
mod scenes;

use std::sync::Arc;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::Stack;
pub use answer::Answer;
pub use scenes::{id_of, md5_of};

/// Sends what it is told to and judges nothing: no retries, no parsing into types of ours.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    key: Option<String>,
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
        Self { http, base_url: base_url.into(), key: Some(key.into()), _stack: None }
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
        Answer::to(self.request(Method::GET, path)).await
    }

    /// `POST path` with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::to(self.request(Method::POST, path).json(body)).await
    }

    /// `POST path` with no body and no content type.
    pub async fn post_nothing(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::POST, path)).await
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
