//! What `POST /v1/files/{id}/upload-url` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use shared::domain::Timestamp;
use shared::http::endpoints;
use shared::testing::dynamodb::{
    FILE, TOKEN, admitted, created_by_token, file_item, get, read, token_item, update, updated,
    with,
};
use shared::testing::gateway::{Answer, GatewayRequest, ask, request};
use shared::testing::parts::item_in_parts;
use shared::testing::s3::{OBJECT, parameters};
use shared::testing::{Answers as _, DUE, MD5, NOW, context, context_at};

use super::sign_upload;

fn plain() -> GatewayRequest {
    request("POST /v1/files/{id}/upload-url")
}

async fn signed(item: &Value, now: Timestamp) -> Answer {
    let (key, file) = (admitted(&["files:create"]), get(FILE).answers(read(Some(item))));
    let context = context_at(move || now, &[&key, &file]);
    ask(&context, &endpoints::SIGN_UPLOAD, &sign_upload, plain()).await
}

#[tokio::test]
async fn a_pending_file_gets_a_url_for_the_same_bytes_that_works_until_its_session_ends() {
    let declared = with(file_item("PENDING"), &json!({ "declaredMd5": { "S": MD5 } }));
    let answer = signed(&declared, NOW).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["expiresAt"], "2026-04-08T12:59:00.000Z");
    assert_eq!(
        answer.body["uploadHeaders"],
        json!({
            "content-length": "11",
            "content-md5": "XrY7u+Ae7tCTyyK7j1rNww==",
            "content-type": "text/plain",
            "if-none-match": "*",
        })
    );
    let url = answer.body["uploadUrl"].as_str().unwrap();
    assert!(url.contains(OBJECT), "{url}");
    let parameters = parameters(url);
    assert_eq!(parameters["X-Amz-Date"], "20260408T120000Z");
    assert_eq!(parameters["X-Amz-Expires"], "3540");
}

#[tokio::test]
async fn a_file_that_takes_no_bytes_gets_no_url() {
    let last_second = DUE.before(std::time::Duration::from_millis(999));
    for (item, now, error) in [
        (file_item("COMPLETED"), NOW, (409, "file_not_pending")),
        (file_item("CANCELLED"), NOW, (409, "file_not_pending")),
        (file_item("PENDING"), DUE, (409, "file_not_pending")),
        (file_item("PENDING"), last_second, (409, "file_not_pending")),
        (item_in_parts("PENDING"), NOW, (409, "file_multipart")),
    ] {
        assert_eq!(signed(&item, now).await.error(), error);
    }
}

#[tokio::test]
async fn a_token_signs_its_own_files_only() {
    for (item, status) in
        [(created_by_token(file_item("PENDING")), 200), (file_item("PENDING"), 404)]
    {
        let key = update(TOKEN, &[]).answers(updated(&token_item(0)));
        let file = get(FILE).answers(read(Some(&item)));
        let context = context(&[&key, &file]);
        let request = plain().by_token();
        let answer = ask(&context, &endpoints::SIGN_UPLOAD, &sign_upload, request).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
}
