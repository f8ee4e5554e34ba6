//! What `POST /v1/files/{id}/complete` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod joining;
mod parts;
mod proof;
mod put;
mod rejection;

use serde_json::{Value, json};
use shared::http::endpoints;
use shared::testing::dynamodb::{FILE, admitted, file_item, update, updated, with};
use shared::testing::gateway::{Answer, GatewayRequest, ask, request};
use shared::testing::s3::{head, object};
use shared::testing::{Answers as _, MD5, Rule, SIZE, context};

use super::complete_file;

/// The update that completes with what HEAD saw, whole.
const COMPLETE: &[&str] = &["SET status = 'COMPLETED', completedAt = 1775649600000, \
    etag = '5eb63bbbe01eeed093cb22bb8f5acdc3', md5 = '5eb63bbbe01eeed093cb22bb8f5acdc3' \
    REMOVE expiresAt, completingSince, claimedMd5, refusedMd5 \
    IF id = 'fil_000000070123456789abcdef' AND (status = 'COMPLETING' \
    OR (status = 'PENDING' AND expiresAt > 1775649600000)) \
    AND attribute_not_exists(rejections) AND sizeBytes = 11 \
    AND (attribute_not_exists(claimedMd5) OR claimedMd5 = '5eb63bbbe01eeed093cb22bb8f5acdc3')"];
/// Any update that completes.
const ANY: &[&str] = &["SET status = 'COMPLETED'"];
/// The mark of a rejection for another MD5 than the one that is claimed.
const MARK: &[&str] = &["SET rejected = '5eb63bbbe01eeed093cb22bb8f5acdc3', \
    rejectedAt = 1775649600000, rejectedBy = '5f1b8e6a-3c2d-4e7f-9a0b-1c2d3e4f5a6b', \
    refusedMd5 = '5eb63bbbe01eeed093cb22bb8f5acdc3' \
    REMOVE verifiedEtag, verifiedMd5, verifiedBytes, verifiedAt ADD rejections 1 \
    IF id = 'fil_000000070123456789abcdef' AND (status = 'COMPLETING' \
    OR (status = 'PENDING' AND expiresAt > 1775649600000)) AND attribute_not_exists(rejected) \
    AND (attribute_not_exists(claimedMd5) OR claimedMd5 <> '5eb63bbbe01eeed093cb22bb8f5acdc3')"];
/// The mark of a rejection for another size.
const MARK_OF_SIZE: &[&str] = &["SET rejected = '5eb63bbbe01eeed093cb22bb8f5acdc3', \
    rejectedAt = 1775649600000, rejectedBy = '5f1b8e6a-3c2d-4e7f-9a0b-1c2d3e4f5a6b' \
    REMOVE verifiedEtag, verifiedMd5, verifiedBytes, verifiedAt, refusedMd5 ADD rejections 1 \
    IF id = 'fil_000000070123456789abcdef' AND (status = 'COMPLETING' \
    OR (status = 'PENDING' AND expiresAt > 1775649600000)) AND attribute_not_exists(rejected)"];
/// What takes the mark away again.
const UNMARK: &[&str] = &["SET status = 'PENDING' REMOVE rejected, rejectedAt, rejectedBy, \
    completingSince, claimedMd5, hashedEtag, bytesHashed, md5State, hashedAt, \
    verifiedEtag, verifiedMd5, verifiedBytes, verifiedAt \
    IF id = 'fil_000000070123456789abcdef' \
    AND (status = 'COMPLETING' OR status = 'PENDING') \
    AND rejectedBy = '5f1b8e6a-3c2d-4e7f-9a0b-1c2d3e4f5a6b'"];

async fn send(request: GatewayRequest, rules: &[&Rule]) -> Answer {
    let key = admitted(&["files:create"]);
    ask(&context(&[&[&key], rules].concat()), &endpoints::COMPLETE_FILE, &complete_file, request)
        .await
}

fn claim(body: &Value) -> GatewayRequest {
    request("POST /v1/files/{id}/complete").json(body)
}

async fn complete(body: &Value, rules: &[&Rule]) -> Answer {
    send(claim(body), rules).await
}

fn pending(attributes: &Value) -> Value {
    with(file_item("PENDING"), attributes)
}

#[tokio::test]
async fn a_wrong_request_is_refused_before_s3_is_asked() {
    let plain = || request("POST /v1/files/{id}/complete");
    for (request, error) in [
        (plain(), (400, "invalid_json")),
        (plain().json(&json!({ "md5": MD5.to_uppercase() })), (400, "invalid_value")),
        (plain().json(&json!({ "md5": 1 })), (400, "invalid_type")),
        (plain().json(&json!({ "sha256": "" })), (400, "unknown_field")),
        (
            plain().json(&json!({ "parts": [{ "partNumber": 0, "etag": "e" }] })),
            (400, "invalid_value"),
        ),
        (plain().json(&json!({ "parts": [{ "partNumber": 1 }] })), (400, "parameter_missing")),
        (plain().json(&json!({ "parts": [{ "uploadId": "u" }] })), (400, "unknown_field")),
        (plain().json(&json!({})).of_file("fil_7"), (404, "not_found")),
    ] {
        let head = head().answers(object(SIZE, MD5));
        let file = update(FILE, ANY).answers(updated(&file_item("COMPLETED")));
        assert_eq!(send(request, &[&head, &file]).await.error(), error);
        assert_eq!([&head, &file].map(Rule::num_calls), [0, 0]);
    }
}
