//! What `POST /v1/files` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use shared::domain::{Category, Scope};
use shared::http::Access;
use shared::testing::dynamodb::{COUNTER, FILE, SESSION, admits, done, failure, file_item, put};
use shared::testing::dynamodb::{put_again, refused, update, updated};
use shared::testing::gateway::{Answer, GatewayRequest, ask, request};
use shared::testing::s3::parameters;
use shared::testing::transactions::transaction;
use shared::testing::{Answers as _, MD5, Rule, context};

use super::create_file;

/// The item of the file after [`FILE`].
const NEXT_FILE: &str = "WS#acme/FILE#0000000000008";
/// What notes that 7 will never have a record.
const NOTE: &[&str] = &[
    "COUNTER#acme/BLOCK#0000000000: ADD holes {7} IF NOT contains(holes, 7)",
    "COUNTER#acme/REGION#0000000: ADD 0 1",
    "COUNTER#acme/HOLES: ADD 0 1",
];

async fn create(request: GatewayRequest, rules: &[&Rule]) -> Answer {
    let access = Access { scope: Some(Scope::FilesCreate), category: Category::Write };
    let key = admits(&["files:create"]);
    ask(&context(&[&[&key], rules].concat()), access, &create_file, request).await
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
    update(COUNTER, &["ADD next 1 SET touchedAt = 1775649600000 IF"])
        .answers_in_turn([counter("8"), counter("9")])
}

fn session() -> Rule {
    put(SESSION, &[]).answers(done())
}

#[tokio::test]
async fn a_session_is_recorded_and_says_where_to_put_the_bytes() {
    let take = take();
    let attributes = &["status = 'PENDING'", "expiresAt = 1775653200000", "sizeBytes = 11"];
    let file = put(FILE, attributes).answers_after(&[&take], done());
    let attributes = &["objectKey = 'acme/fil_00000007", "ttl = 1775653200"];
    let session = put(SESSION, attributes).answers_after(&[&take], done());
    let answer = create(request_with(&json!({})), &[&take, &file, &session]).await;

    assert_eq!(answer.status, 200, "{answer:?}");
    let mut body = answer.body;
    let [id, url] = ["id", "uploadUrl"].map(|name| body[name].take());
    let [id, url] = [&id, &url].map(|value| value.as_str().unwrap());
    assert!(id.starts_with("fil_00000007") && id.len() == 28, "{id}");
    assert!(url.starts_with(&format!("https://files.s3.us-east-1.amazonaws.com/acme/{id}?")));
    assert_eq!(
        body,
        json!({
            "id": null,
            "status": "PENDING",
            "filename": "hello.txt",
            "mimeType": "text/plain",
            "sizeBytes": 11,
            "createdAt": "2026-04-08T12:00:00.000Z",
            "completedAt": null,
            "expiresAt": "2026-04-08T13:00:00.000Z",
            "md5": null,
            "uploadUrl": null,
            "uploadHeaders": {
                "content-length": "11",
                "content-type": "text/plain",
                "if-none-match": "*",
            },
        })
    );
    assert_eq!([&take, &file, &session].map(Rule::num_calls), [1, 1, 1]);
}

#[tokio::test]
async fn the_upload_headers_are_exactly_those_that_are_signed_for_as_long_as_the_session() {
    let file = put(FILE, &[]).answers(done());
    let answer = create(request_with(&json!({ "md5": MD5 })), &[&take(), &file, &session()]).await;
    let headers = answer.body["uploadHeaders"].as_object().unwrap();
    assert_eq!(headers["content-md5"], "XrY7u+Ae7tCTyyK7j1rNww==");
    let signed = parameters(answer.body["uploadUrl"].as_str().unwrap());
    let names: Vec<&str> = signed["X-Amz-SignedHeaders"].split(';').collect();
    assert_eq!(names, ["content-length", "content-md5", "content-type", "host", "if-none-match"]);
    assert!(names.iter().all(|name| *name == "host" || headers.contains_key(*name)));
    assert_eq!(headers.len(), 4);
    assert_eq!(signed["X-Amz-Date"], "20260408T120000Z");
    assert_eq!(signed["X-Amz-Expires"], "3600");
}

