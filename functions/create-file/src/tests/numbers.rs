//! Numbers: none is lost, and none is taken twice.

use serde_json::json;
use shared::testing::dynamodb::{FILE, done, failure, put, put_again};
use shared::testing::transactions::transaction;
use shared::testing::{Answers as _, Rule};

use super::{NOTE, create, request_with, session, take};

#[tokio::test]
async fn a_record_that_was_certainly_not_written_leaves_a_noted_hole() {
    let file = put(FILE, &[]).answers(failure(400, "ValidationException"));
    let note = transaction(NOTE).answers_after(&[&file], done());
    let answer = create(request_with(&json!({})), &[&take(), &file, &session(), &note]).await;
    assert_eq!(answer.error(), (503, "service_unavailable"));
    assert_eq!([&file, &note].map(Rule::num_calls), [1, 1]);
}

#[tokio::test]
async fn a_record_that_may_have_been_written_leaves_its_number_to_lists() {
    for (status, code) in [(500, "InternalServerError"), (400, "ThrottlingException")] {
        let file = put(FILE, &[]).answers(failure(status, code));
        let note = transaction(NOTE).answers(done());
        let answer = create(request_with(&json!({})), &[&take(), &file, &session(), &note]).await;
        assert_eq!(answer.error(), (503, "service_unavailable"));
        assert_eq!([&file, &note].map(Rule::num_calls), [3, 0]);
    }
}

#[tokio::test]
async fn a_record_that_an_earlier_attempt_wrote_is_a_success() {
    let take = take();
    let answer = create(request_with(&json!({})), &[&take, &put_again(FILE), &session()]).await;
    assert!(answer.body["id"].as_str().unwrap().starts_with("fil_00000007"), "{answer:?}");
    assert_eq!((answer.status, take.num_calls()), (200, 1));
}
