//! A file that comes by a single PUT.

use serde_json::json;
use shared::testing::dynamodb::{FILE, SESSION, done, put};
use shared::testing::s3::parameters;
use shared::testing::{Answers as _, MD5, Rule};

use super::{create, request_with, session, take};

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
            "received": null,
            "labels": {},
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
async fn an_empty_file_is_a_put_of_no_bytes() {
    let file = put(FILE, &["sizeBytes = 0"]).answers(done());
    let answer =
        create(request_with(&json!({ "sizeBytes": 0 })), &[&take(), &file, &session()]).await;
    assert_eq!((answer.status, &answer.body["sizeBytes"]), (200, &json!(0)));
    assert_eq!(answer.body["uploadHeaders"]["content-length"], "0");
    let signed = parameters(answer.body["uploadUrl"].as_str().unwrap());
    assert!(signed["X-Amz-SignedHeaders"].contains("content-length"), "{signed:?}");
}

#[tokio::test]
async fn a_media_type_is_signed_and_shown_as_the_browser_gave_it() {
    for (given, kept) in [
        ("video/webm;codecs=vp8,opus", "video/webm;codecs=vp8,opus"),
        ("text/plain; charset=utf-8", "text/plain; charset=utf-8"),
        ("", "application/octet-stream"),
    ] {
        let file = put(FILE, &[]).answers(done());
        let request = request_with(&json!({ "mimeType": given }));
        let answer = create(request, &[&take(), &file, &session()]).await;
        assert_eq!((answer.status, &answer.body["mimeType"]), (200, &json!(kept)));
        assert_eq!(answer.body["uploadHeaders"]["content-type"], kept);
    }
}
