//! Sends requests and keeps what they and their answers say.

use openapi::Examples;
use serde_json::Value;
use shared::http::Endpoint;
use tests::{Answer, Client};

use super::plain::plain;

/// The examples so far.
#[derive(Default)]
pub(super) struct Recorder(pub(super) Examples);

/// A request to an endpoint.
pub(super) struct Ask<'a> {
    endpoint: &'a Endpoint,
    id: &'a str,
    query: &'a str,
    json: Option<Value>,
    raw: Option<(&'static str, &'a str)>,
    once: Option<&'a str>,
    name: &'a str,
}

impl<'a> Ask<'a> {
    pub(super) fn new(endpoint: &'a Endpoint) -> Self {
        Self { endpoint, id: "", query: "", json: None, raw: None, once: None, name: "" }
    }

    pub(super) fn of(self, id: &'a str) -> Self {
        Self { id, ..self }
    }

    pub(super) fn query(self, query: &'a str) -> Self {
        Self { query, ..self }
    }

    pub(super) fn json(self, body: Value) -> Self {
        Self { json: Some(body), ..self }
    }

    /// Text that says that it is JSON.
    pub(super) fn raw(self, text: &'a str) -> Self {
        Self { raw: Some(("application/json", text)), ..self }
    }

    /// A form.
    pub(super) fn form(self, text: &'a str) -> Self {
        Self { raw: Some(("application/x-www-form-urlencoded", text)), ..self }
    }

    /// With this `Idempotency-Key`.
    pub(super) fn once(self, key: &'a str) -> Self {
        Self { once: Some(key), ..self }
    }

    /// The name of the example, where a success is meant.
    pub(super) fn named(self, name: &'a str) -> Self {
        Self { name, ..self }
    }
}

impl Recorder {
    /// Sends the request. A success is kept if it is named, with its request; an error is named by its code.
    pub(super) async fn ask(&mut self, client: &Client, ask: Ask<'_>) -> Answer {
        let Ask { endpoint, id, query, json, raw, once, name } = ask;
        let path = format!("{}?{query}", endpoint.path.replace("{id}", id));
        let mut request = client.request(endpoint.method.clone(), &path);
        if let Some(json) = &json {
            request = request.json(json);
        }
        if let Some((media_type, text)) = raw {
            request = request.header("content-type", media_type).body(text.to_owned());
        }
        if let Some(key) = once {
            request = request.header("idempotency-key", key);
        }
        let answer = client.impatient().send(request).await;
        let error = &answer.body["error"];
        let code = error["code"].as_str().or(error["type"].as_str());
        let (examples, status, body) = (&mut self.0, answer.status, plain(&answer.body));
        if let Some(code) = code {
            examples.add_answer(endpoint, status, code, body);
        } else if !name.is_empty() {
            examples.add_answer(endpoint, status, name, body);
            if let Some(json) = json {
                examples.add_request(endpoint, name, plain(&json));
            }
        }
        answer
    }

    /// Sends a request that must be refused with this code.
    #[track_caller]
    pub(super) fn refused<'s>(
        &'s mut self,
        client: &'s Client,
        ask: Ask<'s>,
        code: &'s str,
    ) -> impl Future<Output = ()> + 's {
        let place = std::panic::Location::caller();
        async move {
            let function = ask.endpoint.function;
            let error = self.ask(client, ask).await.body["error"].clone();
            let told = error["code"].as_str().or(error["type"].as_str());
            assert_eq!(told, Some(code), "{function}, {place}");
        }
    }
}
