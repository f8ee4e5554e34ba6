//! Requests that are wrong in themselves.

use serde_json::{Value, json};
use shared::http::{Endpoint, endpoints as api};
use tests::{Client, id_of};

use super::recorder::{Ask, Recorder};

/// Keeps what each endpoint says of every way in which a request can be wrong.
pub(super) async fn record(client: &Client, recorder: &mut Recorder) {
    let in_parts = client.pending_in_parts("parts.bin", b"?").await;
    let id = id_of(&in_parts);
    for (endpoint, missing, wrong_type, wrong_value) in [
        (
            &api::CREATE_FILE,
            json!({}),
            file(&json!({ "sizeBytes": "15" })),
            file(&json!({ "filename": "a/b" })),
        ),
        (&api::SIGN_PARTS, json!({}), json!({ "partNumbers": 1 }), json!({ "partNumbers": [0] })),
        (
            &api::COMPLETE_FILE,
            json!({ "parts": [{ "partNumber": 1 }] }),
            json!({ "md5": 5 }),
            json!({ "md5": "5d41402a" }),
        ),
    ] {
        for (body, code) in [
            (missing, "parameter_missing"),
            (wrong_type, "invalid_type"),
            (wrong_value, "invalid_value"),
        ] {
            recorder.refused(client, Ask::new(endpoint).of(id).json(body), code).await;
        }
        no_json(client, recorder, endpoint, id).await;
    }
    let too_long = "x".repeat(256);
    for endpoint in [&api::VALIDATE_KEY, &api::CREATE_FILE] {
        let ask = Ask::new(endpoint).once(&too_long).json(file(&json!({})));
        recorder.refused(client, ask, "idempotency_key_too_long").await;
    }
    for (body, code) in [
        (json!({ "filename": null }), "invalid_type"),
        (json!({ "labels": { "": "x" } }), "invalid_value"),
    ] {
        recorder.refused(client, Ask::new(&api::UPDATE_FILE).of(id).json(body), code).await;
    }
    let form = Ask::new(&api::UPDATE_FILE).of(id).form("filename=b");
    recorder.refused(client, form, "unsupported_media_type").await;
    for endpoint in [&api::CANCEL_FILE, &api::SIGN_UPLOAD, &api::CREATE_UPLOAD_TOKEN] {
        let twice = Ask::new(endpoint).of(id).raw("{\"reason\":1,\"reason\":2}");
        recorder.refused(client, twice, "invalid_value").await;
        no_json(client, recorder, endpoint, id).await;
    }
    for (body, code) in [
        (json!({ "maxFiles": "2" }), "invalid_type"),
        (json!({ "mimeTypes": ["image"] }), "invalid_value"),
    ] {
        let ask = Ask::new(&api::CREATE_UPLOAD_TOKEN).json(body);
        recorder.refused(client, ask, code).await;
    }
    for (endpoint, query, code) in [
        (&api::LIST_FILES, "limit=0", "invalid_value"),
        (&api::LIST_FILES, "limit=many", "invalid_type"),
        (&api::LIST_FILES, "cursor=abc", "unknown_field"),
        (&api::LIST_PARTS, "limit=0", "invalid_value"),
    ] {
        recorder.refused(client, Ask::new(endpoint).of(id).query(query), code).await;
    }
    for (query, code) in [("disposition=open", "invalid_value"), ("lifetime=60", "unknown_field")] {
        recorder.refused(client, Ask::new(&api::GET_FILE_URL).of(id).query(query), code).await;
    }
    for (body, code) in [
        (json!({ "purpose": "knowledge_user", "mimeType": "video/mp4" }), "purpose_mime_type"),
        (json!({ "purpose": "email_attachment", "sizeBytes": 30_000_000 }), "purpose_size"),
        (json!({ "sizeBytes": 6_000_000_000_u64 }), "multipart_required"),
    ] {
        recorder.refused(client, Ask::new(&api::CREATE_FILE).json(file(&body)), code).await;
    }
}

/// What every endpoint with a body says alike.
async fn no_json(client: &Client, recorder: &mut Recorder, endpoint: &Endpoint, id: &str) {
    let ask = || Ask::new(endpoint).of(id);
    recorder.refused(client, ask().raw("{"), "invalid_json").await;
    recorder.refused(client, ask().json(json!({ "colour": "blue" })), "unknown_field").await;
    recorder.refused(client, ask().form("md5=5d41402a"), "unsupported_media_type").await;
}

/// A body of create-file, but for these fields.
fn file(but: &Value) -> Value {
    let mut file = json!({ "filename": "hello.txt", "mimeType": "text/plain", "sizeBytes": 15 });
    for (name, value) in but.as_object().into_iter().flatten() {
        file[name] = value.clone();
    }
    file
}
