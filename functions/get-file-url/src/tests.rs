//! What `GET /v1/files/{id}/url` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use shared::http::endpoints;
use shared::testing::dynamodb::{FILE, admitted, file_item, get, read, with};
use shared::testing::gateway::{Answer, ask, request};
use shared::testing::s3::{OBJECT, parameters};
use shared::testing::{Answers as _, ID, OTHER_ID, context};

use super::get_file_url;

async fn url_of(id: &str, item: &Value) -> Answer {
    let key = admitted(&["files:read"]);
    let file = get(FILE).answers(read(Some(item)));
    let request = request("GET /v1/files/{id}/url").of_file(id);
    ask(&context(&[&key, &file]), &endpoints::GET_FILE_URL, &get_file_url, request).await
}

#[tokio::test]
async fn a_completed_file_can_be_downloaded_for_a_quarter_of_an_hour() {
    let answer = url_of(ID, &file_item("COMPLETED")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["expiresAt"], "2026-04-08T12:15:00.000Z");
    let url = answer.body["url"].as_str().unwrap();
    let bucket = "https://files.s3.us-east-1.amazonaws.com";
    assert!(url.starts_with(&format!("{bucket}/{OBJECT}?")), "{url}");
    let signed = parameters(url);
    assert_eq!(signed["X-Amz-Date"], "20260408T120000Z");
    assert_eq!(signed["X-Amz-Expires"], "900");
    assert_eq!(signed["X-Amz-SignedHeaders"], "host");
}

#[tokio::test]
async fn a_download_carries_the_name_and_the_type_of_the_file() {
    let named = json!({ "filename": { "S": "Größe 1.txt" }, "mimeType": { "S": "text/csv" } });
    let answer = url_of(ID, &with(file_item("COMPLETED"), &named)).await;
    let signed = parameters(answer.body["url"].as_str().unwrap());
    assert_eq!(signed["response-content-type"], "text/csv");
    assert_eq!(
        signed["response-content-disposition"],
        "attachment; filename=\"Gr__e 1.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%201.txt"
    );
}

#[tokio::test]
async fn nothing_that_an_uploader_added_reaches_the_download() {
    let answer = url_of(ID, &file_item("COMPLETED")).await;
    let signed = parameters(answer.body["url"].as_str().unwrap());
    for (name, value) in [
        ("response-content-encoding", "identity"),
        ("response-content-language", "und"),
        ("response-cache-control", "private, no-cache"),
        ("response-expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ] {
        assert_eq!(signed[name], value);
    }
}

#[tokio::test]
async fn a_file_that_is_not_completed_is_a_conflict_that_no_retry_resolves() {
    for status in ["PENDING", "CANCELLED", "EXPIRED"] {
        let answer = url_of(ID, &file_item(status)).await;
        assert_eq!(answer.error(), (409, "file_not_completed"));
        assert_eq!(answer.header("x-should-retry"), Some("false"));
        let message = answer.body["error"]["message"].as_str().unwrap();
        assert!(message.contains(status), "{message}");
    }
}

#[tokio::test]
async fn another_id_at_the_same_sequence_is_not_found() {
    let answer = url_of(OTHER_ID, &file_item("COMPLETED")).await;
    assert_eq!(answer.error(), (404, "not_found"));
}
