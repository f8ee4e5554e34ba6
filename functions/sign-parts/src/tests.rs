//! What `POST /v1/files/{id}/parts` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use shared::http::endpoints;
use shared::testing::dynamodb::{FILE, admitted, file_item, get, read, with};
use shared::testing::gateway::{Answer, GatewayRequest, ask, request};
use shared::testing::parts::{UPLOAD, item_in_parts};
use shared::testing::s3::parameters;
use shared::testing::{Answers as _, MD5, NOW, context};

use super::sign_parts;

/// The SHA-256 of the first part.
const SHA256: &str = "C7+DVhQaqyBU7g/V5AH6dPT7Pxq0CM2mUtkxBJgNSmc=";
/// A CRC-64/NVME.
const CRC: &str = "AAECAwQFBgc=";

async fn sign(request: GatewayRequest, found: Option<&Value>) -> Answer {
    let (key, file) = (admitted(&["files:create"]), get(FILE).answers(read(found)));
    ask(&context(&[&key, &file]), &endpoints::SIGN_PARTS, &sign_parts, request).await
}

fn plain() -> GatewayRequest {
    request("POST /v1/files/{id}/parts")
}

/// What a request with this body comes to for a file of two parts, 6 and 5 bytes.
async fn sign_of(body: &Value, attributes: &Value) -> Answer {
    sign(plain().json(body), Some(&with(item_in_parts("PENDING"), attributes))).await
}

fn opened_for(algorithm: &str) -> Value {
    json!({ "checksumAlgorithm": { "S": algorithm } })
}

#[tokio::test]
async fn each_part_is_signed_for_exactly_its_size_until_the_session_ends() {
    let answer = sign_of(&json!({ "partNumbers": [2, 1] }), &json!({})).await;
    let data = answer.body["data"].as_array().unwrap();
    assert_eq!((answer.status, data.len()), (200, 2));
    for (part, (number, size)) in data.iter().zip([(2, "5"), (1, "6")]) {
        assert_eq!(part["partNumber"], number);
        assert_eq!(part["headers"], json!({ "content-length": size }));
        assert_eq!(part["expiresAt"], "2026-04-08T12:59:00.000Z");
        let url = part["url"].as_str().unwrap();
        let object = "https://files.s3.us-east-1.amazonaws.com/acme/fil_000000070123456789abcdef?";
        assert!(url.starts_with(object), "{url}");
        let signed = parameters(url);
        assert_eq!(signed["partNumber"], number.to_string());
        assert_eq!(signed["uploadId"], UPLOAD);
        assert_eq!(signed["X-Amz-Date"], "20260408T120000Z");
        assert_eq!(signed["X-Amz-Expires"], "3540");
        assert_eq!(signed["X-Amz-SignedHeaders"], "content-length;host");
    }
}

#[tokio::test]
async fn a_checksum_is_signed_so_that_s3_refuses_other_bytes() {
    for (checksum, attributes, header, value) in [
        (json!({ "md5": MD5 }), json!({}), "content-md5", "XrY7u+Ae7tCTyyK7j1rNww=="),
        (
            json!({ "checksumSha256": SHA256 }),
            opened_for("SHA256"),
            "x-amz-checksum-sha256",
            SHA256,
        ),
        (
            json!({ "checksumCrc64nvme": CRC }),
            opened_for("CRC64NVME"),
            "x-amz-checksum-crc64nvme",
            CRC,
        ),
    ] {
        let checksum = with(checksum, &json!({ "partNumber": 1 }));
        let body = json!({ "partNumbers": [1], "checksums": [checksum] });
        let answer = sign_of(&body, &attributes).await;
        let part = &answer.body["data"][0];
        assert_eq!(part["headers"], json!({ "content-length": "6", header: value }), "{answer:?}");
        let signed = parameters(part["url"].as_str().unwrap());
        let names: Vec<&str> = signed["X-Amz-SignedHeaders"].split(';').collect();
        assert!(names.len() == 3 && names.contains(&header), "{names:?}");
    }
}

#[tokio::test]
async fn a_checksum_that_s3_would_refuse_is_refused() {
    let md5 = json!([{ "partNumber": 1, "md5": MD5 }]);
    let sha256 = json!([{ "partNumber": 1, "checksumSha256": SHA256 }]);
    let crc = json!([{ "partNumber": 1, "checksumCrc64nvme": CRC }]);
    for (checksums, attributes) in [
        (&sha256, json!({})),
        (&crc, json!({})),
        (&crc, opened_for("SHA256")),
        (&md5, opened_for("SHA256")),
        (&json!([]), opened_for("SHA256")),
        (&sha256, opened_for("CRC64NVME")),
    ] {
        let body = json!({ "partNumbers": [1], "checksums": checksums });
        let answer = sign_of(&body, &attributes).await;
        let refusal = (answer.error(), answer.param());
        assert_eq!(refusal, ((400, "invalid_value"), Some("checksums")), "{body}");
    }
}

