//! What the S3 event function promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use aws_lambda_events::s3::S3Event;
use serde_json::json;
use shared::domain::Encryption;
use shared::testing::dynamodb::{FILE, failure, file_item, refused, update, updated, with};
use shared::testing::s3::{OBJECT, bytes, delete, empty, get_exactly};
use shared::testing::{Answers as _, AwsAnswer, BYTES, MD5, NOW, OTHER_MD5, Rule, SIZE};
use shared::testing::{config, context, context_of};

use super::verify_upload;

/// The update that records the MD5 of an object, with its guards.
const RECORD: &[&str] = &[
    "verifiedMd5 = '5eb63bbbe01eeed093cb22bb8f5acdc3', verifiedBy = '0055AED6' IF",
    "id = 'fil_000000070123456789abcdef' AND status = 'PENDING' AND expiresAt > 1775649600000",
    "(attribute_not_exists(verifiedBy) OR verifiedBy < '0055AED6')",
];
/// The update that ends an overdue session.
const EXPIRE: &[&str] = &["SET status = 'EXPIRED'", "expiresAt <= 1775649600000"];
const MULTIPART: &str = "5eb63bbbe01eeed093cb22bb8f5acdc3-2";

/// An event of an object under `key` with this `ETag`.
fn event(key: &str, etag: &str) -> S3Event {
    let record = json!({
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventTime": "2026-04-08T12:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "userIdentity": { "principalId": "AWS:A" },
        "requestParameters": { "sourceIPAddress": "192.0.2.1" },
        "responseElements": { "x-amz-request-id": "1" },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "verify-upload",
            "bucket": { "name": "files", "arn": "arn:aws:s3:::files" },
            "object": { "key": key, "size": SIZE, "eTag": etag, "sequencer": "0055AED6" },
        },
    });
    serde_json::from_value(json!({ "Records": [record] })).unwrap()
}

fn recorded(answer: AwsAnswer) -> Rule {
    update(FILE, RECORD).answers(answer)
}

#[tokio::test]
async fn an_etag_that_is_the_md5_is_recorded_by_one_call() {
    for key in [OBJECT.to_owned(), OBJECT.replace('/', "%2F")] {
        let file = recorded(updated(&file_item("PENDING")));
        verify_upload(context(&[&file]), event(&key, MD5)).await.unwrap();
        assert_eq!(file.num_calls(), 1);
    }
}

#[tokio::test]
async fn the_bytes_of_a_multipart_upload_are_read() {
    let object = get_exactly(MULTIPART).answers(bytes(BYTES));
    let file = recorded(updated(&file_item("PENDING")));
    verify_upload(context(&[&object, &file]), event(OBJECT, MULTIPART)).await.unwrap();
    assert_eq!([&object, &file].map(Rule::num_calls), [1, 1]);
}

#[tokio::test]
async fn the_bytes_under_a_key_of_kms_are_read_although_their_etag_looks_like_an_md5() {
    let object = get_exactly(OTHER_MD5).answers(bytes(BYTES));
    let file = recorded(updated(&file_item("PENDING")));
    let mut config = config();
    config.encryption = Encryption::CustomerManaged;
    let context = context_of(config, || NOW, &[&object, &file]);
    verify_upload(context, event(OBJECT, OTHER_MD5)).await.unwrap();
    assert_eq!([&object, &file].map(Rule::num_calls), [1, 1]);
}

#[tokio::test]
async fn bytes_that_are_gone_or_replaced_are_not_recorded() {
    for status in [404, 412] {
        let object = get_exactly(MULTIPART).answers(empty(status));
        verify_upload(context(&[&object]), event(OBJECT, MULTIPART)).await.unwrap();
        assert_eq!(object.num_calls(), 1);
    }
}

#[tokio::test]
async fn bytes_that_nobody_waits_for_are_deleted() {
    for found in [Some(file_item("CANCELLED")), Some(file_item("EXPIRED")), None] {
        let file = recorded(refused(found.as_ref()));
        let sweep = update(FILE, EXPIRE).answers_after(&[&file], refused(found.as_ref()));
        let object = delete().answers_after(&[&sweep], empty(204));
        verify_upload(context(&[&file, &sweep, &object]), event(OBJECT, MD5)).await.unwrap();
        assert_eq!(object.num_calls(), 1);
    }
}

#[tokio::test]
async fn bytes_that_came_after_the_session_ended_are_deleted_once_the_file_is_expired() {
    let overdue =
        with(file_item("PENDING"), &json!({ "expiresAt": { "N": NOW.millis().to_string() } }));
    let file = recorded(refused(Some(&overdue)));
    let expired = update(FILE, EXPIRE).answers_after(&[&file], updated(&file_item("EXPIRED")));
    let object = delete().answers_after(&[&expired], empty(204));
    verify_upload(context(&[&file, &expired, &object]), event(OBJECT, MD5)).await.unwrap();
    assert_eq!(object.num_calls(), 1);
}

#[tokio::test]
async fn an_event_that_comes_twice_or_late_changes_nothing() {
    for status in ["PENDING", "COMPLETED"] {
        let file = recorded(refused(Some(&file_item(status))));
        let object = delete().answers(empty(204));
        verify_upload(context(&[&file, &object]), event(OBJECT, MD5)).await.unwrap();
        assert_eq!([&file, &object].map(Rule::num_calls), [1, 0]);
    }
}

#[tokio::test]
async fn an_object_that_is_no_upload_of_ours_is_left_alone() {
    for key in ["backup.tar", "acme/notes.txt", "%ff/x"] {
        let object = delete().answers(empty(204));
        verify_upload(context(&[&object]), event(key, MD5)).await.unwrap();
        assert_eq!(object.num_calls(), 0);
    }
}

#[tokio::test]
async fn a_failure_fails_the_event_so_that_it_comes_again() {
    let file = recorded(failure(500, "InternalServerError"));
    assert!(verify_upload(context(&[&file]), event(OBJECT, MD5)).await.is_err());
    let object = get_exactly(MULTIPART).answers(empty(503));
    assert!(verify_upload(context(&[&object]), event(OBJECT, MULTIPART)).await.is_err());
}
