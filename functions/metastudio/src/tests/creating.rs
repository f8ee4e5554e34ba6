//! Both creates.

use serde_json::{Value, json};
use shared::domain::FileId;
use shared::testing::dynamodb::{COUNTER, FILE, SESSION, done, put, update, updated};
use shared::testing::gateway::{Answer, GatewayRequest};
use shared::testing::parts::{UPLOAD, open_upload_as, opened};
use shared::testing::s3::parameters;
use shared::testing::{Answers as _, Rule};

use super::{FILE_MD5, asking, error, send};

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

#[tokio::test]
async fn a_file_is_opened_in_one_part_that_takes_only_bytes_of_its_md5() {
    let (answer, calls) = create(asking("POST /files").json(&body(&json!({})))).await;
    assert_eq!((answer.status, calls), (200, 1), "{answer:?}");
    let created = answer.body.as_object().unwrap();
    assert_eq!(created.keys().collect::<Vec<_>>(), ["file_id", "upload_url"]);
    let id = FileId::from_uuid(created["file_id"].as_str().unwrap()).unwrap();
    assert_eq!(id.sequence().number(), 7);

    let url = created["upload_url"].as_str().unwrap();
    assert!(url.starts_with(&format!("https://files.s3.us-east-1.amazonaws.com/acme/{id}?")));
    let signed = parameters(url);
    assert_eq!((&signed["uploadId"][..], &signed["partNumber"][..]), (UPLOAD, "1"));
    assert_eq!(signed["X-Amz-SignedHeaders"], "content-length;content-md5;host");
    assert_eq!(signed["X-Amz-Expires"], "3600");
}

#[tokio::test]
async fn what_the_request_says_of_the_asset_is_kept_in_its_own_words() {
    let words = format!(
        r#"annotation = '{{"file_md5":"{FILE_MD5}","file_type":"mp4","asset_id":"a-1","asset_file_category":"MAIN"}}'"#
    );
    let attributes: &'static [&'static str] =
        vec![words.leak() as &str, "filename = 'film.mp4'"].leak();
    let file = put(FILE, attributes).answers(done());
    let (answer, calls) = create_as(asking("POST /files").json(&body(&json!({}))), file).await;
    assert_eq!((answer.status, calls), (200, 1), "{answer:?}");
}

#[tokio::test]
async fn a_large_file_comes_in_as_many_equal_parts_as_were_asked_for() {
    let parts = json!({ "file_md5": null, "file_size": 20 * MIB + 1, "file_multipart_count": 3 });
    let (answer, _) = create(asking("POST /large-files").json(&body(&parts))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let urls = answer.body["upload_urls"].as_array().unwrap();
    let signed: Vec<_> = urls.iter().map(|url| parameters(url.as_str().unwrap())).collect();
    let numbers: Vec<_> = signed.iter().map(|signed| &signed["partNumber"][..]).collect();
    assert_eq!(numbers, ["1", "2", "3"]);
    for signed in &signed {
        assert_eq!(signed["X-Amz-SignedHeaders"], "content-length;host");
    }
}

#[tokio::test]
async fn a_large_file_is_one_part_where_no_count_is_given_and_needs_no_least_size() {
    let one = body(&json!({ "file_md5": null, "unknown": "ignored" }));
    let (answer, _) = create(asking("POST /large-files").json(&one)).await;
    assert_eq!(answer.body["upload_urls"].as_array().unwrap().len(), 1, "{answer:?}");
}

#[tokio::test]
async fn a_wrong_field_is_named_and_nothing_is_written() {
    let (hex, long) = ("5eb63bbbe01eeed093cb22bb8f5acdc3", "a".repeat(129));
    for (path, changes, field) in [
        ("/files", json!({ "file_name": null }), "file_name"),
        ("/files", json!({ "file_name": "a/b" }), "file_name"),
        ("/files", json!({ "file_md5": null }), "file_md5"),
        ("/files", json!({ "file_md5": hex }), "file_md5"),
        ("/files", json!({ "file_size": null }), "file_size"),
        ("/files", json!({ "file_size": 0 }), "file_size"),
        ("/files", json!({ "file_size": "1" }), "file_size"),
        ("/files", json!({ "file_size": 512 * MIB + 1 }), "file_size"),
        ("/files", json!({ "file_size": 5 * GIB + 1 }), "file_size"),
        ("/files", json!({ "file_type": "" }), "file_type"),
        ("/files", json!({ "asset_id": null }), "asset_id"),
        ("/files", json!({ "asset_file_category": long }), "asset_file_category"),
        ("/large-files", json!({ "file_size": null }), "file_size"),
        ("/large-files", json!({ "file_multipart_count": 0 }), "file_multipart_count"),
        ("/large-files", json!({ "file_multipart_count": 101 }), "file_multipart_count"),
        ("/large-files", json!({ "file_multipart_count": 2 }), "file_multipart_count"),
    ] {
        let request = asking(&format!("POST {path}")).json(&body(&changes));
        let (answer, calls) = create(request).await;
        assert_eq!((error(&answer), calls), ((400, "MSS.10000003"), 0), "{changes}");
        assert!(answer.body["error_msg"].as_str().unwrap().contains(field), "{answer:?}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused() {
    for request in [
        asking("POST /files"),
        asking("POST /files").body("{}"),
        asking("POST /files").header("content-type", "application/json").body("[]"),
    ] {
        let (answer, calls) = create(request).await;
        assert_eq!((error(&answer), calls), ((400, "MSS.10000002"), 0));
    }
}

#[tokio::test]
async fn the_type_follows_from_the_suffix() {
    for (name, mime_type) in [
        ("a.GIF", "image/gif"),
        ("a.jpg", "image/jpeg"),
        ("a.jpeg", "image/jpeg"),
        ("a.png", "image/png"),
        ("a.mp3", "audio/mp3"),
        ("a.wav", "audio/wav"),
        ("a.mov", "application/octet-stream"),
        ("mp4", "application/octet-stream"),
    ] {
        let upload = open_upload_as(mime_type, None).answers(opened(UPLOAD));
        let (file, session) = (put(FILE, &[]).answers(done()), put(SESSION, &[]).answers(done()));
        let request = asking("POST /files").json(&body(&json!({ "file_name": name })));
        let answer = send(request, &[&take(), &upload, &file, &session]).await;
        assert_eq!((answer.status, upload.num_calls()), (200, 1), "{name}");
    }
}

/// The answer, and how many records were written.
async fn create(request: GatewayRequest) -> (Answer, usize) {
    create_as(request, put(FILE, &["status = 'PENDING'", "uploadId = 'upload-1'"]).answers(done()))
        .await
}

async fn create_as(request: GatewayRequest, file: Rule) -> (Answer, usize) {
    let upload = open_upload_as("video/mp4", None).answers(opened(UPLOAD));
    let session = put(SESSION, &["ttl = 1775653200"]).answers(done());
    let answer = send(request, &[&take(), &upload, &file, &session]).await;
    (answer, file.num_calls())
}

/// The counter gives out 7.
fn take() -> Rule {
    let counter = json!({ "next": { "N": "8" }, "touchedAt": { "N": "0" } });
    update(COUNTER, &["ADD next 1"]).answers(updated(&counter))
}

/// A body that is right but for what `changes` says; null takes a field away.
fn body(changes: &Value) -> Value {
    let mut body = json!({
        "file_name": "film.mp4",
        "file_md5": FILE_MD5,
        "file_size": 11,
        "file_type": "mp4",
        "asset_id": "a-1",
        "asset_file_category": "MAIN",
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    body
}
