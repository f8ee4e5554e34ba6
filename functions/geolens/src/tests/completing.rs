//! `POST /ingest/upload/presigned/{job_id}/complete`.

use serde_json::{Value, json};
use shared::testing::dynamodb::{FILE, file_item, get, read, refused, update, updated, with};
use shared::testing::gateway::Answer;
use shared::testing::parts::{PARTS, item_in_parts, join, joined, list_parts, listed, s3_error};
use shared::testing::s3::{delete_exactly, empty, head, object};
use shared::testing::{Answers as _, AwsAnswer, MD5, NOW, OTHER_MD5, Rule, SIZE};

use super::{job, of_job, problem, send};

const BEGIN: &[&str] = &["SET status = 'COMPLETING'"];
const COMPLETE: &[&str] = &["SET status = 'COMPLETED'"];

async fn complete(body: &Value, rules: &[&Rule]) -> Answer {
    let request = of_job("POST /geolens/ingest/upload/presigned/{job_id}/complete");
    send(request.json(body), rules).await
}

/// A file that its client believes to send by a single PUT.
fn small(status: &str) -> Value {
    with(item_in_parts(status), &json!({ "partSizeBytes": { "N": SIZE.to_string() } }))
}

/// What a client says to have sent: number and `ETag` of each part.
fn sent(parts: &[(u16, &str)]) -> Value {
    let parts = parts.iter().map(|(number, etag)| json!({ "etag": etag, "part_number": number }));
    json!({ "parts": parts.collect::<Vec<_>>() })
}

/// Completes a file of which S3 holds these parts, up to where they are joined.
async fn complete_with(body: &Value, item: &Value, held: &[(u16, u64, &str)]) -> Answer {
    let record = get(FILE).answers(read(Some(item)));
    let nothing = head().answers(empty(404));
    let list = list_parts("0", 1000).answers(listed(held, false));
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
    let one = "1=\"5eb63bbbe01eeed093cb22bb8f5acdc3\"";
    let both = "1=\"f814893777bcc2295fff05f00e508da6\" 2=\"7d793037a0760186574b0282f2f435e7\"";
    let quoted = format!("\"{}\"", PARTS[0].2);
    for (item, body, held, joins) in [
        (small("PENDING"), json!({}), &[(1, SIZE, MD5)][..], one),
        (small("PENDING"), json!({ "parts": [], "colour": "red" }), &[(1, SIZE, MD5)], one),
        (item_in_parts("PENDING"), sent(&[(1, &quoted), (2, PARTS[1].2)]), &PARTS, both),
    ] {
        let record = get(FILE).answers(read(Some(&item)));
        let nothing = head().answers(empty(404));
        let list = list_parts("0", 1000).answers(listed(held, false));
        let begin = update(FILE, BEGIN).answers(updated(&item_in_parts("COMPLETING")));
        let join = join(joins).answers_after(&[&begin], joined());
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
    let record = get(FILE).answers(read(Some(&item_in_parts("COMPLETING"))));
    let nothing = head().answers(empty(404));
    let list = list_parts("0", 1000).answers(s3_error(404, "NoSuchUpload"));
    let answer = complete(&json!({}), &[&record, &nothing, &list]).await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &json!("running")), "{answer:?}");
}

#[tokio::test]
async fn parts_must_be_named_but_nothing_is_lost_if_they_are_not() {
    let record = get(FILE).answers(read(Some(&item_in_parts("PENDING"))));
    for body in [json!({}), json!({ "parts": [] })] {
        let answer = complete(&body, &[&record]).await;
        let sentence = "Multipart upload completion requires at least one uploaded part";
        assert_eq!(problem(&answer), (400, sentence));
    }
}

#[tokio::test]
async fn a_file_of_which_nothing_has_arrived_is_not_found_in_s3() {
    let named = sent(&[(1, "a"), (2, "b")]);
    for (body, item) in [(json!({}), small("PENDING")), (named, item_in_parts("PENDING"))] {
        let answer = complete_with(&body, &item, &[]).await;
        assert_eq!(problem(&answer), (400, "File not found in S3 after upload"));
    }
}

#[tokio::test]
async fn parts_that_are_not_the_file_are_named() {
    let named = sent(&[(1, "other"), (2, "b"), (3, "c")]);
    let flaw = |number: u16, problem| json!({ "part_number": number, "problem": problem });
    let answer = complete_with(&named, &item_in_parts("PENDING"), &PARTS[..1]).await;
    assert_eq!(problem(&answer).0, 422);
    let flaws = [flaw(1, "changed"), flaw(2, "missing"), flaw(3, "foreign")];
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
    let gone = delete_exactly(MD5).answers(empty(204));
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
        let record = get(FILE).answers(read(Some(&item_in_parts("PENDING"))));
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
