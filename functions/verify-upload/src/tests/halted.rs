//! A completion that somebody began and did not live to end.

use serde_json::{Value, json};
use shared::testing::dynamodb::{
    FILE, SESSION, done, file_item, get, put, read, update, updated, with,
};
use shared::testing::parts::{
    FRESH_UPLOAD, JOINED, NOTE, PARTS, delete_note, item_in_parts, list_parts, listed, open_upload,
    opened, replaced, s3_error,
};
use shared::testing::s3::{delete_exactly, empty, head, object};
use shared::testing::{Answers as _, MD5, Rule, SIZE};

use super::{event, handle};

/// What opens the session again, for the same parts.
const REOPEN: &[&str] = &[
    "SET status = 'PENDING', expiresAt = 1775653200000 REMOVE completingSince,",
    "uploadId = 'upload-1' AND attribute_not_exists(rejected)",
];
/// What opens the session again, for all parts.
const REPLACE: &[&str] = &[
    "SET status = 'PENDING', uploadId = 'upload-2', expiresAt = 1775653200000 \
    REMOVE completingSince,",
    "uploadId = 'upload-1' AND attribute_not_exists(rejected)",
];
/// What opens the session again for all parts, and takes the mark of a rejection away.
const UNMARK: &[&str] = &[
    "SET status = 'PENDING', uploadId = 'upload-2', expiresAt = 1775653200000 \
    REMOVE rejected, rejectedAt, rejectedBy,",
    "rejectedBy = 'dead'",
];

/// The item of a file whose completion began so many milliseconds ago, and with other attributes.
fn begun(millis_ago: u64, attributes: &Value) -> Value {
    let since = (shared::testing::NOW.millis() - millis_ago).to_string();
    let since = json!({ "completingSince": { "N": since } });
    with(with(item_in_parts("COMPLETING"), &since), attributes)
}

/// The mark of a rejection that somebody began so many milliseconds ago.
fn mark(millis_ago: u64) -> Value {
    let since = (shared::testing::NOW.millis() - millis_ago).to_string();
    json!({ "rejected": { "S": JOINED }, "rejectedAt": { "N": since },
        "rejectedBy": { "S": "dead" }, "rejections": { "N": "1" } })
}

const FIVE_MINUTES: u64 = 5 * 60 * 1000;

