//! What `POST /v1/files/{id}/complete` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use shared::domain::{Category, Scope};
use shared::http::Access;
use shared::testing::dynamodb::{FILE, admits, done, file_item, get, read, refused, update};
use shared::testing::dynamodb::{updated, with};
use shared::testing::gateway::{Answer, GatewayRequest, REQUEST_ID, ask, request};
use shared::testing::s3::{bytes, delete_exactly, empty, get_exactly, head, kms_object, object};
use shared::testing::{Answers as _, BYTES, MD5, NOW, OTHER_MD5, Rule, SIZE, context};

use super::complete_file;

/// The update that completes with what HEAD saw, whole.
const COMPLETE: &[&str] = &["SET status = 'COMPLETED', completedAt = 1775649600000, \
    etag = '5eb63bbbe01eeed093cb22bb8f5acdc3', md5 = '5eb63bbbe01eeed093cb22bb8f5acdc3' \
    REMOVE expiresAt IF id = 'fil_000000070123456789abcdef' AND status = 'PENDING' \
    AND expiresAt > 1775649600000 AND sizeBytes = 11 AND attribute_not_exists(rejections)"];
/// Any update that completes.
const ANY: &[&str] = &["SET status = 'COMPLETED'"];
/// The mark of a rejection.
const MARK: &[&str] = &[
    "SET rejected = '5eb63bbbe01eeed093cb22bb8f5acdc3', rejectedAt = 1775649600000, \
    rejectedBy = '5f1b8e6a-3c2d-4e7f-9a0b-1c2d3e4f5a6b' ADD rejections 1 IF",
    "status = 'PENDING' AND expiresAt > 1775649600000 AND attribute_not_exists(rejected)",
];
/// What takes the mark away again.
const UNMARK: &[&str] = &[
    "REMOVE rejected, rejectedAt, rejectedBy IF",
    "rejectedBy = '5f1b8e6a-3c2d-4e7f-9a0b-1c2d3e4f5a6b'",
];

async fn send(request: GatewayRequest, rules: &[&Rule]) -> Answer {
    let access = Access { scope: Some(Scope::FilesCreate), category: Category::Write };
    let key = admits(&["files:create"]);
    ask(&context(&[&[&key], rules].concat()), access, &complete_file, request).await
}

async fn complete(body: &Value, rules: &[&Rule]) -> Answer {
    send(request("POST /v1/files/{id}/complete").json(body), rules).await
}

fn pending(attributes: &Value) -> Value {
    with(file_item("PENDING"), attributes)
}

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
        "rejectedBy": { "S": "another" } });
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
async fn another_md5_is_rejected_by_mark_deletion_and_unmark_in_this_order() {
    let head = head().answers(object(SIZE, MD5));
    let mark = update(FILE, MARK).answers(updated(&file_item("PENDING")));
    let delete = delete_exactly(MD5).answers_after(&[&mark], empty(204));
    let unmark = update(FILE, UNMARK).answers_after(&[&delete], done());
    let rules = [&head, &mark, &delete, &unmark];
    let answer = complete(&json!({ "md5": OTHER_MD5 }), &rules).await;
    assert_eq!((answer.error(), answer.param()), ((422, "checksum_mismatch"), Some("md5")));
    assert!(answer.body["error"]["message"].as_str().unwrap().contains(MD5));
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1]);
}

