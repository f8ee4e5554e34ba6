//! The MD5 of a file in parts.

use std::time::Duration;

use serde_json::{Value, json};
use shared::testing::dynamodb::{FILE, SESSION, done, file_item, get, put, read, refused, update};
use shared::testing::dynamodb::{updated, with};
use shared::testing::gateway::Answer;
use shared::testing::parts::{
    FRESH_UPLOAD, JOINED, PARTS, item_in_parts, join, joined, joined_as, list_parts, listed,
    open_upload, opened, put_note, replaced,
};
use shared::testing::s3::{bytes, delete_exactly, empty, get_exactly, head, object};
use shared::testing::{Answers as _, AwsAnswer, BYTES, MD5, OTHER_MD5, Rule, SIZE};

use super::joining::{BOTH, completed};
use super::{ANY, claim, complete, send};

/// The update that records that a completion with this MD5 has begun.
const BEGIN_CLAIM: &[&str] = &[
    "SET status = 'COMPLETING', completingSince = if_not_exists(completingSince, 1775649600000), \
    claimedMd5 = '5eb63bbbe01eeed093cb22bb8f5acdc3' REMOVE refusedMd5 IF",
    "(attribute_not_exists(claimedMd5) OR claimedMd5 = '5eb63bbbe01eeed093cb22bb8f5acdc3')",
];
/// The update that completes with the MD5 that an event has recorded.
const BY_RECORD: &[&str] = &["SET status = 'COMPLETED'", "md5 = verifiedMd5"];
/// The update that completes what was joined with the MD5 that was read.
const BY_READING: &[&str] = &["SET status = 'COMPLETED', completedAt = 1775649600000, \
    etag = '0123456789abcdef0123456789abcdef-2', md5 = '5eb63bbbe01eeed093cb22bb8f5acdc3' REMOVE"];

const TWO_GIB: u64 = 2 * 1024 * 1024 * 1024;

/// The item of a file whose completion with [`MD5`] has begun.
fn completing(attributes: &Value) -> Value {
    let claimed = with(item_in_parts("COMPLETING"), &json!({ "claimedMd5": { "S": MD5 } }));
    with(claimed, attributes)
}

#[tokio::test]
async fn a_claimed_md5_is_proven_by_reading_what_was_joined() {
    let nothing = head().answers(empty(404));
    let record = get(FILE).answers(read(Some(&item_in_parts("PENDING"))));
    let list = list_parts("0", 1000).answers(listed(&PARTS, false));
    let begin = update(FILE, BEGIN_CLAIM).answers_after(&[&list], updated(&completing(&json!({}))));
    let join = join(BOTH).answers_after(&[&begin], joined());
    let object = get_exactly(JOINED).answers_after(&[&join], bytes(BYTES));
    let file = update(FILE, BY_READING).answers_after(&[&object], updated(&file_item("COMPLETED")));
    let rules = [&nothing, &record, &list, &begin, &join, &object, &file];
    let answer = complete(&json!({ "md5": MD5 }), &rules).await;
    assert_eq!((answer.status, &answer.body["md5"]), (200, &json!(MD5)), "{answer:?}");
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1, 1, 1, 1]);
}

/// What a completion of a file of one part comes to: its `ETag` is the MD5 of all bytes.
async fn complete_one_part(body: &Value, others: &[&Rule]) -> Answer {
    let one = json!({ "partSizeBytes": { "N": "11" } });
    let nothing = head().answers(empty(404));
    let record = get(FILE).answers(read(Some(&with(item_in_parts("PENDING"), &one))));
    let list = list_parts("0", 1000).answers(listed(&[(1, SIZE, MD5)], false));
    let completing = with(item_in_parts("COMPLETING"), &one);
    let completing = match body["md5"].as_str() {
        Some(md5) => with(completing, &json!({ "claimedMd5": { "S": md5 } })),
        None => completing,
    };
    let begin = update(FILE, &["SET status = 'COMPLETING'"]).answers(updated(&completing));
    let join = join("1=\"5eb63bbbe01eeed093cb22bb8f5acdc3\"")
        .answers_after(&[&begin], joined_as("0123-1"));
    complete(body, &[&[&nothing, &record, &list, &begin, &join], others].concat()).await
}

