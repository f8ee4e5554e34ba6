//! What `DELETE /v1/files/{id}` promises.

use serde_json::json;
use shared::http::endpoints;
use shared::testing::dynamodb::{admitted, done, failure, file_item, with};
use shared::testing::gateway::{Answer, ask, request};
use shared::testing::s3::{delete, empty};
use shared::testing::transactions::{cancelled, refused_with, transaction};
use shared::testing::{Answers as _, AwsAnswer, OTHER_ID, context};

use super::delete_file;

/// All that goes and comes with a file, at once.
const REMOVAL: &[&str] = &[
    "WS#acme/FILE#0000000000007: DELETE IF id = 'fil_000000070123456789abcdef' \
     AND attribute_not_exists(counted)",
    "SESSION#fil_000000070123456789abcdef/SESSION: SET objectKey = \
     'acme/fil_000000070123456789abcdef', ttl = if_not_exists(ttl, 1775649600)",
    "COUNTER#acme/BLOCK#0000000000: ADD holes {7} IF NOT contains(holes, 7)",
    "COUNTER#acme/REGION#0000000: ADD 0 1",
    "COUNTER#acme/HOLES: ADD 0 1",
];

/// What a request came to.
struct Outcome {
    answer: Answer,
    removals: usize,
    deletes: usize,
}

async fn remove(answers: &[AwsAnswer], deleted: AwsAnswer) -> Outcome {
    let key = admitted(&["files:delete"]);
    let removal = transaction(REMOVAL).answers_in_turn(answers.to_vec());
    let object = delete().answers_after(&[&removal], deleted);
    let context = context(&[&key, &removal, &object]);
    let answer =
        ask(&context, &endpoints::DELETE_FILE, &delete_file, request("DELETE /v1/files/{id}"))
            .await;
    Outcome { answer, removals: removal.num_calls(), deletes: object.num_calls() }
}

#[tokio::test]
async fn a_file_goes_with_its_bytes_and_leaves_a_counted_hole() {
    let outcome = remove(&[done()], empty(204)).await;
    assert_eq!((outcome.answer.status, outcome.answer.body), (204, serde_json::Value::Null));
    assert_eq!((outcome.removals, outcome.deletes), (1, 1));
}

#[tokio::test]
async fn an_answer_without_a_body_has_no_type_and_all_other_headers() {
    let answer = remove(&[done()], empty(204)).await.answer;
    assert_eq!((answer.status, answer.header("content-type")), (204, None));
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("24"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.header("x-request-id").is_some());
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_found() {
    let reasons = ["ConditionalCheckFailed", "None", "ConditionalCheckFailed", "None", "None"];
    let outcome = remove(&[cancelled(&reasons)], empty(204)).await;
    assert_eq!(outcome.answer.error(), (404, "not_found"));
    assert_eq!((outcome.removals, outcome.deletes), (1, 0));
}

#[tokio::test]
async fn a_removal_waits_for_its_turn() {
    let conflict = cancelled(&["None", "None", "None", "None", "TransactionConflict"]);
    let outcome = remove(&[conflict.clone(), conflict, done()], empty(204)).await;
    assert_eq!((outcome.answer.status, outcome.removals, outcome.deletes), (204, 3, 1));
}

#[tokio::test]
async fn a_removal_that_lost_its_turn_to_another_is_not_found() {
    let conflict = cancelled(&["TransactionConflict", "None", "None", "None", "None"]);
    let gone = cancelled(&["ConditionalCheckFailed", "None", "None", "None", "None"]);
    let outcome = remove(&[conflict, gone], empty(204)).await;
    assert_eq!(outcome.answer.error(), (404, "not_found"));
    assert_eq!((outcome.removals, outcome.deletes), (2, 0));
}

#[tokio::test]
async fn a_file_whose_bytes_cannot_be_deleted_right_now_is_gone_all_the_same() {
    let outcome = remove(&[done()], empty(503)).await;
    assert_eq!((outcome.answer.status, outcome.deletes), (204, 3));
}

#[tokio::test]
async fn a_table_that_does_not_answer_keeps_the_bytes() {
    let down = failure(500, "InternalServerError");
    let outcome = remove(
        &[down.clone(), down.clone(), down.clone(), down.clone(), down.clone(), down],
        empty(204),
    )
    .await;
    assert_eq!(outcome.answer.error(), (503, "service_unavailable"));
    assert_eq!(outcome.deletes, 0);
}

/// The same of a file that is counted in what its workspace keeps.
const COUNTED_REMOVAL: &[&str] = &[
    "WS#acme/FILE#0000000000007: DELETE IF id = 'fil_000000070123456789abcdef' \
     AND attribute_exists(counted)",
    REMOVAL[1],
    REMOVAL[2],
    REMOVAL[3],
    REMOVAL[4],
    "COUNTER#acme/QUOTA: ADD keptFiles -1, keptBytes -11",
];

#[tokio::test]
async fn the_room_of_a_counted_file_goes_with_its_record() {
    let counted = with(file_item("COMPLETED"), &json!({ "counted": { "BOOL": true } }));
    let found = refused_with(&counted, 5);
    let removal = transaction(REMOVAL).answers(found);
    let counted = transaction(COUNTED_REMOVAL).answers_after(&[&removal], done());
    let object = delete().answers_after(&[&counted], empty(204));
    let key = admitted(&["files:delete"]);
    let context = context(&[&key, &removal, &counted, &object]);
    let request = request("DELETE /v1/files/{id}");
    let answer = ask(&context, &endpoints::DELETE_FILE, &delete_file, request).await;
    assert_eq!((answer.status, counted.num_calls(), object.num_calls()), (204, 1, 1));
}

#[tokio::test]
async fn another_file_at_the_number_is_not_the_one_that_is_meant() {
    let other = with(file_item("COMPLETED"), &json!({ "id": { "S": OTHER_ID } }));
    let outcome = remove(&[refused_with(&other, 5)], empty(204)).await;
    assert_eq!(outcome.answer.error(), (404, "not_found"));
    assert_eq!((outcome.removals, outcome.deletes), (1, 0));
}
