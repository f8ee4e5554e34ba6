//! The courier: invokes functions through the Lambda invoke endpoint and remembers what it delivered.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, Response};
use serde_json::Value;
use tokio::sync::{Semaphore, watch};

use super::Event;
use crate::error::Error;
use crate::http::{self, HttpClient};
use crate::lock::lock;

/// Invocations under way at once; one slow function does not hold up the events of other keys.
const CONCURRENT_INVOCATIONS: usize = 8;

/// An invocation unanswered for so long is given up and made again.
const LONGEST_INVOCATION: Duration = Duration::from_mins(2);

/// Delivered events remembered at most; a stand-in that runs for days must not grow for days.
const REMEMBERED: usize = 100_000;

/// Delivers events; shared by everything that has some to deliver.
pub(crate) struct Courier {
    functions: watch::Sender<Option<String>>,
    client: HttpClient,
    places: Semaphore,
    delivered: Mutex<VecDeque<Event>>,
}

impl Courier {
    /// A courier to the invoke endpoint below `functions`, which may be told later.
    pub(crate) fn new(functions: Option<String>) -> Self {
        Self {
            functions: watch::Sender::new(functions),
            client: http::client(),
            places: Semaphore::new(CONCURRENT_INVOCATIONS),
            delivered: Mutex::default(),
        }
    }

    /// Changes the address for every attempt from now on.
    pub(crate) fn deliver_to(&self, functions: String) {
        self.functions.send_replace(Some(functions));
    }

    /// Whether there is anywhere to deliver to.
    pub(crate) fn knows_functions(&self) -> bool {
        self.functions.borrow().is_some()
    }

    /// The events acknowledged so far, in that order; the latest of them.
    pub(crate) fn delivered(&self) -> Vec<Event> {
        lock(&self.delivered).iter().cloned().collect()
    }

    /// Invokes the function once, as soon as functions are known, and gives its answer.
    pub(crate) async fn attempt(&self, event: &Event) -> Result<Value, Error> {
        let functions = self.functions().await;
        // The semaphore is never closed, so there is always a permit to wait for.
        let _place = self.places.acquire().await;
        let invocation = self.invoke(&functions, event);
        let answer = match tokio::time::timeout(LONGEST_INVOCATION, invocation).await {
            Ok(answer) => answer,
            Err(_) => Err(format!("no answer in {} s", LONGEST_INVOCATION.as_secs())),
        }
        .map_err(|reason| Error::NotAcknowledged { function: event.function.to_owned(), reason })?;
        self.remember(event.clone());
        Ok(answer)
    }

    fn remember(&self, event: Event) {
        let mut delivered = lock(&self.delivered);
        if delivered.len() == REMEMBERED {
            delivered.pop_front();
        }
        delivered.push_back(event);
    }

    async fn functions(&self) -> String {
        let mut functions = self.functions.subscribe();
        // The sender is ours, so the channel cannot close while we wait.
        let known = functions.wait_for(Option::is_some).await;
        known.ok().and_then(|known| known.clone()).unwrap_or_default()
    }

    async fn invoke(&self, functions: &str, event: &Event) -> Result<Value, String> {
        let uri = format!(
            "{}/2015-03-31/functions/{}/invocations",
            functions.trim_end_matches('/'),
            event.function,
        );
        let request = Request::post(uri)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::<Bytes>::from(event.payload.to_string()))
            .map_err(|error| error.to_string())?;
        let answer = self.client.request(request).await;
        acknowledgement(answer.map_err(|error| error.to_string())?).await
    }
}

/// AWS marks a function's failure by a header; the local emulators do it by the status.
async fn acknowledgement(answer: Response<Incoming>) -> Result<Value, String> {
    let status = answer.status();
    if !status.is_success() || answer.headers().contains_key("x-amz-function-error") {
        return Err(format!("status {status}"));
    }
    let body = answer.into_body().collect().await;
    let body = body.map_err(|error| error.to_string())?.to_bytes();
    Ok(serde_json::from_slice(&body).unwrap_or(Value::Null))
}
