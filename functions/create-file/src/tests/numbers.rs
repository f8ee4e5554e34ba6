//! Numbers: none is lost, and none is taken twice.

use serde_json::json;
use shared::testing::dynamodb::{COUNTER, FILE, done, failure, file_item, put, put_again, refused};
use shared::testing::dynamodb::{update, updated};
use shared::testing::{Answers as _, Rule};

use super::{create, request_with, session, take};

/// The item of the file after [`FILE`].
const NEXT_FILE: &str = "WS#acme/FILE#0000000000008";

#[tokio::test]
async fn a_record_that_was_certainly_not_written_gives_its_number_back() {
    let give_back = &["SET next = 7 IF next = 8"];
    let later = json!({ "next": { "N": "9" }, "touchedAt": { "N": "0" } });
    for (outcome, notes) in [(updated(&json!({})), 0), (refused(Some(&later)), 1)] {
        let file = put(FILE, &[]).answers(failure(400, "ValidationException"));
        let give_back = update(COUNTER, give_back).answers_after(&[&file], outcome);
        let note = update(COUNTER, &["ADD holes {7} IF"]).answers_after(&[&give_back], done());
        let rules = [&take(), &file, &session(), &give_back, &note];
        let answer = create(request_with(&json!({})), &rules).await;
        assert_eq!(answer.error(), (503, "service_unavailable"));
        assert_eq!([&file, &give_back, &note].map(Rule::num_calls), [1, 1, notes]);
    }
}

#[tokio::test]
async fn a_record_that_may_have_been_written_keeps_its_number() {
    let file = put(FILE, &[]).answers(failure(500, "InternalServerError"));
    let give_back = update(COUNTER, &["SET next = 7"]).answers(done());
    let rules = [&take(), &file, &session(), &give_back];
    let answer = create(request_with(&json!({})), &rules).await;
    assert_eq!(answer.error(), (503, "service_unavailable"));
    assert_eq!([&file, &give_back].map(Rule::num_calls), [3, 0]);
}

#[tokio::test]
async fn a_number_that_has_a_record_already_leads_to_the_next() {
    let foreign = put(FILE, &[]).answers(refused(Some(&file_item("PENDING"))));
    let file = put(NEXT_FILE, &[]).answers(done());
    let rules = [&take(), &foreign, &file, &session()];
    let answer = create(request_with(&json!({})), &rules).await;
    assert!(answer.body["id"].as_str().unwrap().starts_with("fil_00000008"), "{answer:?}");
    assert_eq!([&foreign, &file].map(Rule::num_calls), [1, 1]);
}

#[tokio::test]
async fn a_record_that_an_earlier_attempt_wrote_is_a_success() {
    let take = take();
    let answer = create(request_with(&json!({})), &[&take, &put_again(FILE), &session()]).await;
    assert!(answer.body["id"].as_str().unwrap().starts_with("fil_00000007"), "{answer:?}");
    assert_eq!((answer.status, take.num_calls()), (200, 1));
}

#[tokio::test]
async fn a_number_whose_return_was_not_answered_is_not_returned_twice() {
    let file = put(FILE, &[]).answers(failure(400, "ValidationException"));
    let give_back =
        update(COUNTER, &["SET next = 7 IF next = 8"]).answers(failure(500, "InternalServerError"));
    let note = update(COUNTER, &["ADD holes {7} IF"]).answers(done());
    let rules = [&take(), &file, &session(), &give_back, &note];
    let answer = create(request_with(&json!({})), &rules).await;
    assert_eq!(answer.error(), (503, "service_unavailable"));
    assert_eq!([&give_back, &note].map(Rule::num_calls), [1, 0]);
}
