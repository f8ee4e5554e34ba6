//! `POST /ingest/upload/presigned/{job_id}/complete`.

use serde_json::{Value, json};
use shared::testing::dynamodb::{FILE, file_item, get, read, refused, update, updated, with};
use shared::testing::gateway::Answer;
use shared::testing::multipart::{in_parts, join, joined, list_parts, no_such_upload, parts};
use shared::testing::s3::{empty, head, object};
use shared::testing::{Answers as _, AwsAnswer, MD5, NOW, OTHER_MD5, Rule, SIZE};

use super::{job, of_job, problem, send};

const MIB: u64 = 1024 * 1024;
const BEGIN: &[&str] = &["SET status = 'COMPLETING'"];
const COMPLETE: &[&str] = &["SET status = 'COMPLETED'"];

async fn complete(body: &Value, rules: &[&Rule]) -> Answer {
    let request = of_job("POST /geolens/ingest/upload/presigned/{job_id}/complete");
    send(request.json(body), rules).await
}

/// A file that its client believes to send by a single PUT.
fn small(status: &str) -> Value {
    in_parts(file_item(status), SIZE)
}

/// A file of three parts.
fn large() -> Value {
    let size = json!({ "sizeBytes": { "N": (25 * MIB).to_string() } });
    in_parts(with(file_item("PENDING"), &size), 10 * MIB)
}

fn completing(item: Value) -> Value {
    with(
        item,
        &json!({ "status": { "S": "COMPLETING" }, "completingSince": { "N": "1775649599000" } }),
    )
}

fn sent(parts: &[(u16, &str)]) -> Value {
    let parts = parts.iter().map(|(number, etag)| json!({ "etag": etag, "part_number": number }));
    json!({ "parts": parts.collect::<Vec<_>>() })
}

/// Completes a file of which S3 holds these parts, up to where they are joined.
async fn complete_with(body: &Value, item: &Value, held: &[(u16, u64, &str)]) -> Answer {
    let record = get(FILE).answers(read(Some(item)));
    let nothing = head().answers(empty(404));
    let list = list_parts().answers(parts(held));
    complete(body, &[&record, &nothing, &list]).await
}

fn arrived() -> Value {
    json!({
        "job_id": job(),
        "status": "pending",
        "message": "File uploaded and ready for preview",
    })
}

#[tokio::test]
async fn what_s3_holds_is_joined_and_completed() {
    for (item, body, held) in [
        (small("PENDING"), json!({}), &[(1, SIZE, MD5)][..]),
        (small("PENDING"), json!({ "parts": [], "colour": "red" }), &[(1, SIZE, MD5)]),
        (
            large(),
            sent(&[(1, "\"a\""), (2, "b"), (3, "c")]),
            &[(1, 10 * MIB, "a"), (2, 10 * MIB, "b"), (3, 5 * MIB, "c")],
        ),
    ] {
        let record = get(FILE).answers(read(Some(&item)));
        let nothing = head().answers(empty(404));
        let list = list_parts().answers(parts(held));
        let begin = update(FILE, BEGIN).answers(updated(&completing(item.clone())));
        let join = join().answers_after(&[&begin], joined("etag-1"));
        let done = update(FILE, COMPLETE).answers_after(&[&join], updated(&small("COMPLETED")));
        let rules = [&record, &nothing, &list, &begin, &join, &done];
        let answer = complete(&body, &rules).await;
        assert_eq!((answer.status, answer.body), (200, arrived()));
        // The record is read before S3 is asked, and again because S3 has no object yet.
        assert_eq!(rules.map(Rule::num_calls), [2, 1, 1, 1, 1, 1]);
    }
}

#[tokio::test]
async fn a_job_that_is_over_is_refused_in_the_sentences_of_geolens() {
    let overdue = json!({ "expiresAt": { "N": NOW.millis().to_string() } });
    let failed = "This job has already failed and cannot be completed. Start a new upload.";
    for (item, sentence) in [
        (small("COMPLETED"), "Upload already completed for this job"),
        (
            small("CANCELLED"),
            "This job has been cancelled and cannot be completed. Start a new upload.",
        ),
        (small("EXPIRED"), failed),
        (with(small("PENDING"), &overdue), failed),
    ] {
        let record = get(FILE).answers(read(Some(&item)));
        let answer = complete(&json!({}), &[&record]).await;
        assert_eq!(problem(&answer), (400, sentence));
    }
}

