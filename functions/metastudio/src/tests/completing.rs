//! What becomes of an upload: completed, given up, deleted.

use serde_json::{Value, json};
use shared::testing::dynamodb::{FILE, done, file_item, get, read, refused, update, updated, with};
use shared::testing::gateway::Answer;
use shared::testing::parts::{item_in_parts, list_parts, s3_error};
use shared::testing::s3::{delete, delete_exactly, empty, head, object};
use shared::testing::transactions::{cancelled, transaction};
use shared::testing::{Answers as _, MD5, Rule, SIZE};

use super::{FILE_MD5, asking, error, send};

/// The MD5 of no bytes at all.
const OTHER_FILE_MD5: &str = "1B2M2Y8AsgTpgAmY7PhCfg==";
const COMPLETE: &[&str] = &["SET status = 'COMPLETED'", "md5 = '5eb63bbbe01eeed093cb22bb8f5acdc3'"];
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
const CANCEL: &[&str] = &["SET status = 'CANCELLED' REMOVE expiresAt"];

#[tokio::test]
async fn created_completes_what_has_the_md5_that_was_declared_and_answers_nothing() {
    for (item, analysis) in
        [(annotated(FILE_MD5), None), (pending(), None), (annotated(FILE_MD5), Some(true))]
    {
        let record = get(FILE).answers(read(Some(&item)));
        let head = head().answers(object(SIZE, MD5));
        let file = update(FILE, COMPLETE).answers(updated(&file_item("COMPLETED")));
        let body = json!({ "state": "CREATED", "auto_meta_analysis": analysis });
        let answer = complete(&body, &[&record, &head, &file]).await;
        assert_eq!((answer.status, &answer.body), (200, &Value::Null), "{answer:?}");
        assert!(answer.header("x-request-id").is_some());
        assert_eq!([&record, &head, &file].map(Rule::num_calls), [1, 1, 1]);
    }
}

#[tokio::test]
async fn the_metadata_of_a_file_are_read_where_that_is_asked_for() {
    for (analyze, mark) in [(true, "analysis"), (false, "SET status = 'COMPLETED'")] {
        let record = get(FILE).answers(read(Some(&annotated(FILE_MD5))));
        let head = head().answers(object(SIZE, MD5));
        let parts: &'static [&'static str] = vec!["SET status = 'COMPLETED'", mark].leak();
        let file = update(FILE, parts).answers(updated(&file_item("COMPLETED")));
        let body = json!({ "state": "CREATED", "auto_meta_analysis": analyze });
        assert_eq!(complete(&body, &[&record, &head, &file]).await.status, 200);
    }
}

#[tokio::test]
async fn created_refuses_bytes_that_have_another_md5_and_removes_them() {
    let record = get(FILE).answers(read(Some(&annotated(OTHER_FILE_MD5))));
    let head = head().answers(object(SIZE, MD5));
    let mark = update(FILE, &["ADD rejections 1"]).answers(updated(&annotated(OTHER_FILE_MD5)));
    let delete = delete_exactly(MD5).answers_after(&[&mark], empty(204));
    let unmark = update(FILE, &["REMOVE rejected"]).answers_after(&[&delete], updated(&pending()));
    let rules = [&record, &head, &mark, &delete, &unmark];
    let answer = complete(&json!({ "state": "CREATED" }), &rules).await;
    assert_eq!(error(&answer), (400, "MSS.00000003"));
    assert!(answer.body["error_msg"].as_str().unwrap().contains(MD5));
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn created_without_bytes_is_refused() {
    let record = get(FILE).answers(read(Some(&pending())));
    let nothing = head().answers(empty(404));
    let answer = complete(&json!({ "state": "CREATED" }), &[&record, &nothing]).await;
    assert_eq!(error(&answer), (400, "MSS.00000003"));
}

#[tokio::test]
async fn created_is_taken_again_and_also_before_it_is_proven() {
    for item in [item_in_parts("COMPLETED"), item_in_parts("COMPLETING")] {
        let record = get(FILE).answers(read(Some(&item)));
        let (head, list) = (head().answers(empty(404)), list_parts("0", 1000));
        let list = list.answers(s3_error(404, "NoSuchUpload"));
        let answer = complete(&json!({ "state": "CREATED" }), &[&record, &head, &list]).await;
        assert_eq!((answer.status, answer.body), (200, Value::Null));
    }
}

#[tokio::test]
async fn failed_and_cancelled_give_the_upload_up_and_its_bytes_go_with_it() {
    for state in ["FAILED", "CANCELLED"] {
        let file = update(FILE, CANCEL).answers(updated(&file_item("CANCELLED")));
        let object = delete().answers_after(&[&file], empty(204));
        let answer = complete(&json!({ "state": state }), &[&file, &object]).await;
        assert_eq!((answer.status, &answer.body), (200, &Value::Null), "{state}");
        assert_eq!([&file, &object].map(Rule::num_calls), [1, 1]);
    }
}

#[tokio::test]
async fn a_file_in_a_final_state_is_not_given_up() {
    for status in ["COMPLETED", "EXPIRED"] {
        let file = update(FILE, CANCEL).answers(refused(Some(&file_item(status))));
        let answer = complete(&json!({ "state": "FAILED" }), &[&file]).await;
        assert_eq!(error(&answer), (400, "MSS.00000003"));
        assert!(answer.body["error_msg"].as_str().unwrap().contains(status));
    }
}

#[tokio::test]
async fn a_state_that_no_client_can_bring_about_is_refused() {
    for body in [json!({}), json!({ "state": "UPLOADED" }), json!({ "state": "created" })] {
        assert_eq!(error(&complete(&body, &[]).await), (400, "MSS.10000003"), "{body}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_found() {
    let record = get(FILE).answers(read(None));
    let answer = complete(&json!({ "state": "CREATED" }), &[&record]).await;
    assert_eq!(error(&answer), (400, "MSS.10001004"));
    let file = update(FILE, CANCEL).answers(refused(None));
    let answer = complete(&json!({ "state": "CANCELLED" }), &[&file]).await;
    assert_eq!(error(&answer), (400, "MSS.10001004"));
}

#[tokio::test]
async fn a_deleted_file_is_gone_with_its_bytes() {
    let removal = transaction(REMOVAL).answers(done());
    let object = delete().answers_after(&[&removal], empty(204));
    let answer = send(asking("DELETE /files/{file_id}"), &[&removal, &object]).await;
    assert_eq!((answer.status, &answer.body), (200, &Value::Null));
    assert_eq!([&removal, &object].map(Rule::num_calls), [1, 1]);
}

#[tokio::test]
async fn a_file_that_is_not_there_cannot_be_deleted() {
    let reasons = ["ConditionalCheckFailed", "None", "ConditionalCheckFailed", "None", "None"];
    let removal = transaction(REMOVAL).answers(cancelled(&reasons));
    let answer = send(asking("DELETE /files/{file_id}"), &[&removal]).await;
    assert_eq!(error(&answer), (400, "MSS.10001004"));
}

async fn complete(body: &Value, rules: &[&Rule]) -> Answer {
    send(asking("POST /files/{file_id}/complete").json(body), rules).await
}

fn pending() -> Value {
    file_item("PENDING")
}

/// A pending file whose create declared this MD5.
fn annotated(file_md5: &str) -> Value {
    let annotation = json!({
        "file_md5": file_md5,
        "file_type": "mp4",
        "asset_id": "a-1",
        "asset_file_category": "MAIN",
    });
    with(pending(), &json!({ "annotation": { "S": annotation.to_string() } }))
}
