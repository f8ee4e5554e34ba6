//! What the API of Polar promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod changing;
mod completing;
mod creating;
mod listing;
mod refusals;

use serde_json::Value;
use shared::domain::FileId;
use shared::testing::dynamodb::admitted;
use shared::testing::gateway::{Answer, GatewayRequest, ask_dialect, request};
use shared::testing::{ID, Rule, context};

use super::Polar;

/// The organization of the workspace `acme`.
const ORGANIZATION: &str = "822b33ad-87c1-88a0-a20a-5ba7cd5ebcaa";

/// Sends a request of a key that may do everything.
async fn send(request: GatewayRequest, rules: &[&Rule]) -> Answer {
    let key = admitted(&["files:create", "files:read", "files:delete"]);
    ask_dialect(&context(&[&[&key], rules].concat()), &Polar, request).await
}

/// The file's id as Polar's clients know it.
fn uuid() -> String {
    uuid_of(ID)
}

fn uuid_of(id: &str) -> String {
    id.parse::<FileId>().unwrap().to_uuid()
}

/// A request about the file, which the route calls `{id}`.
fn of_file(route: &str) -> GatewayRequest {
    request(&route.replace("{id}", &uuid()))
}

/// The status of a validation error, and where and what kind its first violation is.
fn violation(answer: &Answer) -> (u16, String, &str) {
    let first = &answer.body["detail"][0];
    assert!(first["msg"].is_string(), "{answer:?}");
    let steps = first["loc"].as_array().unwrap().iter();
    let steps: Vec<String> =
        steps.map(|step| step.as_str().map_or_else(|| step.to_string(), str::to_owned)).collect();
    (answer.status, steps.join("."), first["type"].as_str().unwrap())
}

/// The status and the name of any other error, which comes with a sentence.
fn named(answer: &Answer) -> (u16, &str) {
    assert!(answer.body["detail"].is_string(), "{answer:?}");
    (answer.status, answer.body["error"].as_str().unwrap())
}

/// The body without what has a test of its own.
fn without(mut body: Value, names: &[&str]) -> Value {
    body.as_object_mut().unwrap().retain(|name, _| !names.contains(&name.as_str()));
    body
}
