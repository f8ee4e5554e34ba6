//! Bytes that are not what was promised.

use serde_json::json;
use shared::testing::dynamodb::{FILE, file_item, get, read, refused, update, updated};
use shared::testing::gateway::REQUEST_ID;
use shared::testing::s3::{delete_exactly, empty, head, object};
use shared::testing::{Answers as _, MD5, OTHER_MD5, Rule, SIZE};

use super::{COMPLETE, MARK, MARK_OF_SIZE, UNMARK, complete, pending};

#[tokio::test]
async fn another_md5_is_rejected_by_mark_deletion_and_unmark_in_this_order() {
    let head = head().answers(object(SIZE, MD5));
    let mark = update(FILE, MARK).answers(updated(&file_item("PENDING")));
    let delete = delete_exactly(MD5).answers_after(&[&mark], empty(204));
    let unmark = update(FILE, UNMARK).answers_after(&[&delete], updated(&file_item("PENDING")));
    let rules = [&head, &mark, &delete, &unmark];
    let answer = complete(&json!({ "md5": OTHER_MD5 }), &rules).await;
    assert_eq!((answer.error(), answer.param()), ((422, "checksum_mismatch"), Some("md5")));
    assert!(answer.body["error"]["message"].as_str().unwrap().contains(MD5));
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1]);
}

#[tokio::test]
async fn another_size_is_rejected_in_the_same_way() {
    const SIZES: [(u64, &[&str]); 2] = [
        (12, &["SET status = 'COMPLETED'", "sizeBytes = 12"]),
        (10, &["SET status = 'COMPLETED'", "sizeBytes = 10"]),
    ];
    for (size, completing) in SIZES {
        let head = head().answers(object(size, MD5));
        let file = update(FILE, completing);
        let file = file.answers(refused(Some(&file_item("PENDING"))));
        let mark = update(FILE, MARK_OF_SIZE);
        let mark = mark.answers_after(&[&file], updated(&file_item("PENDING")));
        let delete = delete_exactly(MD5).answers_after(&[&mark], empty(412));
        let unmark = update(FILE, UNMARK);
        let unmark = unmark.answers_after(&[&delete], refused(Some(&file_item("PENDING"))));
        let answer = complete(&json!({}), &[&head, &file, &mark, &delete, &unmark]).await;
        assert_eq!(answer.error(), (422, "size_mismatch"));
        assert_eq!([&delete, &unmark].map(Rule::num_calls), [1, 1]);
    }
}

#[tokio::test]
async fn a_rejection_that_lost_to_a_completion_deletes_nothing() {
    let head = head().answers(object(SIZE, MD5));
    let mark = update(FILE, MARK).answers(refused(Some(&file_item("COMPLETED"))));
    let delete = delete_exactly(MD5).answers(empty(204));
    let answer = complete(&json!({ "md5": OTHER_MD5 }), &[&head, &mark, &delete]).await;
    assert_eq!(answer.error(), (422, "checksum_mismatch"));
    assert_eq!(delete.num_calls(), 0);
}

#[tokio::test]
async fn an_abandoned_rejection_is_finished_first() {
    let mark = json!({ "rejected": { "S": OTHER_MD5 }, "rejectedAt": { "N": "1775649540000" },
        "rejectedBy": { "S": "dead" }, "rejections": { "N": "1" } });
    let head = head().answers(object(SIZE, MD5));
    let file = update(FILE, COMPLETE).answers(refused(Some(&pending(&mark))));
    let delete = delete_exactly(OTHER_MD5).answers_after(&[&file], empty(204));
    let unmark = update(FILE, &["REMOVE rejected, rejectedAt, rejectedBy,", "rejectedBy = 'dead'"]);
    let unmark = unmark.answers_after(&[&delete], updated(&file_item("PENDING")));
    let answer = complete(&json!({}), &[&head, &file, &delete, &unmark]).await;
    assert_eq!(answer.error(), (422, "upload_missing"));
    assert_eq!([&delete, &unmark].map(Rule::num_calls), [1, 1]);
}

#[tokio::test]
async fn a_mark_whose_answer_was_lost_is_still_ours() {
    let marked = json!({ "rejected": { "S": MD5 }, "rejectedAt": { "N": "1775649600000" },
        "rejectedBy": { "S": REQUEST_ID }, "refusedMd5": { "S": MD5 }, "rejections": { "N": "1" } });
    let head = head().answers(object(SIZE, MD5));
    let mark = update(FILE, MARK).answers(refused(Some(&pending(&marked))));
    let delete = delete_exactly(MD5).answers_after(&[&mark], empty(204));
    let unmark = update(FILE, UNMARK).answers_after(&[&delete], updated(&file_item("PENDING")));
    let answer = complete(&json!({ "md5": OTHER_MD5 }), &[&head, &mark, &delete, &unmark]).await;
    assert_eq!(answer.error(), (422, "checksum_mismatch"));
}

#[tokio::test]
async fn an_object_that_the_event_is_rejecting_already_is_refused_once_it_is_gone() {
    let mark = json!({ "rejected": { "S": MD5 }, "rejectedAt": { "N": "1775649599999" },
        "rejectedBy": { "S": "verify" }, "refusedMd5": { "S": MD5 }, "rejections": { "N": "1" } });
    let ended = json!({ "refusedMd5": { "S": MD5 }, "rejections": { "N": "1" } });
    let head = head().answers(object(SIZE, MD5));
    let refused_mark = update(FILE, MARK).answers(refused(Some(&pending(&mark))));
    let records = [read(Some(&pending(&mark))), read(Some(&pending(&ended)))];
    let record = get(FILE).answers_in_turn(records);
    let delete = delete_exactly(MD5).answers(empty(204));
    let rules = [&head, &refused_mark, &record, &delete];
    let answer = complete(&json!({ "md5": OTHER_MD5 }), &rules).await;
    assert_eq!(answer.error(), (422, "checksum_mismatch"));
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 2, 0]);
}
