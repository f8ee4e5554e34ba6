//! What `POST /v1/files/{id}/cancel` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use shared::http::endpoints;
use shared::testing::dynamodb::{
    FILE, TOKEN, admitted, created_by_token, done, file_item, refused, token_item, update, updated,
    with,
};
use shared::testing::gateway::{Answer, GatewayRequest, ask, request};
use shared::testing::parts::{UPLOAD, abort, item_in_parts, list_uploads, open_uploads, s3_error};
use shared::testing::s3::{delete, empty};
use shared::testing::transactions::{cancelled, transaction};
use shared::testing::{Answers as _, AwsAnswer, ID, Rule, context, token};

use super::cancel_file;

/// The one update that cancels, with its guards.
const CANCEL: &[&str] = &["SET status = 'CANCELLED' REMOVE expiresAt \
    IF id = 'fil_000000070123456789abcdef' AND (status = 'COMPLETING' \
    OR (status = 'PENDING' AND expiresAt > 1775649600000))"];

/// What a request came to.
struct Outcome {
    answer: Answer,
    updates: usize,
    deletes: usize,
}

async fn cancel(request: GatewayRequest, found: AwsAnswer, deleted: AwsAnswer) -> Outcome {
    let file = update(FILE, CANCEL).answers(found);
    let object = delete().answers_after(&[&file], deleted);
    let answer = send(request, &[&file, &object]).await;
    Outcome { answer, updates: file.num_calls(), deletes: object.num_calls() }
}

async fn send(request: GatewayRequest, rules: &[&Rule]) -> Answer {
    let key = admitted(&["files:create"]);
    ask(&context(&[&[&key], rules].concat()), &endpoints::CANCEL_FILE, &cancel_file, request).await
}

fn plain() -> GatewayRequest {
    request("POST /v1/files/{id}/cancel")
}

#[tokio::test]
async fn a_pending_file_is_cancelled_and_its_bytes_go_with_it() {
    for request in [plain(), plain().json(&json!({}))] {
        let outcome = cancel(request, updated(&file_item("CANCELLED")), empty(204)).await;
        let file = outcome.answer.body;
        assert_eq!((&file["id"], &file["status"]), (&json!(ID), &json!("CANCELLED")));
        assert_eq!((&file["expiresAt"], &file["completedAt"]), (&Value::Null, &Value::Null));
        assert_eq!((outcome.answer.status, outcome.updates, outcome.deletes), (200, 1, 1));
    }
}

#[tokio::test]
async fn a_file_whose_bytes_cannot_be_deleted_right_now_is_cancelled_all_the_same() {
    let outcome = cancel(plain(), updated(&file_item("CANCELLED")), empty(503)).await;
    assert_eq!((outcome.answer.status, outcome.deletes), (200, 3));
    assert_eq!(outcome.answer.body["status"], "CANCELLED");
}

#[tokio::test]
async fn a_file_in_a_final_state_is_a_conflict_and_keeps_its_bytes() {
    for status in ["COMPLETED", "EXPIRED"] {
        let outcome = cancel(plain(), refused(Some(&file_item(status))), empty(204)).await;
        assert_eq!(outcome.answer.error(), (409, "file_not_pending"));
        assert_eq!(outcome.answer.header("x-should-retry"), Some("false"));
        let message = outcome.answer.body["error"]["message"].as_str().unwrap();
        assert!(message.contains(status), "{message}");
        assert_eq!(outcome.deletes, 0);
    }
}

#[tokio::test]
async fn a_file_that_was_cancelled_before_is_cleared_once_more() {
    let outcome = cancel(plain(), refused(Some(&file_item("CANCELLED"))), empty(204)).await;
    assert_eq!((outcome.answer.status, &outcome.answer.body["status"]), (200, &json!("CANCELLED")));
    assert_eq!((outcome.updates, outcome.deletes), (1, 1));
}

/// Gives the room of the file back, with its mark.
const GIVE_BACK: &[&str] = &[
    "WS#acme/FILE#0000000000007: REMOVE counted \
     IF id = 'fil_000000070123456789abcdef' AND attribute_exists(counted)",
    "COUNTER#acme/QUOTA: ADD keptFiles -1, keptBytes -11",
];

