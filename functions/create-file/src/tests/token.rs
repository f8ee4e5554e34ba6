//! What the holder of an upload token may create.

use serde_json::{Value, json};
use shared::http::endpoints;
use shared::testing::dynamodb::{
    FILE, TOKEN, done, failure, put, refused, token_item, update, updated, with,
};
use shared::testing::gateway::{Answer, ask};
use shared::testing::transactions::transaction;
use shared::testing::{Answers as _, Rule, context, token};

use super::{NOTE, create_file, request_with, session, take};

/// The admission takes a place, if the token allows this file.
const TAKE_PLACE: &[&str] = &[
    ", filesLeft = filesLeft - 1, lastKey = '', lastKeyAt = 1775649600000 IF attribute_not_exists(revokedAt)",
    "AND filesLeft > 0 AND (attribute_not_exists(maxSizeBytes) OR maxSizeBytes >= 11) \
     AND (attribute_not_exists(mimeTypes) OR contains(mimeTypes, 'text/*') \
     OR contains(mimeTypes, 'text/plain'))",
];
/// A place is given back.
const GIVE_BACK: &[&str] = &["ADD filesLeft 1 IF attribute_exists(pk)"];

async fn create_with(changes: &Value, rules: &[&Rule]) -> Answer {
    let request = request_with(changes).by_token();
    ask(&context(rules), &endpoints::CREATE_FILE, &create_file, request).await
}

#[tokio::test]
async fn a_token_creates_a_file_that_is_marked_as_its_own_and_ends_with_it() {
    let key = update(TOKEN, TAKE_PLACE).answers(updated(&token_item(0)));
    let owner: &'static str = format!("createdBy = '{}'", token().hash().as_str()).leak();
    let attributes: &'static [&str] = vec![owner, "expiresAt = 1775650200000"].leak();
    let file = put(FILE, attributes).answers(done());
    let take = take();
    let answer = create_with(
        &json!({ "mimeType": "Text/Plain;charset=utf-8" }),
        &[&key, &take, &file, &session()],
    )
    .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["expiresAt"], "2026-04-08T12:10:00.000Z");
    assert_eq!([&key, &take, &file].map(Rule::num_calls), [1, 1, 1]);
}

#[tokio::test]
async fn what_a_token_does_not_allow_is_explained_by_one_call_and_nothing_is_written() {
    let bounded =
        json!({ "maxSizeBytes": { "N": "10" }, "mimeTypes": { "L": [{ "S": "image/*" }] } });
    let typed = json!({ "mimeTypes": { "L": [{ "S": "image/*" }, { "S": "text/csv" }] } });
    let revoked = json!({ "revokedAt": { "N": "1" } });
    let over = json!({ "expiresAt": { "N": "1775649600000" } });
    for (item, error, param) in [
        (token_item(0), (403, "token_spent"), None),
        (with(token_item(1), &bounded), (422, "token_size"), Some("sizeBytes")),
        (with(token_item(1), &typed), (422, "token_mime_type"), Some("mimeType")),
        (with(token_item(1), &revoked), (401, "unauthorized"), None),
        (with(token_item(1), &over), (401, "unauthorized"), None),
    ] {
        let key = update(TOKEN, TAKE_PLACE).answers(refused(Some(&item)));
        let rules = [&key, &take(), &put(FILE, &[]).answers(done()), &session()];
        let answer = create_with(&json!({}), &rules).await;
        assert_eq!((answer.error(), answer.param()), (error, param));
        assert_eq!(rules.map(Rule::num_calls), [1, 0, 0, 0]);
        let limits = error.0 != 401;
        assert_eq!(answer.header("x-ratelimit-remaining").is_some(), limits, "{error:?}");
    }
}

#[tokio::test]
async fn the_second_refusal_is_explained_too() {
    // The bucket was busy, and the last place was taken by another request before the second call.
    let busy = with(token_item(1), &json!({ "tatWrite": { "N": "1775649600400000" } }));
    let spent = with(token_item(0), &json!({ "tatWrite": { "N": "1775649600440000" } }));
    let key = update(TOKEN, &[]).answers_in_turn([refused(Some(&busy)), refused(Some(&spent))]);
    let answer = create_with(&json!({}), &[&key]).await;
    assert_eq!((answer.error(), key.num_calls()), ((403, "token_spent"), 2));
}

#[tokio::test]
async fn a_body_that_is_wrong_takes_no_place() {
    let key = update(TOKEN, &["SET tatWrite", "attribute_not_exists(revokedAt)"])
        .answers(updated(&token_item(1)));
    let taken = update(TOKEN, TAKE_PLACE).answers(updated(&token_item(0)));
    let answer = create_with(&json!({ "sizeBytes": -1 }), &[&key, &taken]).await;
    assert_eq!(answer.error(), (400, "invalid_value"));
    assert_eq!([&key, &taken].map(Rule::num_calls), [1, 0]);
}

#[tokio::test]
async fn a_place_comes_back_once_if_the_file_certainly_was_not_created() {
    let key = || update(TOKEN, TAKE_PLACE).answers(updated(&token_item(0)));
    for failed in [failure(500, "InternalServerError"), done()] {
        let (key, back) = (key(), update(TOKEN, GIVE_BACK).answers(failed));
        let file = put(FILE, &[]).answers(failure(400, "ValidationException"));
        let note = transaction(NOTE).answers_after(&[&file], done());
        let answer =
            create_with(&json!({}), &[&key, &take(), &file, &session(), &note, &back]).await;
        assert_eq!(answer.error(), (503, "service_unavailable"));
        assert_eq!([&key, &back, &note].map(Rule::num_calls), [1, 1, 1], "asked once only");
    }
}

#[tokio::test]
async fn a_place_does_not_come_back_if_the_file_may_have_been_created() {
    let key = update(TOKEN, TAKE_PLACE).answers(updated(&token_item(0)));
    let back = update(TOKEN, GIVE_BACK).answers(updated(&token_item(1)));
    let file = put(FILE, &[]).answers(failure(500, "InternalServerError"));
    let answer = create_with(&json!({}), &[&key, &take(), &file, &session(), &back]).await;
    assert_eq!(answer.error(), (503, "service_unavailable"));
    assert_eq!([&key, &back].map(Rule::num_calls), [1, 0]);
}

#[tokio::test]
async fn a_session_that_would_end_at_once_is_not_opened() {
    let ending = with(token_item(0), &json!({ "expiresAt": { "N": "1775649600999" } }));
    let key = update(TOKEN, TAKE_PLACE).answers(updated(&ending));
    let back = update(TOKEN, GIVE_BACK).answers(updated(&token_item(1)));
    let take = take();
    let answer = create_with(&json!({}), &[&key, &back, &take]).await;
    assert_eq!(answer.error(), (401, "unauthorized"));
    assert_eq!([&back, &take].map(Rule::num_calls), [1, 0]);
}
