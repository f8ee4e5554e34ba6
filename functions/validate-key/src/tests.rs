//! What `GET /v1/auth/validate` promises, and with it every admission.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;
use shared::BucketContext;
use shared::domain::Timestamp;
use shared::http::endpoints;
use shared::testing::dynamodb::{KEY, admitted, failure, key_item, key_revoked, refused};
use shared::testing::dynamodb::{TOKEN, token_item, update, updated, with};
use shared::testing::gateway::{Answer, REQUEST_ID, ask, request};
use shared::testing::{Answers as _, NOW, context, context_at, key};

use super::validate_key;

/// The update for a bucket that nothing has been taken from lately.
const IDLE: &[&str] = &["SET tatRead = 1775649600000000 + if_not_exists(rateInterval, 40000), \
     nextRead = 1775649600000000 - if_not_exists(rateLead, 920000) IF attribute_not_exists(revokedAt) \
     AND (attribute_not_exists(expiresAt) OR expiresAt > 1775649600000) AND tatRead <= 1775649600000000"];
/// The update for a bucket that is in use.
const BUSY: &[&str] = &["SET tatRead = tatRead + if_not_exists(rateInterval, 40000), \
     nextRead = nextRead + if_not_exists(rateInterval, 40000) IF attribute_not_exists(revokedAt) \
     AND (attribute_not_exists(expiresAt) OR expiresAt > 1775649600000) \
     AND tatRead > 1775649600000000 AND nextRead <= 1775649600000000"];

async fn validate(context: &BucketContext) -> Answer {
    ask(context, &endpoints::VALIDATE_KEY, &validate_key, request("GET /v1/auth/validate")).await
}

#[tokio::test]
async fn the_holder_of_a_key_learns_what_it_may_do() {
    let key = update(KEY, IDLE).answers(updated(&key_item(&["files:create", "files:read"], 40)));
    let answer = validate(&context(&[&key])).await;
    assert_eq!(answer.status, 200);
    let scopes = ["files:create", "files:read"];
    assert_eq!(
        answer.body,
        json!({
            "active": true,
            "tokenType": "api_key",
            "subjectType": "workspace",
            "scopes": scopes,
            "expiresAt": null,
        })
    );
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-request-id"), Some(REQUEST_ID));
    assert_eq!(answer.header("x-ratelimit-limit"), Some("25"));
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("24"));
    assert_eq!(answer.header("x-ratelimit-reset"), Some("1775649601"));
    assert_eq!(key.num_calls(), 1);
}

#[tokio::test]
async fn what_cannot_be_a_key_is_refused_without_asking_anyone() {
    let mut changed = key().reveal().to_owned();
    changed.replace_range(10..11, "z");
    let rule = admitted(&[]);
    let context = context(&[&rule]);
    for credentials in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        &format!("Basic {}", key().reveal()),
        &format!("Bearer {changed}"),
    ] {
        let request = request("GET /v1/auth/validate").header("authorization", credentials);
        let answer = ask(&context, &endpoints::VALIDATE_KEY, &validate_key, request).await;
        assert_eq!(answer.error(), (401, "unauthorized"), "{credentials}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        assert_eq!(answer.header("x-request-id"), Some(REQUEST_ID));
    }
    assert_eq!(rule.num_calls(), 0);
}

#[tokio::test]
async fn a_key_that_is_unknown_or_revoked_is_refused_by_one_call() {
    for key in [update(KEY, IDLE).answers(refused(None)), key_revoked()] {
        let answer = validate(&context(&[&key])).await;
        assert_eq!(answer.error(), (401, "unauthorized"));
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        assert_eq!(answer.header("x-ratelimit-limit"), None);
        assert_eq!(key.num_calls(), 1);
    }
}

#[tokio::test]
async fn a_key_opens_nothing_from_the_moment_of_its_end_on() {
    let ending = |millis: u64| {
        let end = json!({ "expiresAt": { "N": (NOW.millis() + millis).to_string() } });
        with(key_item(&[], 40), &end)
    };
    let over = update(KEY, IDLE).answers(refused(Some(&ending(0))));
    assert_eq!(validate(&context(&[&over])).await.error(), (401, "unauthorized"));
    assert_eq!(over.num_calls(), 1);
    let good = update(KEY, IDLE).answers(updated(&ending(1)));
    let answer = validate(&context(&[&good])).await;
    assert_eq!(answer.body["expiresAt"], "2026-04-08T12:00:00.001Z");
}

