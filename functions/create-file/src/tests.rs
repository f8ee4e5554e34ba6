//! What `POST /v1/files` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod refusals;

use serde_json::{Value, json};
use shared::domain::{Category, Scope};
use shared::http::Access;
use shared::testing::dynamodb::{COUNTER, FILE, SESSION, admits, done, failure, file_item, put};
use shared::testing::dynamodb::{put_again, refused, update, updated};
use shared::testing::gateway::{Answer, GatewayRequest, ask, request};
use shared::testing::s3::parameters;
use shared::testing::{Answers as _, AwsAnswer, MD5, Rule, context};

use super::create_file;

const NEXT_FILE: &str = "WS#acme/FILE#0000000000008";

async fn create(request: GatewayRequest, rules: &[&Rule]) -> Answer {
    let access = Access { scope: Some(Scope::FilesCreate), category: Category::Write };
    let key = admits(&["files:create"]);
    ask(&context(&[&[&key], rules].concat()), access, &create_file, request).await
}

/// A request that is right but for what `changes` says.
fn request_with(changes: &Value) -> GatewayRequest {
    let mut body = json!({ "filename": "hello.txt", "mimeType": "text/plain", "sizeBytes": 11 });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    request("POST /v1/files").json(&body)
}

/// The counter gives out 7, and then 8.
fn take_next() -> Rule {
    let counter = |next: &str| {
        updated(&json!({ "next": { "N": next }, "touchedAt": { "N": "1775649600000" } }))
    };
    update(COUNTER, &["ADD next 1 SET touchedAt = 1775649600000 IF"])
        .answers_in_turn([counter("8"), counter("9")])
}

fn record(answer: AwsAnswer) -> Rule {
    put(FILE, &["IF attribute_not_exists(pk)"]).answers(answer)
}

fn session() -> Rule {
    put(SESSION, &[]).answers(done())
}

#[tokio::test]
async fn a_session_is_opened_by_one_record_and_one_item_that_expires() {
    let counter = take_next();
    let file = ["status = 'PENDING'", "sizeBytes = 11", "expiresAt = 1775653200000"];
    let record = put(FILE, &file_parts(&file)).answers_after(&[&counter], done());
    let session = put(SESSION, &["objectKey = 'acme/fil_00000007", "ttl = 1775653200"]);
    let session = session.answers_after(&[&counter], done());
    let answer = create(request_with(&json!({})), &[&counter, &record, &session]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}
