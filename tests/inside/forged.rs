//! What a stranger costs who has no key but knows how one is spelled.

use reqwest::Method;
use serde_json::{Value, json};
use shared::domain::ApiKey;
use tests::{Answer, Client, Settings, Stack, id_of};

/// A request of each endpoint, for a file of the workspace that the stranger names.
fn requests(id: &str, uuid: &str) -> Vec<(Method, String, Value)> {
    let twenty = (0..20).map(|_| format!("ids={uuid}")).collect::<Vec<_>>().join("&");
    let part = json!({ "number": 1, "checksum_etag": "x", "checksum_sha256_base64": null });
    let uploaded = json!({ "id": "u", "path": "p", "parts": [part] });
    let created = json!({ "filename": "a", "mimeType": "a/b", "sizeBytes": 1 });
    let post = |path: &str, body: Value| (Method::POST, path.to_owned(), body);
    // A token stands in the path there.
    let uppy = "/uppy/{token}/s3/multipart";
    let get = |path: &str| (Method::GET, path.to_owned(), Value::Null);
    let delete = |path: &str| (Method::DELETE, path.to_owned(), Value::Null);
    vec![
        post("/v1/files", created),
        get("/v1/files"),
        get("/v1/files?offset=1"),
        get(&format!("/v1/files/{id}")),
        delete(&format!("/v1/files/{id}")),
        post(&format!("/v1/files/{id}/parts"), json!({ "partNumbers": [1] })),
        get(&format!("/v1/files/{id}/parts")),
        post(&format!("/v1/files/{id}/complete"), json!({})),
        get(&format!("/v1/files/{id}/url")),
        post(&format!("/v1/files/{id}/cancel"), json!({})),
        get("/v1/auth/validate"),
        get("/v1/usage"),
        get(&format!("/v1/files?after={id}")),
        (Method::PATCH, format!("/v1/files/{id}"), json!({ "filename": "b" })),
        post("/polar/v1/files/", polar_file()),
        get("/polar/v1/files/"),
        get(&format!("/polar/v1/files/?{twenty}")),
        get(&format!("/polar/v1/files/{uuid}/download")),
        post(&format!("/polar/v1/files/{uuid}/uploaded"), uploaded),
        (Method::PATCH, format!("/polar/v1/files/{uuid}"), json!({ "name": "b" })),
        delete(&format!("/polar/v1/files/{uuid}")),
        post("/geolens/ingest/upload/presigned", json!({ "filename": "a.csv", "file_size": 1 })),
        post(&format!("/geolens/ingest/upload/presigned/{uuid}/complete"), json!({ "parts": [] })),
        get(&format!("/geolens/jobs/{uuid}")),
        post(&format!("/geolens/jobs/{uuid}/cancel"), json!({})),
        post(
            "/metastudio/v1/p/files",
            metastudio_file("file_md5", "CY9rzUYh03PK3k6DJie09g==".into()),
        ),
        post("/metastudio/v1/p/large-files", metastudio_file("file_multipart_count", 1.into())),
        post(&format!("/metastudio/v1/p/files/{uuid}/complete"), json!({ "state": "CREATED" })),
        delete(&format!("/metastudio/v1/p/files/{uuid}")),
        post(&format!("/v1/files/{id}/upload-url"), json!({})),
        post("/v1/upload-tokens", json!({})),
        delete(&format!("/v1/upload-tokens/{}", "0".repeat(64))),
        post(uppy, json!({ "filename": "a", "metadata": { "size": 1 } })),
        get(&format!("{uppy}/{id}")),
        get(&format!("{uppy}/{id}/1")),
        get(&format!("{uppy}/{id}/batch?partNumbers=1,2")),
        post(&format!("{uppy}/{id}/complete"), json!({ "parts": [] })),
        delete(&format!("{uppy}/{id}")),
    ]
}

fn polar_file() -> Value {
    let part = json!({ "number": 1, "chunk_start": 0, "chunk_end": 1 });
    json!({ "name": "a", "mime_type": "a/b", "size": 1, "service": "downloadable",
        "upload": { "parts": [part] } })
}

fn metastudio_file(name: &str, value: Value) -> Value {
    let mut file = json!({ "file_name": "a.mp4", "file_size": 1, "file_type": "mp4",
        "asset_id": "a", "asset_file_category": "MAIN" });
    file[name] = value;
    file
}

#[tokio::test]
async fn a_forged_key_costs_one_call_beside_the_admission_at_most_and_no_query() {
    let stack = Stack::start(Settings { max_containers: Some(1), ..Settings::default() }).await;
    let client = stack.workspace("acme").await;
    let in_parts = client.uploaded_in_parts("1.bin", &b"1"[..]).await;
    // What an idempotency key stands for is not told to who guesses it.
    let created = json!({ "filename": "a", "mimeType": "a/b", "sizeBytes": 1 });
    client.create_once("known", &created).await.ok();
    let id = id_of(&in_parts);
    let uuid = id.parse::<shared::domain::FileId>().expect("an id").to_uuid();
    stack.local().settled().await;
    for (number, (method, path, body)) in requests(id, &uuid).into_iter().enumerate() {
        // Each forged key is another, as a memory of refused ones would be of no use either.
        let mut secret = [9; 20];
        secret[0] = u8::try_from(number).expect("a few requests");
        let workspace = "acme".parse().expect("a workspace");
        let forged = [ApiKey::new, ApiKey::upload_token].map(|spell| spell(&workspace, &secret));
        let path = path.replace("{token}", forged[1].reveal());
        for forged in forged {
            let stranger = Client::new(stack.url(), forged.reveal());
            // The container's start makes calls of its own.
            warm(&stranger, &method, &path, &body).await;
            stack.local().forget_calls();
            let answer = ask(&stranger, &method, &path, &body).await;
            assert_eq!(answer.status, 401, "{method} {path}: {}", answer.body);
            let calls = stack.local().calls();
            let names: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
            assert!(names.len() <= 2, "{method} {path}: {names:?}");
            assert!(!names.contains(&"Query"), "{method} {path}: {names:?}");
            let beside = names.iter().find(|name| **name != "UpdateItem");
            assert!(beside.is_none_or(|name| *name == "GetItem"), "{method} {path}: {names:?}");
        }
    }
}

async fn warm(stranger: &Client, method: &Method, path: &str, body: &Value) {
    let _ = ask(stranger, method, path, body).await;
}

async fn ask(stranger: &Client, method: &Method, path: &str, body: &Value) -> Answer {
    let request = stranger.request(method.clone(), path);
    let key = stranger.key().unwrap_or_default();
    let request = request.header("x-auth-token", key).header("idempotency-key", "known");
    Answer::to(if body.is_null() { request } else { request.json(body) }).await
}
