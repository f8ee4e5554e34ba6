//! Bytes of a file whose completion has begun: somebody waits for its end.

use std::time::Duration;

use serde_json::{Value, json};
use shared::domain::{ETag, Encryption, Midway, StoredObject};
use shared::testing::dynamodb::{FILE, SESSION, done, file_item, get, put, read, refused, update};
use shared::testing::dynamodb::{updated, with};
use shared::testing::parts::{
    FRESH_UPLOAD, JOINED, NOTE, delete_note, item_in_parts, open_upload, opened, put_note, replaced,
};
use shared::testing::s3::{OBJECT, bytes, delete_exactly, empty, get_exactly, head, object};
use shared::testing::{
    Answers as _, AwsAnswer, BYTES, MD5, OTHER_MD5, Rule, SIZE, context, deliver,
};

use super::{RECORD, event, handle};
use crate::verify_upload;

/// The update that completes what was joined with the MD5 that was read.
const BY_READING: &[&str] = &[
    "SET status = 'COMPLETED', completedAt = 1775649600000, \
    etag = '0123456789abcdef0123456789abcdef-2', md5 = '5eb63bbbe01eeed093cb22bb8f5acdc3' REMOVE",
    "(attribute_not_exists(claimedMd5) OR claimedMd5 = '5eb63bbbe01eeed093cb22bb8f5acdc3')",
];
/// The update that completes with the parts as the only proof.
const BY_PARTS: &[&str] = &[
    "SET status = 'COMPLETED'",
    "AND attribute_exists(uploadId) AND attribute_not_exists(claimedMd5)",
];
/// The update that adds the MD5 to a file that was completed without.
const AMEND: &[&str] = &["SET md5 = '5eb63bbbe01eeed093cb22bb8f5acdc3' \
    REMOVE hashedEtag, bytesHashed, md5State, hashedAt IF id = 'fil_000000070123456789abcdef' \
    AND status = 'COMPLETED' AND etag = '0123456789abcdef0123456789abcdef-2'"];

/// The item of a file whose completion with this MD5 has begun.
fn claimed(md5: &str) -> Value {
    with(item_in_parts("COMPLETING"), &json!({ "claimedMd5": { "S": md5 } }))
}

/// The item of a file that was completed by its parts.
fn without_md5() -> Value {
    let mut item = item_in_parts("COMPLETED");
    item.as_object_mut().unwrap().remove("md5");
    item
}

/// The read of the record. Whatever comes after it is told by the updates.
fn record(item: &Value) -> Rule {
    get(FILE).answers(read(Some(item)))
}

#[tokio::test]
async fn what_is_claimed_is_completed_once_it_is_read() {
    let record = record(&claimed(MD5));
    let head = head().answers(object(SIZE, JOINED));
    let object = get_exactly(JOINED).answers_after(&[&head], bytes(BYTES));
    let file = update(FILE, BY_READING).answers_after(&[&object], updated(&file_item("COMPLETED")));
    let rules = [&record, &head, &object, &file];
    handle(event(OBJECT, JOINED), &rules).await.unwrap();
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1]);
}

#[tokio::test]
async fn parts_without_a_claim_are_completed_at_once_and_their_md5_is_added_when_it_is_read() {
    let record = record(&item_in_parts("COMPLETING"));
    let head = head().answers(object(SIZE, JOINED));
    let file = update(FILE, BY_PARTS).answers_after(&[&head], updated(&without_md5()));
    let object = get_exactly(JOINED).answers_after(&[&file], bytes(BYTES));
    let amend = update(FILE, AMEND).answers_after(&[&object], updated(&file_item("COMPLETED")));
    let rules = [&record, &head, &file, &object, &amend];
    handle(event(OBJECT, JOINED), &rules).await.unwrap();
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn what_is_not_claimed_is_deleted_and_the_session_is_open_for_fresh_parts() {
    let record = record(&claimed(OTHER_MD5));
    let head = head().answers(object(SIZE, JOINED));
    let object = get_exactly(JOINED).answers(bytes(BYTES));
    let marked = &[
        "SET rejected = '0123456789abcdef0123456789abcdef-2'",
        "refusedMd5 = '5eb63bbbe01eeed093cb22bb8f5acdc3' \
         REMOVE verifiedEtag, verifiedMd5, verifiedBytes, verifiedAt ADD rejections 1 IF",
    ];
    let mark = update(FILE, marked).answers_after(&[&object], updated(&claimed(OTHER_MD5)));
    let delete = delete_exactly(JOINED).answers_after(&[&mark], empty(204));
    let fresh = open_upload(None).answers_after(&[&delete], opened(FRESH_UPLOAD));
    let session = put(SESSION, &["ttl = 1775653200"]).answers_after(&[&delete], done());
    let unmark = update(
        FILE,
        &["SET status = 'PENDING', uploadId = 'upload-2', \
        expiresAt = 1775653200000 REMOVE rejected, rejectedAt, rejectedBy, completingSince,"],
    );
    let unmark = unmark.answers_after(&[&fresh, &session], updated(&replaced()));
    let rules = [&record, &head, &object, &mark, &delete, &fresh, &session, &unmark];
    handle(event(OBJECT, JOINED), &rules).await.unwrap();
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn another_size_is_rejected_unread() {
    for size in [SIZE + 1, SIZE - 1] {
        let record = record(&claimed(MD5));
        let head = head().answers(object(size, JOINED));
        let mark = update(
            FILE,
            &[
                "SET rejected = '0123456789abcdef",
                "REMOVE verifiedEtag, verifiedMd5, verifiedBytes, verifiedAt, refusedMd5 ADD",
            ],
        );
        let mark = mark.answers(refused(Some(&item_in_parts("CANCELLED"))));
        let delete = delete_exactly(JOINED).answers(empty(204));
        let object = get_exactly(JOINED).answers(bytes(BYTES));
        let rules = [&record, &head, &mark, &delete, &object];
        handle(event(OBJECT, JOINED), &rules).await.unwrap();
        assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 0, 0]);
    }
}