#[tokio::test]
async fn a_wrong_field_is_named_and_nothing_is_written() {
    let long = "a".repeat(300);
    let uppercase = MD5.to_uppercase();
    for (changes, code, param) in [
        (json!({ "filename": null }), "parameter_missing", "filename"),
        (json!({ "filename": "" }), "invalid_value", "filename"),
        (json!({ "filename": long }), "invalid_value", "filename"),
        (json!({ "filename": "a/b" }), "invalid_value", "filename"),
        (json!({ "filename": "a\\b" }), "invalid_value", "filename"),
        (json!({ "filename": "a\nb" }), "invalid_value", "filename"),
        (json!({ "filename": 1 }), "invalid_type", "filename"),
        (json!({ "mimeType": "text" }), "invalid_value", "mimeType"),
        (json!({ "sizeBytes": 0 }), "invalid_value", "sizeBytes"),
        (json!({ "sizeBytes": -1 }), "invalid_value", "sizeBytes"),
        (json!({ "sizeBytes": 1.5 }), "invalid_type", "sizeBytes"),
        (json!({ "sizeBytes": "11" }), "invalid_type", "sizeBytes"),
        (json!({ "sizeBytes": 536_870_913 }), "invalid_value", "sizeBytes"),
        (json!({ "md5": uppercase }), "invalid_value", "md5"),
        (json!({ "purpose": "party" }), "invalid_value", "purpose"),
        (json!({ "colour": "red" }), "unknown_field", "colour"),
    ] {
        refuses(request_with(&changes), (400, code), Some(param)).await;
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused_and_nothing_is_written() {
    let plain = || request("POST /v1/files");
    let json = || plain().header("content-type", "application/json");
    let large = json!({ "filename": "a".repeat(64 * 1024) });
    refuses(plain(), (400, "invalid_json"), None).await;
    refuses(json(), (400, "invalid_json"), None).await;
    refuses(json().body("{"), (400, "invalid_json"), None).await;
    refuses(json().body("[]"), (400, "invalid_json"), None).await;
    refuses(json().bytes(b"{\"filename\":\"\xff\"}"), (400, "invalid_json"), None).await;
    refuses(json().json(&large), (400, "invalid_json"), None).await;
    refuses(plain().body("{}"), (415, "unsupported_media_type"), None).await;
    let form = request_with(&json!({})).header("content-type", "text/plain");
    refuses(form, (415, "unsupported_media_type"), None).await;
}

#[tokio::test]
async fn a_purpose_refuses_what_it_does_not_admit() {
    let film = json!({ "purpose": "knowledge_user", "mimeType": "video/mp4" });
    refuses(request_with(&film), (422, "purpose_mime_type"), Some("mimeType")).await;
    let large = json!({ "purpose": "email_attachment", "sizeBytes": 20 * 1024 * 1024 + 1 });
    refuses(request_with(&large), (422, "purpose_size"), Some("sizeBytes")).await;
}

async fn refuses(request: GatewayRequest, error: (u16, &str), param: Option<&str>) {
    let rules = [take(), put(FILE, &[]).answers(done()), session()];
    let answer = create(request.clone(), &rules.each_ref()).await;
    assert_eq!((answer.error(), answer.param()), (error, param), "{request:?}");
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("24"));
    assert_eq!(rules.each_ref().map(Rule::num_calls), [0, 0, 0]);
}

#[tokio::test]
async fn a_record_that_was_certainly_not_written_leaves_a_noted_hole() {
    let file = put(FILE, &[]).answers(failure(400, "ValidationException"));
    let note = transaction(NOTE).answers_after(&[&file], done());
    let answer = create(request_with(&json!({})), &[&take(), &file, &session(), &note]).await;
    assert_eq!(answer.error(), (503, "service_unavailable"));
    assert_eq!([&file, &note].map(Rule::num_calls), [1, 1]);
}

#[tokio::test]
async fn a_record_that_may_have_been_written_leaves_its_number_to_lists() {
    for (status, code) in [(500, "InternalServerError"), (400, "ThrottlingException")] {
        let file = put(FILE, &[]).answers(failure(status, code));
        let note = transaction(NOTE).answers(done());
        let answer = create(request_with(&json!({})), &[&take(), &file, &session(), &note]).await;
        assert_eq!(answer.error(), (503, "service_unavailable"));
        assert_eq!([&file, &note].map(Rule::num_calls), [3, 0]);
    }
}

#[tokio::test]
async fn a_number_that_has_a_record_already_leads_to_the_next() {
    let foreign = put(FILE, &[]).answers(refused(Some(&file_item("PENDING"))));
    let file = put(NEXT_FILE, &[]).answers(done());
    let rules = [&take(), &foreign, &file, &session()];
    let answer = create(request_with(&json!({})), &rules).await;
    assert!(answer.body["id"].as_str().unwrap().starts_with("fil_00000008"), "{answer:?}");
    assert_eq!([&foreign, &file].map(Rule::num_calls), [1, 1]);
}

#[tokio::test]
async fn a_record_that_an_earlier_attempt_wrote_is_a_success() {
    let take = take();
    let answer = create(request_with(&json!({})), &[&take, &put_again(FILE), &session()]).await;
    assert!(answer.body["id"].as_str().unwrap().starts_with("fil_00000007"), "{answer:?}");
    assert_eq!((answer.status, take.num_calls()), (200, 1));
}