#[tokio::test]
async fn a_completion_whose_answer_from_the_table_was_lost_is_no_repetition() {
    let record = get(FILE).answers(read(Some(&small("PENDING"))));
    let held = head().answers(object(SIZE, MD5));
    let done = update(FILE, COMPLETE).answers(refused(Some(&small("COMPLETED"))));
    let answer = complete(&json!({}), &[&record, &held, &done]).await;
    assert_eq!((answer.status, answer.body), (200, arrived()));
}

#[tokio::test]
async fn parts_that_somebody_is_joining_are_a_job_that_runs() {
    let record = get(FILE).answers(read(Some(&completing(large()))));
    let nothing = head().answers(empty(404));
    let list = list_parts().answers(no_such_upload());
    let answer = complete(&json!({}), &[&record, &nothing, &list]).await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &json!("running")), "{answer:?}");
}

#[tokio::test]
async fn parts_must_be_named_but_nothing_is_lost_if_they_are_not() {
    let record = get(FILE).answers(read(Some(&large())));
    for body in [json!({}), json!({ "parts": [] })] {
        let answer = complete(&body, &[&record]).await;
        let sentence = "Multipart upload completion requires at least one uploaded part";
        assert_eq!(problem(&answer), (400, sentence));
    }
}

#[tokio::test]
async fn a_file_of_which_nothing_has_arrived_is_not_found_in_s3() {
    let named = sent(&[(1, "a"), (2, "b"), (3, "c")]);
    for (body, item) in [(json!({}), small("PENDING")), (named, large())] {
        let answer = complete_with(&body, &item, &[]).await;
        assert_eq!(problem(&answer), (400, "File not found in S3 after upload"));
    }
}

#[tokio::test]
async fn parts_that_are_not_the_file_are_named() {
    let held = [(1, 10 * MIB, "a"), (2, 10 * MIB, "b")];
    let named = sent(&[(1, "a"), (2, "other"), (3, "c"), (4, "d")]);
    let flaw = |number: u16, problem| json!({ "part_number": number, "problem": problem });
    let answer = complete_with(&named, &large(), &held).await;
    assert_eq!(problem(&answer).0, 422);
    let flaws = [flaw(2, "changed"), flaw(3, "missing"), flaw(4, "foreign")];
    assert_eq!(answer.body["parts"], json!(flaws));

    let named = sent(&[(1, OTHER_MD5)]);
    let answer = complete_with(&named, &small("PENDING"), &[(1, SIZE, MD5)]).await;
    assert_eq!((problem(&answer).0, &answer.body["parts"]), (422, &json!([flaw(1, "changed")])));
}

#[tokio::test]
async fn an_object_of_another_size_is_unprocessable_in_the_sentence_of_geolens() {
    let item = file_item("PENDING");
    let record = get(FILE).answers(read(Some(&item)));
    let held = head().answers(object(12, MD5));
    let done = update(FILE, COMPLETE).answers(refused(Some(&item)));
    let mark = update(FILE, &["SET rejected"]).answers(updated(&item));
    let unmark = update(FILE, &["REMOVE rejected"]).answers(updated(&item));
    let gone = shared::testing::s3::delete_exactly(MD5).answers(empty(204));
    let answer = complete(&json!({}), &[&record, &held, &done, &mark, &gone, &unmark]).await;
    let sentence = "Uploaded file size (12 bytes) does not match the declared size (11 bytes).";
    assert_eq!(problem(&answer), (422, sentence));
}

#[tokio::test]
async fn a_wrong_body_is_refused_before_anything_is_read() {
    for (body, place) in [
        (json!({ "parts": null }), "body.parts: "),
        (json!({ "parts": [{ "etag": "a" }] }), "body.parts[0].part_number: Field required"),
        (sent(&[(0, "a")]), "body.parts[0].part_number: must be"),
    ] {
        let record = get(FILE).answers(read(Some(&large())));
        let answer = complete(&body, &[&record]).await;
        let (status, detail) = problem(&answer);
        assert!(status == 422 && detail.starts_with(place), "{detail}");
        assert_eq!(record.num_calls(), 0);
    }
}

#[tokio::test]
async fn a_service_that_fails_is_to_be_asked_again() {
    let record = get(FILE).answers(AwsAnswer::new(500, "{}"));
    let answer = complete(&json!({}), &[&record]).await;
    assert_eq!(problem(&answer).0, 503);
    assert_eq!(answer.header("retry-after"), Some("1"));
}
