//! Bytes that nobody waits for.

use serde_json::json;
use shared::testing::dynamodb::{FILE, file_item, get, read, refused, update, updated, with};
use shared::testing::parts::{
    JOINED, UPLOAD, abort, item_in_parts, list_uploads, open_uploads, s3_error,
};
use shared::testing::s3::{OBJECT, delete, empty, get_exactly, head, object};
use shared::testing::{Answers as _, MD5, NOW, Rule, SIZE};

use super::{EXPIRE, RECORD, event, handle};

#[tokio::test]
async fn bytes_that_nobody_waits_for_are_deleted() {
    for status in ["CANCELLED", "EXPIRED"] {
        let found = file_item(status);
        let file = update(FILE, RECORD).answers(refused(Some(&found)));
        let object = delete().answers_after(&[&file], empty(204));
        handle(event(OBJECT, MD5), &[&file, &object]).await.unwrap();
        assert_eq!(object.num_calls(), 1);
    }
}

#[tokio::test]
async fn bytes_that_came_after_the_session_ended_are_deleted_once_the_file_is_expired() {
    let overdue =
        with(file_item("PENDING"), &json!({ "expiresAt": { "N": NOW.millis().to_string() } }));
    let file = update(FILE, RECORD).answers(refused(Some(&overdue)));
    let expired = update(FILE, EXPIRE).answers_after(&[&file], updated(&file_item("EXPIRED")));
    let object = delete().answers_after(&[&expired], empty(204));
    handle(event(OBJECT, MD5), &[&file, &expired, &object]).await.unwrap();
    assert_eq!(object.num_calls(), 1);
}

#[tokio::test]
async fn what_lies_under_the_key_of_a_file_that_never_was_is_deleted() {
    for etag in [MD5, JOINED] {
        let file = update(FILE, RECORD).answers(refused(None));
        let record = get(FILE).answers(read(None));
        let object = delete().answers(empty(204));
        let uploads = list_uploads().answers(open_uploads(&["upload-0"]));
        let upload = abort("upload-0").answers(empty(204));
        let rules = [&file, &record, &object, &uploads, &upload];
        handle(event(OBJECT, etag), &rules).await.unwrap();
        assert_eq!([&object, &upload].map(Rule::num_calls), [1, 1]);
    }
}

#[tokio::test]
async fn parts_that_were_joined_after_a_cancellation_are_deleted() {
    let cancelled = item_in_parts("CANCELLED");
    let record = get(FILE).answers(read(Some(&cancelled)));
    let head = head().answers(object(SIZE, JOINED));
    let object = delete().answers_after(&[&record], empty(204));
    let uploads = list_uploads().answers(open_uploads(&[]));
    let upload = abort(UPLOAD).answers(s3_error(404, "NoSuchUpload"));
    let bytes = get_exactly(JOINED).answers(empty(503));
    let rules = [&record, &head, &object, &uploads, &upload, &bytes];
    handle(event(OBJECT, JOINED), &rules).await.unwrap();
    assert_eq!([&object, &upload, &bytes].map(Rule::num_calls), [1, 1, 0]);
}