#[tokio::test]
async fn a_key_with_a_limit_of_its_own_is_counted_by_that() {
    // Two a second, three at once. One request: full again after 500 ms, and 500 ms early is allowed.
    let item = |tat: u64, next: u64| {
        let at = |millis: u64| json!({ "N": ((NOW.millis() + millis) * 1000).to_string() });
        let limit = json!({
            "rateInterval": { "N": "500000" }, "rateBurst": { "N": "3" }, "rateLead": { "N": "500000" },
            "tatRead": at(tat), "nextRead": at(next),
        });
        with(key_item(&[], 0), &limit)
    };
    let idle = update(KEY, IDLE).answers(updated(&item(500, 0)));
    let busy = update(KEY, BUSY).answers(updated(&item(1500, 500)));
    let context = context(&[&idle, &busy]);
    let (first, last) = (validate(&context).await, validate(&context).await);
    for (answer, remaining) in [(&first, "2"), (&last, "0")] {
        assert_eq!(answer.header("x-ratelimit-limit"), Some("3"));
        assert_eq!(answer.header("x-ratelimit-remaining"), Some(remaining));
    }
    assert_eq!(validate(&context).await.error(), (429, "too_many_requests"));
    assert_eq!((idle.num_calls(), busy.num_calls()), (1, 1), "the third is refused without a call");
}

#[tokio::test]
async fn the_holder_of_an_upload_token_learns_its_bounds() {
    let bounds = json!({
        "maxSizeBytes": { "N": "1048576" }, "mimeTypes": { "L": [{ "S": "image/*" }] },
    });
    for (item, size, types) in [
        (token_item(2), json!(null), json!(null)),
        (with(token_item(2), &bounds), json!(1_048_576), json!(["image/*"])),
    ] {
        let key = update(TOKEN, IDLE).answers(updated(&item));
        let request = request("GET /v1/auth/validate").by_token();
        let answer = ask(&context(&[&key]), &endpoints::VALIDATE_KEY, &validate_key, request).await;
        assert_eq!(
            answer.body,
            json!({
                "active": true,
                "tokenType": "upload_token",
                "subjectType": "workspace",
                "scopes": ["files:create"],
                "expiresAt": "2026-04-08T12:10:00.000Z",
                "bounds": { "filesLeft": 2, "maxSizeBytes": size, "mimeTypes": types },
            })
        );
    }
}

#[tokio::test]
async fn a_wrong_guess_costs_one_call_and_is_not_made_twice() {
    let idle = update(KEY, IDLE).answers(refused(Some(&key_item(&[], 400))));
    let busy = update(KEY, BUSY).answers(updated(&key_item(&[], 440)));
    let context = context(&[&idle, &busy]);
    let answer = validate(&context).await;
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("14"));
    assert_eq!((answer.status, idle.num_calls(), busy.num_calls()), (200, 1, 1));
    assert_eq!(validate(&context).await.status, 200);
    assert_eq!((idle.num_calls(), busy.num_calls()), (1, 2));
}

#[tokio::test]
async fn a_key_over_its_limit_is_told_when_to_come_back() {
    let key = update(KEY, IDLE).answers(refused(Some(&key_item(&[], 1000))));
    let answer = validate(&context(&[&key])).await;
    assert_eq!(answer.error(), (429, "too_many_requests"));
    assert!(matches!(answer.retry_after(), Some(1 | 2)), "{answer:?}");
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("0"));
    assert_eq!(answer.header("x-ratelimit-reset"), Some("1775649601"));
    assert_eq!(key.num_calls(), 1);
}

#[tokio::test]
async fn a_container_that_saw_a_limit_reached_answers_by_itself_until_the_time_is_due() {
    let clock = Arc::new(AtomicU64::new(NOW.millis()));
    let time = clock.clone();
    let key = update(KEY, &[])
        .answers_in_turn([refused(Some(&key_item(&[], 1000))), updated(&key_item(&[], 1040))]);
    let context = context_at(move || Timestamp::from_millis(time.load(Ordering::Relaxed)), &[&key]);
    for (millis, status, calls) in [(0, 429, 1), (0, 429, 1), (39, 429, 1), (40, 200, 2)] {
        clock.store(NOW.millis() + millis, Ordering::Relaxed);
        assert_eq!(validate(&context).await.status, status, "after {millis} ms");
        assert_eq!(key.num_calls(), calls, "after {millis} ms");
    }
}

#[tokio::test]
async fn a_throttled_key_is_over_its_limit_and_is_not_tried_again() {
    for name in ["ProvisionedThroughputExceededException", "ThrottlingException"] {
        let key = update(KEY, IDLE).answers(failure(400, name));
        let answer = validate(&context(&[&key])).await;
        assert_eq!(answer.error(), (429, "too_many_requests"));
        assert!(matches!(answer.retry_after(), Some(1 | 2)), "{answer:?}");
        assert_eq!(answer.header("x-ratelimit-remaining"), Some("0"));
        assert_eq!(key.num_calls(), 1);
    }
}

#[tokio::test]
async fn another_failure_is_tried_three_times_and_its_text_stays_here() {
    let key = update(KEY, IDLE).answers(failure(500, "InternalServerError"));
    let answer = validate(&context(&[&key])).await;
    assert_eq!(answer.error(), (503, "service_unavailable"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(!answer.body.to_string().contains("dynamodb"), "{answer:?}");
    assert_eq!(key.num_calls(), 3);
}