#[tokio::test]
async fn a_part_that_the_file_does_not_have_is_refused() {
    for (numbers, code, param) in [
        (json!([3]), "invalid_value", "partNumbers"),
        (json!([1, 10_000]), "invalid_value", "partNumbers"),
        (json!([0]), "invalid_value", "partNumbers[0]"),
        (json!([1, 10_001]), "invalid_value", "partNumbers[1]"),
        (json!([]), "invalid_value", "partNumbers"),
        (json!(["1"]), "invalid_type", "partNumbers[0]"),
        (json!(1), "invalid_type", "partNumbers"),
        (Value::Null, "invalid_type", "partNumbers"),
    ] {
        let answer = sign_of(&json!({ "partNumbers": numbers }), &json!({})).await;
        assert_eq!((answer.error(), answer.param()), ((400, code), Some(param)), "{numbers}");
    }
}

#[tokio::test]
async fn a_checksum_must_be_one_of_a_part_that_is_asked_for() {
    for (checksums, code, param) in [
        (json!([{ "partNumber": 2, "md5": MD5 }]), "invalid_value", "checksums[0].partNumber"),
        (
            json!([{ "partNumber": 1, "md5": MD5 }, { "partNumber": 1, "md5": MD5 }]),
            "invalid_value",
            "checksums[1].partNumber",
        ),
        (json!([{ "partNumber": 1 }]), "invalid_value", "checksums[0]"),
        (
            json!([{ "partNumber": 1, "md5": MD5, "checksumSha256": SHA256 }]),
            "invalid_value",
            "checksums[0]",
        ),
        (
            json!([{ "partNumber": 1, "checksumSha256": CRC }]),
            "invalid_value",
            "checksums[0].checksumSha256",
        ),
        (
            json!([{ "partNumber": 1, "checksumCrc64nvme": "?" }]),
            "invalid_value",
            "checksums[0].checksumCrc64nvme",
        ),
        (
            json!([{ "partNumber": 1, "md5": MD5.to_uppercase() }]),
            "invalid_value",
            "checksums[0].md5",
        ),
        (json!([{ "md5": MD5 }]), "parameter_missing", "checksums[0].partNumber"),
        (json!([{ "partNumber": 1, "sha1": "" }]), "unknown_field", "checksums[0].sha1"),
    ] {
        let body = json!({ "partNumbers": [1], "checksums": checksums });
        let answer = sign_of(&body, &json!({})).await;
        assert_eq!((answer.error(), answer.param()), ((400, code), Some(param)), "{checksums}");
    }
}

#[tokio::test]
async fn a_thousand_parts_are_signed_at_once_and_no_more() {
    let large = json!({ "sizeBytes": { "N": "6001" } });
    let numbers = |count: u64| json!({ "partNumbers": (1..=count).collect::<Vec<_>>() });
    let answer = sign_of(&numbers(1000), &large).await;
    assert_eq!(answer.body["data"].as_array().unwrap().len(), 1000);
    let answer = sign_of(&numbers(1001), &large).await;
    let refusal = (answer.error(), answer.param());
    assert_eq!(refusal, ((400, "invalid_value"), Some("partNumbers")));
}

#[tokio::test]
async fn a_url_lives_for_a_second_at_least_or_the_session_is_over() {
    let ends_in =
        |millis: u64| json!({ "expiresAt": { "N": (NOW.millis() + millis).to_string() } });
    let body = json!({ "partNumbers": [1] });
    let answer = sign_of(&body, &ends_in(999)).await;
    assert_eq!(answer.error(), (409, "file_not_pending"));
    let answer = sign_of(&body, &ends_in(1000)).await;
    let url = answer.body["data"][0]["url"].as_str().unwrap();
    assert_eq!(parameters(url)["X-Amz-Expires"], "1");
}

#[tokio::test]
async fn parts_are_signed_only_while_they_can_be_the_files() {
    let overdue = json!({ "expiresAt": { "N": NOW.millis().to_string() } });
    for (found, error) in [
        (None, (404, "not_found")),
        (Some(file_item("PENDING")), (409, "file_not_multipart")),
        (Some(item_in_parts("COMPLETING")), (409, "completion_begun")),
        (Some(with(item_in_parts("PENDING"), &overdue)), (409, "file_not_pending")),
        (Some(item_in_parts("COMPLETED")), (409, "file_not_pending")),
        (Some(item_in_parts("CANCELLED")), (409, "file_not_pending")),
        (Some(item_in_parts("EXPIRED")), (409, "file_not_pending")),
    ] {
        let answer = sign(plain().json(&json!({ "partNumbers": [1] })), found.as_ref()).await;
        assert_eq!(answer.error(), error);
        let retry = (error.0 == 409).then_some("false");
        assert_eq!(answer.header("x-should-retry"), retry);
    }
}
