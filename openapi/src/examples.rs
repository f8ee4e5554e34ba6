//! Examples of requests and answers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use shared::http::Endpoint;

/// The requests that a test has sent, and the answers that it has received.
#[derive(Debug, Default)]
pub struct Examples {
    requests: BTreeMap<&'static str, Named>,
    answers: BTreeMap<(&'static str, u16), Named>,
}

/// Examples by their names.
type Named = BTreeMap<String, Value>;

impl Examples {
    /// Adds the body of a request to an endpoint, unless there is one of this name.
    pub fn add_request(&mut self, endpoint: &Endpoint, name: &str, body: Value) {
        let of_endpoint = self.requests.entry(endpoint.function).or_default();
        of_endpoint.entry(name.to_owned()).or_insert(body);
    }

    /// Adds the body of an endpoint's answer, unless there is one of this status and name.
    pub fn add_answer(&mut self, endpoint: &Endpoint, status: u16, name: &str, body: Value) {
        let of_status = self.answers.entry((endpoint.function, status)).or_default();
        of_status.entry(name.to_owned()).or_insert(body);
    }

    /// The examples of requests to an endpoint, as OpenAPI has them.
    pub(crate) fn of_request(&self, endpoint: &Endpoint) -> Map<String, Value> {
        written(self.requests.get(endpoint.function))
    }

    /// The examples of an endpoint's answers with a status, as OpenAPI has them.
    pub(crate) fn of_answer(&self, endpoint: &Endpoint, status: u16) -> Map<String, Value> {
        written(self.answers.get(&(endpoint.function, status)))
    }
}

fn written(named: Option<&Named>) -> Map<String, Value> {
    let named = named.into_iter().flatten();
    named.map(|(name, value)| (name.clone(), json!({ "value": value }))).collect()
}

/// A body in JSON, with the examples that there are of it.
pub(crate) fn content(schema: Value, examples: Map<String, Value>) -> Value {
    let mut content = Map::from_iter([("schema".to_owned(), schema)]);
    if !examples.is_empty() {
        content.insert("examples".to_owned(), examples.into());
    }
    json!({ "application/json": content })
}