#[tokio::test]
async fn another_size_is_rejected_in_the_same_way() {
    let head = head().answers(object(12, MD5));
    let file = update(FILE, &["SET status = 'COMPLETED'", "sizeBytes = 12"]);
    let file = file.answers(refused(Some(&file_item("PENDING"))));
    let mark = update(FILE, MARK).answers_after(&[&file], updated(&file_item("PENDING")));
    let delete = delete_exactly(MD5).answers_after(&[&mark], empty(412));
    let unmark = update(FILE, UNMARK).answers_after(&[&delete], refused(None));
    let answer = complete(&json!({}), &[&head, &file, &mark, &delete, &unmark]).await;
    assert_eq!(answer.error(), (422, "size_mismatch"));
    assert_eq!([&delete, &unmark].map(Rule::num_calls), [1, 1]);
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
        "rejectedBy": { "S": "dead" } });
    let head = head().answers(object(SIZE, MD5));
    let file = update(FILE, COMPLETE).answers(refused(Some(&pending(&mark))));
    let delete = delete_exactly(OTHER_MD5).answers_after(&[&file], empty(204));
    let unmark =
        update(FILE, &["REMOVE rejected, rejectedAt, rejectedBy IF", "rejectedBy = 'dead'"]);
    let unmark = unmark.answers_after(&[&delete], done());
    let answer = complete(&json!({}), &[&head, &file, &delete, &unmark]).await;
    assert_eq!(answer.error(), (422, "upload_missing"));
    assert_eq!([&delete, &unmark].map(Rule::num_calls), [1, 1]);
}

#[tokio::test]
async fn what_was_seen_before_a_rejection_is_looked_at_again() {
    let rejections = json!({ "rejections": { "N": "1" } });
    let head = head().answers(object(SIZE, MD5));
    let first = update(FILE, COMPLETE).answers(refused(Some(&pending(&rejections))));
    let second =
        update(FILE, &["sizeBytes = 11 AND rejections = 1 AND attribute_not_exists(rejected)"])
            .answers_after(&[&first], updated(&file_item("COMPLETED")));
    let answer = complete(&json!({}), &[&head, &first, &second]).await;
    assert_eq!(answer.status, 200);
    assert_eq!([&head, &first, &second].map(Rule::num_calls), [2, 1, 1]);
}

#[tokio::test]
async fn bytes_whose_md5_nobody_knows_are_read_and_then_completed() {
    // Under KMS the ETag looks like an MD5, and is none.
    let head = head().answers(kms_object(SIZE, OTHER_MD5));
    let recorded = update(
        FILE,
        &[
            "md5 = verifiedMd5 REMOVE expiresAt",
            "AND verifiedEtag = 'd41d8cd98f00b204e9800998ecf8427e' \
        AND verifiedMd5 <> 'd41d8cd98f00b204e9800998ecf8427e' \
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

#[tokio::test]
async fn a_wrong_request_is_refused_before_s3_is_asked() {
    let plain = || request("POST /v1/files/{id}/complete");
    for (request, error) in [
        (plain(), (400, "invalid_json")),
        (plain().json(&json!({ "md5": MD5.to_uppercase() })), (400, "invalid_value")),
        (plain().json(&json!({ "md5": 1 })), (400, "invalid_type")),
        (plain().json(&json!({ "sha256": "" })), (400, "unknown_field")),
        (plain().json(&json!({})).of_file("fil_7"), (404, "not_found")),
    ] {
        let head = head().answers(object(SIZE, MD5));
        let file = update(FILE, ANY).answers(updated(&file_item("COMPLETED")));
        assert_eq!(send(request, &[&head, &file]).await.error(), error);
        assert_eq!([&head, &file].map(Rule::num_calls), [0, 0]);
    }
}

#[tokio::test]
async fn a_mark_whose_answer_was_lost_is_still_ours() {
    let marked = json!({ "rejected": { "S": MD5 }, "rejectedAt": { "N": "1775649600000" },
        "rejectedBy": { "S": REQUEST_ID }, "rejections": { "N": "1" } });
    let head = head().answers(object(SIZE, MD5));
    let mark = update(FILE, MARK).answers(refused(Some(&pending(&marked))));
    let delete = delete_exactly(MD5).answers_after(&[&mark], empty(204));
    let unmark = update(FILE, UNMARK).answers_after(&[&delete], done());
    let answer = complete(&json!({ "md5": OTHER_MD5 }), &[&head, &mark, &delete, &unmark]).await;
    assert_eq!(answer.error(), (422, "checksum_mismatch"));
}