#[tokio::test]
async fn parts_that_were_never_joined_can_be_completed_again() {
    let record = get(FILE).answers(read(Some(&begun(FIVE_MINUTES, &json!({})))));
    let nothing = head().answers(empty(404));
    let parts = list_parts("0", 1000).answers(listed(&PARTS, false));
    let session = put(SESSION, &["ttl = 1775653200"]).answers(done());
    let reopen = update(FILE, REOPEN);
    let reopen = reopen.answers_after(&[&session], updated(&item_in_parts("PENDING")));
    let end = delete_note().answers_after(&[&reopen], empty(204));
    let rules = [&record, &nothing, &parts, &session, &reopen, &end];
    handle(event(NOTE, MD5), &rules).await.unwrap();
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn an_upload_that_is_lost_is_replaced() {
    let record = get(FILE).answers(read(Some(&begun(FIVE_MINUTES, &json!({})))));
    let nothing = head().answers(empty(404));
    let parts = list_parts("0", 1000).answers(s3_error(404, "NoSuchUpload"));
    let fresh = open_upload(None).answers_after(&[&parts], opened(FRESH_UPLOAD));
    let session = put(SESSION, &["ttl = 1775653200"]).answers(done());
    let replace = update(FILE, REPLACE);
    let replace = replace.answers_after(&[&fresh, &session], updated(&replaced()));
    let end = delete_note().answers_after(&[&replace], empty(204));
    let rules = [&record, &nothing, &parts, &fresh, &session, &replace, &end];
    handle(event(NOTE, MD5), &rules).await.unwrap();
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn a_single_put_whose_object_is_gone_can_be_sent_again() {
    let since = (shared::testing::NOW.millis() - FIVE_MINUTES).to_string();
    let begun = json!({ "completingSince": { "N": since },
        "expiresAt": { "N": shared::testing::DUE.millis().to_string() } });
    let record = get(FILE).answers(read(Some(&with(file_item("COMPLETING"), &begun))));
    let nothing = head().answers(empty(404));
    let session = put(SESSION, &["ttl = 1775653200"]).answers(done());
    let reopen = update(
        FILE,
        &["SET status = 'PENDING', expiresAt = 1775653200000 REMOVE completingSince,"],
    );
    let reopen = reopen.answers_after(&[&session], updated(&file_item("PENDING")));
    let end = delete_note().answers_after(&[&reopen], empty(204));
    let rules = [&record, &nothing, &session, &reopen, &end];
    handle(event(NOTE, MD5), &rules).await.unwrap();
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn parts_are_kept_no_longer_than_the_bucket_keeps_them() {
    const DAY: u64 = 24 * 3600 * 1000;
    let created = |millis_ago: u64| {
        let at = (shared::testing::NOW.millis() - millis_ago).to_string();
        json!({ "createdAt": { "N": at } })
    };
    // Forty minutes are left of the eight days; the session's hour is cut.
    let old = created(8 * DAY - 40 * 60 * 1000);
    let record = get(FILE).answers(read(Some(&begun(FIVE_MINUTES, &old))));
    let nothing = head().answers(empty(404));
    let parts = list_parts("0", 1000).answers(listed(&PARTS, false));
    let session = put(SESSION, &["ttl = 1775652000"]).answers(done());
    let reopen = update(FILE, &["SET status = 'PENDING', expiresAt = 1775652000000 REMOVE"]);
    let reopen = reopen.answers(updated(&item_in_parts("PENDING")));
    let end = delete_note().answers(empty(204));
    handle(event(NOTE, MD5), &[&record, &nothing, &parts, &session, &reopen, &end]).await.unwrap();
    assert_eq!([&session, &reopen].map(Rule::num_calls), [1, 1]);
    // Twenty minutes are less than half the hour: the client gets a fresh upload instead.
    let older = created(8 * DAY - 20 * 60 * 1000);
    let record = get(FILE).answers(read(Some(&begun(FIVE_MINUTES, &older))));
    let nothing = head().answers(empty(404));
    let parts = list_parts("0", 1000).answers(listed(&PARTS, false));
    let fresh = open_upload(None).answers(opened(FRESH_UPLOAD));
    let session = put(SESSION, &["ttl = 1775653200"]).answers(done());
    let replace = update(FILE, REPLACE).answers(updated(&replaced()));
    let end = delete_note().answers(empty(204));
    let rules = [&record, &nothing, &parts, &fresh, &session, &replace, &end];
    handle(event(NOTE, MD5), &rules).await.unwrap();
    assert_eq!([&fresh, &session, &replace].map(Rule::num_calls), [1, 1, 1]);
}

#[tokio::test]
async fn a_completion_that_may_still_be_at_work_is_left_alone() {
    let record = get(FILE).answers(read(Some(&begun(FIVE_MINUTES - 1, &json!({})))));
    let nothing = head().answers(empty(404));
    let parts = list_parts("0", 1000).answers(listed(&PARTS, false));
    let end = delete_note().answers(empty(204));
    let rules = [&record, &nothing, &parts, &end];
    handle(event(NOTE, MD5), &rules).await.unwrap();
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 0, 1]);
}

#[tokio::test]
async fn a_rejection_that_was_left_half_done_is_finished_whether_its_bytes_are_gone_or_not() {
    for (held, deleted) in [(object(SIZE, JOINED), 204), (empty(404), 404)] {
        let record = get(FILE).answers(read(Some(&begun(FIVE_MINUTES, &mark(60_000)))));
        let held = head().answers(held);
        let parts = list_parts("0", 1000).answers(s3_error(404, "NoSuchUpload"));
        let delete = delete_exactly(JOINED).answers_after(&[&held], empty(deleted));
        let fresh = open_upload(None).answers_after(&[&delete], opened(FRESH_UPLOAD));
        let session = put(SESSION, &["ttl = 1775653200"]).answers(done());
        let unmark = update(FILE, UNMARK).answers_after(&[&fresh, &session], updated(&replaced()));
        let end = delete_note().answers_after(&[&unmark], empty(204));
        let rules = [&record, &held, &parts, &delete, &fresh, &session, &unmark, &end];
        handle(event(NOTE, MD5), &rules).await.unwrap();
        assert_eq!(rules.map(Rule::num_calls), [1, 1, 0, 1, 1, 1, 1, 1]);
    }
}

#[tokio::test]
async fn a_rejection_that_may_still_be_at_work_makes_the_event_come_again() {
    for held in [object(SIZE, JOINED), empty(404)] {
        let record = get(FILE).answers(read(Some(&begun(FIVE_MINUTES, &mark(59_999)))));
        let held = head().answers(held);
        let delete = delete_exactly(JOINED).answers(empty(204));
        let fresh = open_upload(None).answers(opened(FRESH_UPLOAD));
        let parts = list_parts("0", 1000).answers(s3_error(404, "NoSuchUpload"));
        let rules = [&record, &held, &parts, &delete, &fresh];
        assert!(handle(event(NOTE, MD5), &rules).await.is_err());
        assert_eq!([&delete, &fresh].map(Rule::num_calls), [0, 0]);
    }
}