#[tokio::test]
async fn the_md5_of_a_single_part_is_that_of_the_file_and_nothing_is_read() {
    for body in [json!({}), json!({ "md5": MD5 })] {
        let file = update(
            FILE,
            &["etag = '0123-1', md5 = '5eb63bbbe01eeed093cb22bb8f5acdc3' REMOVE", "sizeBytes = 11"],
        );
        let file = file.answers(updated(&file_item("COMPLETED")));
        let answer = complete_one_part(&body, &[&file]).await;
        assert_eq!((answer.status, file.num_calls()), (200, 1), "{answer:?}");
    }
}

#[tokio::test]
async fn parts_of_another_md5_are_rejected_and_a_fresh_upload_takes_their_place() {
    let marked = &["SET rejected = '0123-1'", "refusedMd5 = '5eb63bbbe01eeed093cb22bb8f5acdc3'"];
    let mark = update(FILE, marked).answers(updated(&completing(&json!({}))));
    let delete = delete_exactly("0123-1").answers_after(&[&mark], empty(204));
    let fresh = open_upload(None).answers_after(&[&delete], opened(FRESH_UPLOAD));
    let session = put(SESSION, &["ttl = 1775653200"]).answers_after(&[&delete], done());
    let unmark = update(
        FILE,
        &["SET status = 'PENDING', uploadId = 'upload-2', expiresAt = 1775653200000 \
        REMOVE rejected, rejectedAt, rejectedBy, completingSince, claimedMd5,"],
    );
    let unmark = unmark.answers_after(&[&fresh, &session], updated(&replaced()));
    let rules = [&mark, &delete, &fresh, &session, &unmark];
    let answer = complete_one_part(&json!({ "md5": OTHER_MD5 }), &rules).await;
    assert_eq!((answer.error(), answer.param()), ((422, "checksum_mismatch"), Some("md5")));
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn bytes_that_are_too_many_to_read_within_a_request_are_left_to_the_event() {
    let large = json!({ "sizeBytes": { "N": TWO_GIB.to_string() },
        "hashedEtag": { "S": JOINED }, "bytesHashed": { "N": "536870912" },
        "hashedAt": { "N": "1775649600000" },
        "md5State": { "S": shared::domain::Md5State::default().to_string() } });
    let held = head().answers(object(TWO_GIB, JOINED));
    let recorded = update(FILE, BY_RECORD).answers(refused(Some(&completing(&large))));
    let begin = update(FILE, BEGIN_CLAIM).answers_after(&[&recorded], updated(&completing(&large)));
    let bytes = get_exactly(JOINED).answers(empty(503));
    let answer = complete(&json!({ "md5": MD5 }), &[&held, &recorded, &begin, &bytes]).await;
    assert_eq!((answer.status, &answer.body["status"]), (202, &json!("PENDING")), "{answer:?}");
    let verification = json!({ "state": "HASHING", "bytesHashed": 536_870_912 });
    assert_eq!(answer.body["verification"], verification);
    assert_eq!([&begin, &bytes].map(Rule::num_calls), [1, 0]);
}

#[tokio::test]
async fn bytes_that_cannot_be_read_in_time_are_left_to_the_event_unless_it_has_read_them() {
    let verified = json!({ "verifiedEtag": { "S": JOINED }, "verifiedMd5": { "S": MD5 },
        "verifiedBytes": { "N": "11" }, "verifiedAt": { "N": "1775649600000" } });
    for (begun, status) in [(json!({}), 202), (verified, 200)] {
        let held = head().answers(object(SIZE, JOINED));
        let recorded = update(FILE, BY_RECORD).answers(refused(Some(&item_in_parts("PENDING"))));
        let progress = update(FILE, &["SET hashedEtag = '0123456789abcdef", "bytesHashed = 0"])
            .answers_after(&[&recorded], updated(&item_in_parts("PENDING")));
        let begin =
            update(FILE, BEGIN_CLAIM).answers_after(&[&progress], updated(&completing(&begun)));
        let file = update(FILE, BY_READING).answers(updated(&file_item("COMPLETED")));
        let object = get_exactly(JOINED).answers(AwsAnswer::never());
        let request = claim(&json!({ "md5": MD5 })).within(Duration::from_millis(4));
        let rules = [&held, &recorded, &object, &progress, &begin, &file];
        let answer = send(request, &rules).await;
        assert_eq!((answer.status, begin.num_calls()), (status, 1), "{answer:?}");
    }
}

#[tokio::test]
async fn a_completion_that_came_to_a_halt_is_set_going_by_its_repetition() {
    let stalled = json!({ "sizeBytes": { "N": TWO_GIB.to_string() },
        "completingSince": { "N": "1775649300000" } });
    let held = head().answers(object(TWO_GIB, JOINED));
    let recorded = update(FILE, BY_RECORD).answers(refused(Some(&completing(&stalled))));
    let begin = update(FILE, BEGIN_CLAIM).answers(updated(&completing(&stalled)));
    let note = put_note().answers_after(&[&begin], empty(200));
    let answer = complete(&json!({ "md5": MD5 }), &[&held, &recorded, &begin, &note]).await;
    assert_eq!((answer.status, note.num_calls()), (202, 1), "{answer:?}");
}

#[tokio::test]
async fn a_completed_file_whose_md5_nobody_reads_is_read_when_one_is_claimed() {
    let five_minutes_ago = json!({ "completedAt": { "N": "1775649300000" } });
    let a_moment_later = json!({ "completedAt": { "N": "1775649300001" } });
    let read_since = json!({ "completedAt": { "N": "1775640000000" },
        "hashedEtag": { "S": JOINED }, "bytesHashed": { "N": "5" },
        "hashedAt": { "N": "1775649599000" },
        "md5State": { "S": shared::domain::Md5State::default().to_string() } });
    for (attributes, notes) in [(five_minutes_ago, 1), (a_moment_later, 0), (read_since, 0)] {
        let mut item = item_in_parts("COMPLETED");
        item.as_object_mut().unwrap().remove("md5");
        let item = with(item, &attributes);
        let held = head().answers(object(SIZE, JOINED));
        let recorded = update(FILE, BY_RECORD).answers(refused(Some(&item)));
        let note = put_note().answers(empty(200));
        let answer = complete(&json!({ "md5": MD5 }), &[&held, &recorded, &note]).await;
        assert_eq!((answer.status, note.num_calls()), (202, notes), "{attributes}");
    }
}

#[tokio::test]
async fn a_claim_of_another_md5_than_the_one_that_is_being_proven_is_a_conflict() {
    let begun = completing(&json!({}));
    let nothing = head().answers(empty(404));
    let record = get(FILE).answers(read(Some(&begun)));
    let held = head().answers(object(SIZE, JOINED));
    let recorded = update(FILE, BY_RECORD).answers(refused(Some(&begun)));
    let known = head().answers(object(SIZE, MD5));
    let mark = update(
        FILE,
        &[
            "SET rejected = '5eb63bbbe01eeed093cb22bb8f5acdc3'",
            "AND (attribute_not_exists(claimedMd5) OR claimedMd5 <> '5eb63bbbe01eeed093cb22bb8f5acdc3')",
        ],
    );
    let mark = mark.answers(refused(Some(&begun)));
    for rules in [[&nothing, &record], [&held, &recorded], [&known, &mark]] {
        let delete = delete_exactly(MD5).answers(empty(204));
        let rules = [&rules[..], &[&delete]].concat();
        let answer = complete(&json!({ "md5": OTHER_MD5 }), &rules).await;
        assert_eq!(answer.error(), (409, "completion_begun"));
        assert_eq!((answer.header("x-should-retry"), delete.num_calls()), (Some("false"), 0));
    }
}

#[tokio::test]
async fn a_repetition_without_an_md5_stands_by_the_one_that_was_claimed() {
    let held = head().answers(object(SIZE, JOINED));
    let recorded = update(FILE, BY_RECORD).answers(refused(Some(&completing(&json!({})))));
    let object = get_exactly(JOINED).answers(bytes(BYTES));
    let file = update(FILE, BY_READING).answers_after(&[&object], updated(&file_item("COMPLETED")));
    let by_parts = update(FILE, &["attribute_exists(uploadId)"]).answers(updated(&completed()));
    let rules = [&held, &recorded, &object, &file, &by_parts];
    assert_eq!(complete(&json!({}), &rules).await.status, 200);
    assert_eq!([&file, &by_parts].map(Rule::num_calls), [1, 0]);
}

#[tokio::test]
async fn a_claim_for_a_file_whose_md5_is_being_learnt_is_waited_for() {
    let held = head().answers(object(SIZE, JOINED));
    let file = update(FILE, ANY).answers(refused(Some(&completed())));
    let answer = complete(&json!({ "md5": MD5 }), &[&held, &file]).await;
    assert_eq!((answer.status, &answer.body["status"]), (202, &json!("COMPLETED")));
    let answer = complete(&json!({}), &[&held, &file]).await;
    assert_eq!((answer.status, &answer.body["md5"]), (200, &Value::Null));
}
