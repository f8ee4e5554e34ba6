//! What `POST /v1/files` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod multipart;
mod numbers;
mod once;
mod put;
mod quota;
mod refusals;
mod token;

use serde_json::{Value, json};
use shared::http::endpoints;
use shared::testing::dynamodb::{COUNTER, SESSION, admitted, done, put, update, updated};
use shared::testing::gateway::{Answer, GatewayRequest, ask, request};
use shared::testing::{Answers as _, Rule, context};

use super::create_file;

/// What notes that 7 will never have a record.
const NOTE: &[&str] = &[
    "COUNTER#acme/BLOCK#0000000000: ADD holes {7} IF NOT contains(holes, 7)",
    "COUNTER#acme/REGION#0000000: ADD 0 1",
    "COUNTER#acme/HOLES: ADD 0 1",
];

async fn create(request: GatewayRequest, rules: &[&Rule]) -> Answer {
    let key = admitted(&["files:create"]);
    ask(&context(&[&[&key], rules].concat()), &endpoints::CREATE_FILE, &create_file, request).await
}

/// A request that is right but for what `changes` says; null takes a field away.
fn request_with(changes: &Value) -> GatewayRequest {
    let mut body = json!({ "filename": "hello.txt", "mimeType": "text/plain", "sizeBytes": 11 });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    request("POST /v1/files").json(&body)
}

/// The counter gives out 7, and then 8.
fn take() -> Rule {
    let counter = |next| updated(&json!({ "next": { "N": next }, "touchedAt": { "N": "0" } }));
    update(COUNTER, &["ADD next 1 SET touchedAt = 1775649600000 IF attribute_not_exists(hasQuota)"])
        .answers_in_turn([counter("8"), counter("9")])
}

fn session() -> Rule {
    put(SESSION, &[]).answers(done())
}
