//! `POST /polar/v1/files/`

use serde_json::{Value, json};
use shared::testing::dynamodb::{COUNTER, FILE, SESSION, done, put, update, updated};
use shared::testing::gateway::{Answer, request};
use shared::testing::parts::{UPLOAD, open_upload, opened};
use shared::testing::s3::parameters;
use shared::testing::{Answers as _, Rule};

use super::{ORGANIZATION, send, violation, without};

const MIB: u64 = 1024 * 1024;
const SHA256: &str = "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=";

/// A request that is right but for what `changes` says; null takes a field away.
async fn create(changes: &Value, rules: &[&Rule]) -> Answer {
    let mut body = json!({
        "service": "downloadable", "name": "hello.txt", "mime_type": "text/plain", "size": 11,
        "upload": { "parts": [part(1, 0, 11)] },
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    send(request("POST /polar/v1/files/").json(&body), rules).await
}

fn part(number: u64, start: u64, end: u64) -> Value {
    json!({ "number": number, "chunk_start": start, "chunk_end": end })
}

/// The same part with its checksum.
fn with_checksum(part: &Value) -> Value {
    let mut part = part.clone();
    part["checksum_sha256_base64"] = SHA256.into();
    part
}

/// All that a create writes besides the file.
fn frame(checksum: Option<&'static str>) -> [Rule; 3] {
    let counter = json!({ "next": { "N": "8" }, "touchedAt": { "N": "0" } });
    [
        update(COUNTER, &["ADD next 1"]).answers(updated(&counter)),
        open_upload(checksum).answers(opened(UPLOAD)),
        put(SESSION, &[]).answers(done()),
    ]
}

#[tokio::test]
async fn a_file_of_one_part_is_opened_and_its_url_signed() {
    let [counter, upload, session] = frame(None);
    let attributes = &[
        "filename = 'hello.txt'",
        "sizeBytes = 11",
        "partSizeBytes = 11",
        r#"annotation = '{"polar":{"service":"downloadable"}}'"#,
    ];
    let file = put(FILE, attributes).answers_after(&[&upload], done());
    let answer = create(&json!({}), &[&counter, &upload, &session, &file]).await;
    assert_eq!(answer.status, 201, "{answer:?}");

    let path = answer.body["path"].as_str().unwrap();
    assert!(path.starts_with("acme/fil_00000007"), "{path}");
    let shown = json!({
        "organization_id": ORGANIZATION, "name": "hello.txt", "path": path,
        "mime_type": "text/plain", "size": 11, "size_readable": "11.0 B", "storage_version": null,
        "checksum_etag": null, "checksum_sha256_base64": null, "checksum_sha256_hex": null,
        "last_modified_at": null, "version": null, "service": "downloadable", "is_uploaded": false,
    });
    assert_eq!(without(answer.body.clone(), &["id", "upload"]), shown);

    let upload = &answer.body["upload"];
    assert_eq!((&upload["id"], &upload["path"]), (&json!(UPLOAD), &json!(path)));
    let url = upload["parts"][0]["url"].as_str().unwrap();
    let part = json!({
        "number": 1, "chunk_start": 0, "chunk_end": 11, "checksum_sha256_base64": null, "url": url,
        "expires_at": "2026-04-08T13:00:00.000Z", "headers": {},
    });
    assert_eq!(upload["parts"], json!([part]));
    let signed = parameters(url);
    assert_eq!((signed["uploadId"].as_str(), signed["partNumber"].as_str()), (UPLOAD, "1"));
    assert_eq!(signed["X-Amz-SignedHeaders"], "content-length;host");
}

#[tokio::test]
async fn every_part_is_signed_with_its_checksum_where_the_client_has_them() {
    let [counter, upload, session] = frame(Some("SHA256"));
    let attributes = &["partSizeBytes = 5242880", "checksumAlgorithm = 'SHA256'"];
    let file = put(FILE, attributes).answers(done());
    // The order of the list says nothing.
    let parts = [part(2, 5 * MIB, 10 * MIB), part(3, 10 * MIB, 10 * MIB + 1), part(1, 0, 5 * MIB)];
    let parts: Vec<Value> = parts.iter().map(with_checksum).collect();
    let changes = json!({ "size": 10 * MIB + 1, "upload": { "parts": parts } });
    let answer = create(&changes, &[&counter, &upload, &session, &file]).await;

    let parts = answer.body["upload"]["parts"].as_array().unwrap();
    let ends: Vec<_> = parts.iter().map(|part| part["chunk_end"].as_u64().unwrap()).collect();
    assert_eq!(ends, [5 * MIB, 10 * MIB, 10 * MIB + 1]);
    for part in parts {
        assert_eq!(part["checksum_sha256_base64"], SHA256);
        assert_eq!(part["headers"], json!({ "x-amz-checksum-sha256": SHA256 }));
    }
}

#[tokio::test]
async fn what_the_client_says_of_the_file_is_kept_and_told() {
    let organization = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
    let [counter, upload, session] = frame(None);
    let file = put(FILE, &[]).answers(done());
    let said = json!({
        "version": "1.0", "organization_id": organization.to_uppercase(),
        "checksum_sha256_base64": SHA256, "unknown": 1,
    });
    let answer = create(&said, &[&counter, &upload, &session, &file]).await;
    let hex = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
    for (name, value) in [
        ("version", "1.0"),
        ("organization_id", organization),
        ("checksum_sha256_base64", SHA256),
        ("checksum_sha256_hex", hex),
    ] {
        assert_eq!(answer.body[name], value, "{answer:?}");
    }
}

#[tokio::test]
async fn parts_that_are_not_the_file_as_s3_takes_it_are_refused_and_nothing_is_opened() {
    let whole = [part(1, 0, 5 * MIB), part(2, 5 * MIB, 6 * MIB)];
    let one_with = [with_checksum(&whole[0]), whole[1].clone()];
    let many: Vec<Value> = (0..2001).map(|at| part(at + 1, at * MIB, (at + 1) * MIB)).collect();
    for parts in [
        &[][..],
        &[part(1, 0, 6 * MIB - 1)],
        &[part(1, 0, 6 * MIB + 1)],
        &[part(2, 0, 6 * MIB)],
        &[part(1, 0, MIB), part(2, MIB, 6 * MIB)],
        &[part(1, 0, 3 * MIB), part(2, 3 * MIB, 6 * MIB)],
        &[part(1, 0, 5 * MIB), part(2, 5 * MIB + 1, 6 * MIB)],
        &[part(1, 0, 5 * MIB), part(3, 5 * MIB, 6 * MIB)],
        &[part(1, 0, 5 * MIB), part(1, 5 * MIB, 6 * MIB)],
        &[part(1, 0, 5 * MIB), part(2, 5 * MIB, 5 * MIB)],
        &[part(1, 5 * MIB, 0), part(2, 5 * MIB, 6 * MIB)],
        &one_with,
        &many,
    ] {
        let answer = create(&json!({ "size": 6 * MIB, "upload": { "parts": parts } }), &[]).await;
        let place = "body.upload.parts".to_owned();
        assert_eq!(violation(&answer), (422, place, "value_error"), "{parts:?}");
    }
}

#[tokio::test]
async fn an_empty_file_has_one_part_of_no_bytes() {
    let [counter, upload, session] = frame(None);
    let file = put(FILE, &["sizeBytes = 0", "partSizeBytes = 0"]).answers(done());
    let body = json!({ "size": 0, "upload": { "parts": [part(1, 0, 0)] } });
    let answer = create(&body, &[&counter, &upload, &session, &file]).await;
    assert_eq!((answer.status, &answer.body["size"]), (201, &json!(0)), "{answer:?}");
}

#[tokio::test]
async fn a_wrong_field_is_named_where_it_stands() {
    for (changes, place, kind) in [
        (json!({ "name": null }), "body.name", "missing"),
        (json!({ "name": "a/b" }), "body.name", "value_error"),
        (json!({ "mime_type": "text" }), "body.mime_type", "value_error"),
        (json!({ "size": "11" }), "body.size", "type_error"),
        (json!({ "size": -1 }), "body.size", "value_error"),
        (json!({ "size": 512 * MIB + 1 }), "body.size", "value_error"),
        (json!({ "service": "none_such" }), "body.service", "value_error"),
        (json!({ "version": "v".repeat(256) }), "body.version", "value_error"),
        (json!({ "organization_id": "acme" }), "body.organization_id", "value_error"),
        (json!({ "checksum_sha256_base64": "abc" }), "body.checksum_sha256_base64", "value_error"),
        (json!({ "upload": {} }), "body.upload.parts", "missing"),
        (
            json!({ "upload": { "parts": [{ "number": 1, "chunk_start": 0 }] } }),
            "body.upload.parts.0.chunk_end",
            "missing",
        ),
        (
            json!({ "upload": { "parts": [part(10_001, 0, 11)] } }),
            "body.upload.parts.0.number",
            "value_error",
        ),
    ] {
        let answer = create(&changes, &[]).await;
        assert_eq!(violation(&answer), (422, place.to_owned(), kind), "{changes}");
        assert_eq!(answer.body["error"], "RequestValidationError");
    }
}

#[tokio::test]
async fn a_service_bounds_type_and_size() {
    for (service, mime_type, size, place) in [
        ("product_media", "text/plain", 1, "body.mime_type"),
        ("product_media", "image/png", 10 * MIB + 1, "body.size"),
        ("organization_avatar", "image/bmp", 1, "body.mime_type"),
        ("organization_avatar", "image/webp", MIB + 1, "body.size"),
        ("support_case_attachment", "image/svg+xml", 1, "body.mime_type"),
        ("support_case_attachment", "application/pdf", 250 * MIB + 1, "body.size"),
    ] {
        let upload = json!({ "parts": [part(1, 0, size)] });
        let changes =
            json!({ "service": service, "mime_type": mime_type, "size": size, "upload": upload });
        let answer = create(&changes, &[]).await;
        assert_eq!(violation(&answer), (422, place.to_owned(), "value_error"), "{service}");
    }
}
