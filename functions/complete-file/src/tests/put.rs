//! A file that came by a single PUT.

use serde_json::json;
use shared::testing::dynamodb::{FILE, file_item, get, read, refused, update, updated};
use shared::testing::s3::{bytes, empty, get_exactly, head, kms_object, object};
use shared::testing::{Answers as _, BYTES, MD5, NOW, OTHER_MD5, Rule, SIZE};

use super::{COMPLETE, MARK, complete, pending};

#[tokio::test]
async fn what_s3_holds_is_completed_by_one_look_and_one_guarded_update() {
    for body in [json!({}), json!({ "md5": MD5 })] {
        let head = head().answers(object(SIZE, MD5));
        let file = update(FILE, COMPLETE).answers(updated(&file_item("COMPLETED")));
        let answer = complete(&body, &[&head, &file]).await;
        assert_eq!((answer.status, &answer.body["md5"]), (200, &json!(MD5)), "{answer:?}");
        assert_eq!(answer.body["status"], "COMPLETED");
        assert_eq!(answer.body["completedAt"], "2026-04-08T11:59:59.000Z");
        assert_eq!([&head, &file].map(Rule::num_calls), [1, 1]);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_completed_says_what_it_is() {
    let overdue = pending(&json!({ "expiresAt": { "N": NOW.millis().to_string() } }));
    let mark = json!({ "rejected": { "S": "e" }, "rejectedAt": { "N": "1775649540001" },
        "rejectedBy": { "S": "another" }, "rejections": { "N": "1" } });
    for (found, error, header) in [
        (None, (404, "not_found"), ("x-should-retry", None)),
        (
            Some(file_item("CANCELLED")),
            (409, "file_not_pending"),
            ("x-should-retry", Some("false")),
        ),
        (Some(file_item("EXPIRED")), (409, "file_not_pending"), ("x-should-retry", Some("false"))),
        (Some(overdue), (409, "file_not_pending"), ("x-should-retry", Some("false"))),
        (Some(pending(&mark)), (503, "service_unavailable"), ("retry-after", Some("1"))),
    ] {
        let held = head().answers(object(SIZE, MD5));
        let refusal = update(FILE, COMPLETE).answers(refused(found.as_ref()));
        let with_bytes = complete(&json!({}), &[&held, &refusal]).await;
        let nothing = head().answers(empty(404));
        let record = get(FILE).answers(read(found.as_ref()));
        let without_bytes = complete(&json!({}), &[&nothing, &record]).await;
        for answer in [with_bytes, without_bytes] {
            assert_eq!(answer.error(), error);
            assert_eq!(answer.header(header.0), header.1);
        }
    }
}

#[tokio::test]
async fn a_completed_file_is_the_answer_to_every_repetition_but_one_with_another_md5() {
    let nothing = head().answers(empty(404));
    let record = get(FILE).answers(read(Some(&file_item("COMPLETED"))));
    let held = head().answers(object(SIZE, MD5));
    let refusal = update(FILE, COMPLETE).answers(refused(Some(&file_item("COMPLETED"))));
    let no_mark = update(FILE, MARK).answers(refused(Some(&file_item("COMPLETED"))));
    for rules in [[&nothing, &record, &no_mark], [&held, &refusal, &no_mark]] {
        for body in [json!({}), json!({ "md5": MD5 })] {
            let answer = complete(&body, &rules).await;
            assert_eq!(answer.body["completedAt"], "2026-04-08T11:59:59.000Z");
        }
        let answer = complete(&json!({ "md5": OTHER_MD5 }), &rules).await;
        assert_eq!(answer.error(), (422, "checksum_mismatch"));
    }
}

#[tokio::test]
async fn without_bytes_nothing_is_completed() {
    let nothing = head().answers(empty(404));
    let record = get(FILE).answers(read(Some(&file_item("PENDING"))));
    let answer = complete(&json!({ "md5": MD5 }), &[&nothing, &record]).await;
    assert_eq!(answer.error(), (422, "upload_missing"));
}

#[tokio::test]
async fn what_was_seen_before_a_rejection_is_looked_at_again() {
    let rejections = json!({ "rejections": { "N": "1" } });
    let head = head().answers(object(SIZE, MD5));
    let first = update(FILE, COMPLETE).answers(refused(Some(&pending(&rejections))));
    let second =
        update(FILE, &["rejections = 1 AND attribute_not_exists(rejected) AND sizeBytes = 11"])
            .answers_after(&[&first], updated(&file_item("COMPLETED")));
    let answer = complete(&json!({}), &[&head, &first, &second]).await;
    assert_eq!(answer.status, 200);
    assert_eq!([&head, &first, &second].map(Rule::num_calls), [2, 1, 1]);
}

#[tokio::test]
async fn a_decision_that_the_table_contradicts_for_ever_ends_as_a_fault_of_ours() {
    let head = head().answers(object(SIZE, MD5));
    let file = update(FILE, COMPLETE).answers(refused(Some(&file_item("PENDING"))));
    let answer = complete(&json!({}), &[&head, &file]).await;
    assert_eq!(answer.error(), (500, "internal_server_error"));
    assert_eq!(file.num_calls(), 64);
}

#[tokio::test]
async fn bytes_whose_md5_nobody_knows_are_read_and_then_completed() {
    // Under KMS the ETag looks like an MD5, and is none.
    let head = head().answers(kms_object(SIZE, OTHER_MD5));
    let recorded = update(
        FILE,
        &[
            "md5 = verifiedMd5 REMOVE expiresAt,",
            "AND verifiedEtag = 'd41d8cd98f00b204e9800998ecf8427e' \
            AND verifiedMd5 <> 'd41d8cd98f00b204e9800998ecf8427e' \
            AND (attribute_not_exists(claimedMd5) OR claimedMd5 = verifiedMd5) \
            AND verifiedMd5 = '5eb63bbbe01eeed093cb22bb8f5acdc3'",
        ],
    );
    let recorded = recorded.answers(refused(Some(&file_item("PENDING"))));
    let object = get_exactly(OTHER_MD5).answers_after(&[&recorded], bytes(BYTES));
    let read = update(FILE, &["etag = 'd41d", "md5 = '5eb63bbbe01eeed093cb22bb8f5acdc3' REMOVE"])
        .answers_after(&[&object], updated(&file_item("COMPLETED")));
    let answer = complete(&json!({ "md5": MD5 }), &[&head, &recorded, &object, &read]).await;
    assert_eq!((answer.status, &answer.body["md5"]), (200, &json!(MD5)));
    assert_eq!([&head, &recorded, &object, &read].map(Rule::num_calls), [1, 1, 1, 1]);
}