#[tokio::test]
async fn a_completion_that_begins_while_the_bytes_are_read_is_ended() {
    let found = record(&file_item("PENDING"));
    let head = head().answers(object(SIZE, JOINED));
    let object = get_exactly(JOINED).answers(bytes(BYTES));
    let record = update(FILE, RECORD).answers_after(&[&object], refused(Some(&claimed(MD5))));
    let file = update(FILE, BY_READING).answers_after(&[&record], updated(&file_item("COMPLETED")));
    let rules = [&found, &head, &object, &record, &file];
    handle(event(OBJECT, JOINED), &rules).await.unwrap();
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn an_event_whose_etag_is_the_md5_ends_a_completion_that_has_begun() {
    let record = update(FILE, RECORD).answers(refused(Some(&claimed(MD5))));
    let head = head().answers(object(SIZE, MD5));
    let file = update(FILE, &["SET status = 'COMPLETED'"]);
    let file = file.answers_after(&[&head], updated(&file_item("COMPLETED")));
    let rules = [&record, &head, &file];
    handle(event(OBJECT, MD5), &rules).await.unwrap();
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1]);
}

#[tokio::test]
async fn when_time_is_up_the_state_is_noted_and_then_another_invocation_is_called() {
    let record = record(&claimed(MD5));
    let head = head().answers(object(SIZE, JOINED));
    let progress = &[
        "SET hashedEtag = '0123456789abcdef0123456789abcdef-2', bytesHashed = 0, \
        md5State = '",
        "hashedAt = 1775649600000 IF id = 'fil_000000070123456789abcdef' \
        AND attribute_not_exists(md5)",
    ];
    let progress = update(FILE, progress).answers(updated(&claimed(MD5)));
    let object = get_exactly(JOINED).answers(AwsAnswer::never());
    let note = put_note().answers_after(&[&progress], empty(200));
    let rules = [&record, &head, &object, &progress, &note];
    let event = event(OBJECT, JOINED);
    deliver(Duration::from_millis(4), &context(&rules), &verify_upload, event).await.unwrap();
    assert_eq!([&record, &head, &progress, &note].map(Rule::num_calls), [1, 1, 1, 1]);
}

#[tokio::test]
async fn another_invocation_goes_on_where_the_state_was_noted_and_takes_the_note_away() {
    let object = StoredObject::new(SIZE, ETag::new(JOINED), None, Encryption::S3Managed);
    let mut midway = Midway::of(&object, None);
    midway.update(&BYTES.as_bytes()[..6]);
    let noted = json!({ "hashedEtag": { "S": JOINED }, "bytesHashed": { "N": "6" },
        "md5State": { "S": midway.state.to_string() }, "hashedAt": { "N": "1775649600000" } });
    let completing = with(claimed(MD5), &noted);

    let record = record(&completing);
    let head = head().answers(shared::testing::s3::object(SIZE, JOINED));
    let rest = AwsAnswer::new(206, &BYTES[6..]).header("content-range", "bytes 6-10/11");
    let rest = get_exactly(JOINED).answers(rest);
    let file = update(FILE, BY_READING).answers_after(&[&rest], updated(&file_item("COMPLETED")));
    let end = delete_note().answers_after(&[&file], empty(204));
    let rules = [&record, &head, &rest, &file, &end];
    handle(event(NOTE, MD5), &rules).await.unwrap();
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1, 1]);
}
