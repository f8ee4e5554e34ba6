//! What is refused before anything is written.

use serde_json::json;
use shared::testing::dynamodb::{FILE, done, put};
use shared::testing::gateway::{GatewayRequest, request};
use shared::testing::{Answers as _, MD5, Rule};

use super::{create, request_with, session, take};

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
        (json!({ "mimeType": "text/plain; charset" }), "invalid_value", "mimeType"),
        (json!({ "sizeBytes": -1 }), "invalid_value", "sizeBytes"),
        (json!({ "sizeBytes": 1.5 }), "invalid_type", "sizeBytes"),
        (json!({ "sizeBytes": "11" }), "invalid_type", "sizeBytes"),
        (json!({ "sizeBytes": 536_870_913 }), "invalid_value", "sizeBytes"),
        (json!({ "md5": uppercase }), "invalid_value", "md5"),
        (json!({ "purpose": "party" }), "invalid_value", "purpose"),
        (json!({ "colour": "red" }), "unknown_field", "colour"),
        (
            json!({ "multipart": { "partSizeBytes": "1" } }),
            "invalid_type",
            "multipart.partSizeBytes",
        ),
        (
            json!({ "multipart": { "partSizeBytes": 5_242_879 } }),
            "invalid_value",
            "multipart.partSizeBytes",
        ),
        (
            json!({ "multipart": { "partSizeBytes": 5_368_709_121_u64 } }),
            "invalid_value",
            "multipart.partSizeBytes",
        ),
        (
            json!({ "multipart": { "checksumAlgorithm": "MD5" } }),
            "invalid_value",
            "multipart.checksumAlgorithm",
        ),
        (json!({ "multipart": { "parts": 2 } }), "unknown_field", "multipart.parts"),
        (json!({ "multipart": {}, "md5": MD5 }), "invalid_value", "md5"),
    ] {
        refuses(request_with(&changes), (400, code), Some(param)).await;
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused_and_nothing_is_written() {
    let plain = || request("POST /v1/files");
    let json = || plain().header("content-type", "application/json");
    let large = json!({ "filename": "a".repeat(2 * 1024 * 1024) });
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
