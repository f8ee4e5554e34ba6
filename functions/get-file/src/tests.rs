//! What `GET /v1/files/{id}` promises.

use serde_json::{Value, json};
use shared::BucketContext;
use shared::domain::Timestamp;
use shared::http::endpoints;
use shared::testing::dynamodb::{FILE, admitted, file_item, get, key_revoked, read, with};
use shared::testing::gateway::{Answer, GatewayRequest, REQUEST_ID, ask, request};
use shared::testing::{Answers as _, DUE, ID, MD5, OTHER_ID, OTHER_MD5, context, context_at};

use super::get_file;

async fn ask_for_file(context: &BucketContext, request: GatewayRequest) -> Answer {
    ask(context, &endpoints::GET_FILE, &get_file, request).await
}

/// The file as it is shown when its record says `status`, asked for at `time`.
async fn shown(status: &str, time: Timestamp) -> Value {
    shown_of(&file_item(status), time).await
}

async fn shown_of(item: &Value, time: Timestamp) -> Value {
    let (key, file) = (admitted(&["files:read"]), get(FILE).answers(read(Some(item))));
    let context = context_at(move || time, &[&key, &file]);
    let answer = ask_for_file(&context, request("GET /v1/files/{id}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

const BEFORE_DUE: Timestamp = Timestamp::from_millis(DUE.millis() - 1);

#[tokio::test]
async fn a_pending_file_shows_when_its_session_ends() {
    assert_eq!(
        shown("PENDING", BEFORE_DUE).await,
        json!({
            "id": ID,
            "status": "PENDING",
            "filename": "hello.txt",
            "mimeType": "text/plain",
            "sizeBytes": 11,
            "createdAt": "2026-04-08T11:59:00.000Z",
            "completedAt": null,
            "expiresAt": "2026-04-08T12:59:00.000Z",
            "md5": null,
            "received": null,
            "labels": {},
        })
    );
}

#[tokio::test]
async fn a_session_is_expired_at_the_very_millisecond_it_ends() {
    assert_eq!(shown("PENDING", BEFORE_DUE).await["status"], "PENDING");
    let file = shown("PENDING", DUE).await;
    assert_eq!((&file["status"], &file["expiresAt"]), (&json!("EXPIRED"), &Value::Null));
}

#[tokio::test]
async fn a_file_in_a_final_state_does_not_expire() {
    for (status, completed_at, md5) in [
        ("COMPLETED", json!("2026-04-08T11:59:59.000Z"), json!(MD5)),
        ("CANCELLED", Value::Null, Value::Null),
        ("EXPIRED", Value::Null, Value::Null),
    ] {
        for time in [BEFORE_DUE, DUE] {
            let file = shown(status, time).await;
            assert_eq!((&file["status"], &file["expiresAt"]), (&json!(status), &Value::Null));
            assert_eq!((&file["completedAt"], &file["md5"]), (&completed_at, &md5));
        }
    }
}

#[tokio::test]
async fn a_file_in_parts_shows_its_cut_as_long_as_it_is_pending() {
    let cut = json!({ "uploadId": { "S": "upload-1" }, "partSizeBytes": { "N": "6" } });
    let file = shown_of(&with(file_item("PENDING"), &cut), BEFORE_DUE).await;
    assert_eq!(file["parts"], json!({ "partSizeBytes": 6, "count": 2 }));
    for (status, time) in [("PENDING", DUE), ("COMPLETED", DUE), ("CANCELLED", DUE)] {
        let file = shown_of(&with(file_item(status), &cut), time).await;
        assert!(file.get("parts").is_none() && file.get("verification").is_none(), "{file}");
    }
}

#[tokio::test]
async fn a_completion_that_has_begun_shows_how_far_it_is_and_does_not_expire() {
    let state = shared::domain::Md5State::default().to_string();
    let begun = json!({ "status": { "S": "COMPLETING" }, "claimedMd5": { "S": MD5 },
        "completingSince": { "N": "1775649600000" } });
    let read = json!({ "hashedEtag": { "S": "e" }, "bytesHashed": { "N": "6" },
        "md5State": { "S": state }, "hashedAt": { "N": "1775649600000" } });
    for (progress, bytes_hashed) in [(json!({}), 0), (read, 6)] {
        let item = with(with(file_item("PENDING"), &begun), &progress);
        let file = shown_of(&item, DUE).await;
        assert_eq!((&file["status"], &file["expiresAt"]), (&json!("PENDING"), &Value::Null));
        let verification = json!({ "state": "HASHING", "bytesHashed": bytes_hashed });
        assert_eq!(file["verification"], verification);
    }
}

#[tokio::test]
async fn a_completion_that_was_refused_shows_what_was_stored_instead() {
    let refused = json!({ "refusedMd5": { "S": OTHER_MD5 }, "rejections": { "N": "1" } });
    let file = shown_of(&with(file_item("PENDING"), &refused), BEFORE_DUE).await;
    let verification = json!({ "state": "REJECTED", "bytesHashed": 11, "storedMd5": OTHER_MD5 });
    assert_eq!((&file["status"], &file["verification"]), (&json!("PENDING"), &verification));
}

#[tokio::test]
async fn another_id_at_the_same_sequence_is_not_found() {
    let (key, file) =
        (admitted(&["files:read"]), get(FILE).answers(read(Some(&file_item("PENDING")))));
    let request = request("GET /v1/files/{id}").of_file(OTHER_ID);
    let answer = ask_for_file(&context(&[&key, &file]), request).await;
    assert_eq!(answer.error(), (404, "not_found"));
    assert_eq!(file.num_calls(), 1);
}

#[tokio::test]
async fn what_is_no_id_is_not_found_without_a_read() {
    let (key, file) =
        (admitted(&["files:read"]), get(FILE).answers(read(Some(&file_item("PENDING")))));
    let context = context(&[&key, &file]);
    let uppercase = ID.to_uppercase();
    for id in ["", "fil_", "acc_000000070123456789abcdef", &uppercase, &ID[..27]] {
        let answer = ask_for_file(&context, request("GET /v1/files/{id}").of_file(id)).await;
        assert_eq!(answer.error(), (404, "not_found"), "{id}");
    }
    assert_eq!(file.num_calls(), 0);
}

#[tokio::test]
async fn a_known_key_learns_its_standing_from_errors_too() {
    let (key, file) = (admitted(&["files:read"]), get(FILE).answers(read(None)));
    let context = context(&[&key, &file]);
    let answer = ask_for_file(&context, request("GET /v1/files/{id}")).await;
    assert_eq!(answer.error(), (404, "not_found"));
    assert_eq!(answer.header("x-ratelimit-limit"), Some("25"));
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("24"));
    assert_eq!(answer.header("x-ratelimit-reset"), Some("1775649601"));
    assert_eq!(answer.header("x-request-id"), Some(REQUEST_ID));
}

#[tokio::test]
async fn a_key_without_the_scope_sees_nothing_of_the_file() {
    let (key, file) =
        (admitted(&["files:create"]), get(FILE).answers(read(Some(&file_item("COMPLETED")))));
    let answer = ask_for_file(&context(&[&key, &file]), request("GET /v1/files/{id}")).await;
    assert_eq!(answer.error(), (403, "missing_scope"));
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("24"));
    assert!(!answer.body.to_string().contains("hello.txt"));
}

#[tokio::test]
async fn a_revoked_key_sees_nothing_of_what_was_read_meanwhile() {
    let (key, file) = (key_revoked(), get(FILE).answers(read(Some(&file_item("COMPLETED")))));
    let answer = ask_for_file(&context(&[&key, &file]), request("GET /v1/files/{id}")).await;
    assert_eq!(answer.error(), (401, "unauthorized"));
    assert_eq!(answer.header("x-ratelimit-limit"), None);
    assert!(!answer.body.to_string().contains("hello.txt"));
}
