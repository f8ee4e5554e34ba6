//! Everything that can be wrong with a request has its own answer, and leaves nothing behind.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Client, id_of, md5_of};

const CREATE: &str = "/v1/files";

#[tokio::test]
async fn a_bad_value_is_told_with_its_field() {
    let client = Client::of_environment_or_shared_stack().await;
    for (field, value, code) in [
        ("filename", json!("x".repeat(300)), "invalid_value"),
        ("filename", json!(""), "invalid_value"),
        ("filename", json!("../etc/passwd"), "invalid_value"),
        ("filename", json!("a\\b"), "invalid_value"),
        ("filename", json!("a\nb"), "invalid_value"),
        ("filename", json!(7), "invalid_type"),
        ("mimeType", json!("text"), "invalid_value"),
        ("mimeType", json!("text/plain; charset"), "invalid_value"),
        ("mimeType", json!(null), "invalid_type"),
        ("sizeBytes", json!(-1), "invalid_value"),
        ("sizeBytes", json!(1.5), "invalid_type"),
        ("sizeBytes", json!("1"), "invalid_type"),
        ("sizeBytes", json!(512 * 1024 * 1024 + 1), "invalid_value"),
        ("md5", json!(md5_of(b"").to_uppercase()), "invalid_value"),
        ("md5", json!("abc"), "invalid_value"),
        ("purpose", json!("party"), "invalid_value"),
        ("colour", json!("red"), "unknown_field"),
    ] {
        let mut body = file();
        body[field] = value;
        refused(&client.create(&body).await, code, Some(field));
    }
}

#[tokio::test]
async fn a_missing_field_is_named() {
    let client = Client::of_environment_or_shared_stack().await;
    for field in ["filename", "mimeType", "sizeBytes"] {
        let mut body = file();
        body.as_object_mut().map(|fields| fields.remove(field));
        refused(&client.create(&body).await, "parameter_missing", Some(field));
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused() {
    let client = Client::of_environment_or_shared_stack().await;
    let json = [("content-type", "application/json")];
    for body in ["", "{", "[]", "null", "\"text\"", "{} {}"] {
        refused(&send(&client, &json, body).await, "invalid_json", None);
    }
}

#[tokio::test]
async fn a_body_of_six_megabytes_is_refused() {
    let client = Client::of_environment_or_shared_stack().await;
    // 4.2 MB: as base64 in the event it would be just below what Lambda takes.
    let mut body = file();
    body["filename"] = json!("x".repeat(4_200_000));
    let answer = client.create(&body).await;
    assert!(matches!(answer.status, 400 | 413), "{}", answer.status);
    let mut body = file();
    body["filename"] = json!("x".repeat(6_000_000));
    let answer = client.create(&body).await;
    assert!(matches!(answer.status, 400 | 413), "{}", answer.status);
}

#[tokio::test]
async fn a_body_that_does_not_say_it_is_json_is_refused() {
    let client = Client::of_environment_or_shared_stack().await;
    for headers in [&[("content-type", "text/plain")][..], &[]] {
        let answer = send(&client, headers, file().to_string()).await;
        assert_eq!(answer.status, 415);
        assert_eq!(answer.body["error"]["type"], "unsupported_media_type");
    }
    let polite = [("content-type", "Application/JSON; charset=utf-8")];
    send(&client, &polite, file().to_string()).await.ok();
}

#[tokio::test]
async fn an_id_that_names_nothing_is_not_found() {
    let client = Client::of_environment_or_shared_stack().await;
    let real = client.pending("real.bin", b"?").await;
    let real = id_of(&real);
    let other_suffix = format!("{}{}", &real[..27], if real.ends_with('0') { '1' } else { '0' });
    for id in [
        "fil_000000000000000000000000",
        "fil_zzzzzzzzzzzzzzzzzzzzzzzz",
        "fil_short",
        "acc_000000000000000000000000",
        "fil_uuuuuuuuuuuuuuuuuuuuuuuu",
        &real.to_uppercase(),
        &other_suffix,
        "..%2f..",
    ] {
        for answer in [
            client.file(id).await,
            client.url(id).await,
            client.cancel(id).await,
            client.complete(id, &md5_of(b"?")).await,
        ] {
            // A gateway may refuse a path with an encoded slash by itself, with a body of its own.
            assert_eq!(answer.status, 404, "{id}");
            if !id.contains('%') {
                assert_eq!(answer.body["error"]["type"], "not_found", "{id}");
            }
        }
    }
    assert_eq!(client.file(real).await.ok()["status"], "PENDING");
}

#[tokio::test]
async fn complete_and_cancel_check_their_bodies() {
    let client = Client::of_environment_or_shared_stack().await;
    let created = client.uploaded("body.bin", &b"?"[..]).await;
    let complete = format!("/v1/files/{}/complete", id_of(&created));
    let cancel = format!("/v1/files/{}/cancel", id_of(&created));
    let wrong = [
        (json!({ "md5": md5_of(b"?").to_uppercase() }), "invalid_value", Some("md5")),
        (json!({ "md5": 5 }), "invalid_type", Some("md5")),
        (json!({ "sha256": "" }), "unknown_field", Some("sha256")),
    ];
    for (body, code, field) in wrong {
        refused(&client.post(&complete, &body).await, code, field);
    }
    refused(&client.post_nothing(&complete).await, "invalid_json", None);
    refused(&client.post(&cancel, &json!({ "why": "" })).await, "unknown_field", Some("why"));
    assert_eq!(client.file(id_of(&created)).await.ok()["status"], "PENDING");
}

#[tokio::test]
async fn a_list_checks_its_query() {
    let client = Client::of_environment_or_shared_stack().await;
    for (query, code, field) in [
        ("limit=0", "invalid_value", "limit"),
        ("limit=26", "invalid_value", "limit"),
        ("limit=abc", "invalid_type", "limit"),
        ("limit=", "invalid_type", "limit"),
        ("limit=1.5", "invalid_type", "limit"),
        ("offset=-1", "invalid_value", "offset"),
        ("limit=5&limit=5", "invalid_value", "limit"),
        ("offset=1&offset=2", "invalid_value", "offset"),
        ("cursor=x", "unknown_field", "cursor"),
    ] {
        refused(&client.list(query).await, code, Some(field));
    }
}

#[tokio::test]
async fn headers_nobody_knows_are_ignored() {
    let client = Client::of_environment_or_shared_stack().await;
    let request = client
        .request(Method::POST, CREATE)
        .header("lightfield-version", "2026-03-01")
        .header("x-anything", "goes")
        .json(&file());
    client.send(request).await.ok();
}

fn file() -> Value {
    json!({ "filename": "f.txt", "mimeType": "text/plain", "sizeBytes": 1 })
}

async fn send(
    client: &Client,
    headers: &[(&'static str, &'static str)],
    body: impl Into<reqwest::Body>,
) -> Answer {
    let mut request = client.request(Method::POST, CREATE).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.send(request).await
}

#[track_caller]
fn refused(answer: &Answer, code: &str, field: Option<&str>) {
    answer.refused(400, code);
    assert_eq!(answer.body["error"]["type"], "bad_request");
    assert_eq!(answer.body["error"]["param"].as_str(), field);
}