#[tokio::test]
async fn the_room_of_a_counted_file_comes_back_with_its_mark() {
    let counted = with(file_item("CANCELLED"), &json!({ "counted": { "BOOL": true } }));
    for (found, given_back) in [
        (updated(&counted), done()),
        (refused(Some(&counted)), done()),
        (updated(&counted), cancelled(&["ConditionalCheckFailed", "None"])),
    ] {
        let file = update(FILE, CANCEL).answers(found);
        let room = transaction(GIVE_BACK).answers_after(&[&file], given_back);
        let object = delete().answers_after(&[&room], empty(204));
        let answer = send(plain(), &[&file, &room, &object]).await;
        assert_eq!((answer.status, room.num_calls(), object.num_calls()), (200, 1, 1));
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_found() {
    let outcome = cancel(plain(), refused(None), empty(204)).await;
    assert_eq!(outcome.answer.error(), (404, "not_found"));
    assert_eq!(outcome.deletes, 0);
}

#[tokio::test]
async fn a_body_that_says_anything_is_refused_before_anything_happens() {
    for (request, error, param) in [
        (plain().json(&json!({ "x": 1 })), (400, "unknown_field"), Some("x")),
        (plain().json(&json!([])), (400, "invalid_json"), None),
        (plain().body("{}"), (415, "unsupported_media_type"), None),
    ] {
        let outcome = cancel(request, updated(&file_item("CANCELLED")), empty(204)).await;
        assert_eq!((outcome.answer.error(), outcome.answer.param()), (error, param));
        assert_eq!((outcome.updates, outcome.deletes), (0, 0));
    }
}

#[tokio::test]
async fn the_uploads_of_a_file_in_parts_are_given_up_with_it() {
    let file = update(FILE, CANCEL).answers(updated(&item_in_parts("CANCELLED")));
    let object = delete().answers_after(&[&file], empty(204));
    // One that was opened in the place of another, and never recorded.
    let uploads = list_uploads().answers_after(&[&file], open_uploads(&[UPLOAD, "upload-0"]));
    let unrecorded = abort("upload-0").answers(empty(204));
    let recorded = abort(UPLOAD).answers(s3_error(404, "NoSuchUpload"));
    let rules = [&file, &object, &uploads, &unrecorded, &recorded];
    let answer = send(plain(), &rules).await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &json!("CANCELLED")));
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn an_upload_that_is_not_listed_is_given_up_all_the_same() {
    let file = update(FILE, CANCEL).answers(updated(&item_in_parts("CANCELLED")));
    let object = delete().answers(empty(204));
    let uploads = list_uploads().answers(open_uploads(&[]));
    let recorded = abort(UPLOAD).answers(s3_error(503, "SlowDown"));
    let answer = send(plain(), &[&file, &object, &uploads, &recorded]).await;
    assert_eq!((answer.status, recorded.num_calls()), (200, 3));
}

#[tokio::test]
async fn a_file_whose_parts_became_the_file_keeps_them() {
    let file = update(FILE, CANCEL).answers(refused(Some(&item_in_parts("COMPLETED"))));
    let uploads = list_uploads().answers(open_uploads(&[UPLOAD]));
    let answer = send(plain(), &[&file, &uploads]).await;
    assert_eq!((answer.error(), uploads.num_calls()), ((409, "file_not_pending"), 0));
}

#[tokio::test]
async fn a_token_cancels_only_what_it_created() {
    let owned: &'static str = format!("AND createdBy = '{}'", token().hash().as_str()).leak();
    let condition: &'static [&str] = vec![CANCEL[0].split(" AND (").next().unwrap(), owned].leak();
    for (found, status) in [
        (updated(&created_by_token(file_item("CANCELLED"))), 200),
        (refused(Some(&file_item("PENDING"))), 404),
    ] {
        let key = update(TOKEN, &[]).answers(updated(&token_item(0)));
        let file = update(FILE, condition).answers(found);
        let object = delete().answers(empty(204));
        let context = context(&[&key, &file, &object]);
        let request = plain().by_token();
        let answer = ask(&context, &endpoints::CANCEL_FILE, &cancel_file, request).await;
        assert_eq!((answer.status, file.num_calls()), (status, 1), "{answer:?}");
    }
}
