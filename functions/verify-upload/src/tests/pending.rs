//! Bytes of a file that nobody has completed yet.

use std::time::Duration;

use serde_json::json;
use shared::domain::Encryption;
use shared::testing::dynamodb::with;
use shared::testing::dynamodb::{FILE, failure, file_item, get, read, refused, update, updated};
use shared::testing::parts::JOINED;
use shared::testing::s3::{OBJECT, bytes, delete, empty, get_exactly, head, kms_object, object};
use shared::testing::{Answers as _, BYTES, MD5, NOW, OTHER_MD5, Rule, SIZE};
use shared::testing::{config, context_of, deliver};

use super::{RECORD, event, handle};
use crate::verify_upload;

#[tokio::test]
async fn an_etag_that_is_the_md5_is_recorded_by_one_call() {
    for key in [OBJECT.to_owned(), OBJECT.replace('/', "%2F")] {
        let file = update(FILE, RECORD).answers(updated(&file_item("PENDING")));
        handle(event(&key, MD5), &[&file]).await.unwrap();
        assert_eq!(file.num_calls(), 1);
    }
}

#[tokio::test]
async fn bytes_whose_etag_is_no_md5_are_read() {
    for (held, etag, encryption) in [
        (object(SIZE, JOINED), JOINED, Encryption::S3Managed),
        // It looks like an MD5, and is none.
        (kms_object(SIZE, OTHER_MD5), OTHER_MD5, Encryption::CustomerManaged),
    ] {
        let record = get(FILE).answers(read(Some(&file_item("PENDING"))));
        let head = head().answers(held);
        let object = get_exactly(etag).answers(bytes(BYTES));
        let file = update(FILE, RECORD).answers_after(&[&object], updated(&file_item("PENDING")));
        let mut config = config();
        config.encryption = encryption;
        let rules = [&record, &head, &object, &file];
        let context = context_of(config, || NOW, &rules);
        let event = event(OBJECT, etag);
        deliver(Duration::from_secs(30), &context, &verify_upload, event).await.unwrap();
        assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1]);
    }
}

#[tokio::test]
async fn bytes_that_are_gone_or_replaced_are_not_recorded() {
    for status in [404, 412] {
        let record = get(FILE).answers(read(Some(&file_item("PENDING"))));
        let head = head().answers(object(SIZE, JOINED));
        let object = get_exactly(JOINED).answers(empty(status));
        handle(event(OBJECT, JOINED), &[&record, &head, &object]).await.unwrap();
        assert_eq!(object.num_calls(), 1);
    }
}

#[tokio::test]
async fn bytes_that_are_recorded_already_are_not_read_again() {
    let verified = json!({ "verifiedEtag": { "S": JOINED }, "verifiedMd5": { "S": MD5 },
        "verifiedBytes": { "N": "11" }, "verifiedAt": { "N": "1775649600000" } });
    let record = get(FILE).answers(read(Some(&with(file_item("PENDING"), &verified))));
    let head = head().answers(object(SIZE, JOINED));
    let object = get_exactly(JOINED).answers(bytes(BYTES));
    handle(event(OBJECT, JOINED), &[&record, &head, &object]).await.unwrap();
    assert_eq!([&head, &object].map(Rule::num_calls), [1, 0]);
}

#[tokio::test]
async fn an_event_that_comes_twice_or_late_changes_nothing() {
    for status in ["PENDING", "COMPLETED"] {
        let file = update(FILE, RECORD).answers(refused(Some(&file_item(status))));
        let object = delete().answers(empty(204));
        handle(event(OBJECT, MD5), &[&file, &object]).await.unwrap();
        assert_eq!([&file, &object].map(Rule::num_calls), [1, 0]);
    }
}

#[tokio::test]
async fn an_object_that_is_no_upload_of_ours_is_left_alone() {
    for key in ["backup.tar", "acme/notes.txt", "%ff/x"] {
        let object = delete().answers(empty(204));
        handle(event(key, MD5), &[&object]).await.unwrap();
        assert_eq!(object.num_calls(), 0);
    }
}

#[tokio::test]
async fn a_failure_fails_the_event_so_that_it_comes_again() {
    let file = update(FILE, RECORD).answers(failure(500, "InternalServerError"));
    assert!(handle(event(OBJECT, MD5), &[&file]).await.is_err());
    let record = get(FILE).answers(read(Some(&file_item("PENDING"))));
    let head = head().answers(object(SIZE, JOINED));
    let object = get_exactly(JOINED).answers(empty(503));
    assert!(handle(event(OBJECT, JOINED), &[&record, &head, &object]).await.is_err());
    assert!(object.num_calls() > 0);
}
