//! Creates that are repeated with the same `Idempotency-Key`.

use serde_json::{Value, json};
use shared::domain::{BodyHash, IdempotencyKey};
use shared::http::endpoints;
use shared::testing::dynamodb::{
    COUNTER, FILE, SESSION, TOKEN, done, failure, file_item, get, put, read, refused, token_item,
    update, updated, with,
};
use shared::testing::gateway::{Answer, GatewayRequest, ask};
use shared::testing::transactions::transaction;
use shared::testing::{Answers as _, ID, NOW, Rule, context};

use super::{NOTE, create, create_file, request_with, session, take};

/// The reservation that the key `k1` makes in the workspace.
const RESERVATION: &str = "IDEM#acme#";

fn once(changes: &Value) -> GatewayRequest {
    request_with(changes).header("idempotency-key", "k1")
}

/// The hash of the body that `request_with` makes without changes.
fn hash() -> String {
    let canonical = r#"["hello.txt","text/plain",11,null,null,null,false,[]]"#;
    BodyHash::of(canonical).as_str().to_owned()
}

/// A reservation for the file, made so many milliseconds ago.
fn reserved(age_ms: u64) -> Value {
    json!({
        "id": { "S": ID },
        "bodyHash": { "S": hash() },
        "madeAt": { "N": (NOW.millis() - age_ms).to_string() },
        "endsAt": { "N": (NOW.millis() - age_ms + 86_400_000).to_string() },
    })
}

fn unreserved() -> Rule {
    get(RESERVATION).answers(read(None))
}

#[tokio::test]
async fn a_first_create_reserves_its_number_before_the_file_is_recorded() {
    let (found, take) = (unreserved(), take());
    let reserve = put(
        RESERVATION,
        &[
            "IF attribute_not_exists(pk) OR endsAt <= :now",
            "ttl = 1775736000",
            "endsAt = 1775736000000",
        ],
    );
    let reserve = reserve.answers_after(&[&take], done());
    let file = put(FILE, &[]).answers_after(&[&reserve], done());
    let session = put(SESSION, &[]).answers_after(&[&reserve], done());
    let rules = [&found, &take, &reserve, &file, &session];
    let answer = create(once(&json!({})), &rules).await;
    assert_eq!((answer.status, rules.map(Rule::num_calls)), (200, [1, 1, 1, 1, 1]), "{answer:?}");
}

#[tokio::test]
async fn a_repetition_is_answered_from_the_record_as_it_is_now() {
    for (status, has_url) in [("PENDING", true), ("COMPLETED", false), ("CANCELLED", false)] {
        let found = get(RESERVATION).answers(read(Some(&reserved(5))));
        let file = get(FILE).answers(read(Some(&file_item(status))));
        // The first request may have died before it wrote the session.
        let session = session();
        let answer = create(once(&json!({})), &[&found, &file, &session]).await;
        assert_eq!((answer.status, &answer.body["id"]), (200, &json!(ID)), "{answer:?}");
        assert_eq!(answer.body["status"], status);
        assert_eq!(answer.body["uploadUrl"].is_string(), has_url);
        assert_eq!(session.num_calls(), usize::from(has_url));
    }
}

#[tokio::test]
async fn another_spelling_of_a_body_is_the_same_and_another_body_is_refused() {
    let found = get(RESERVATION).answers(read(Some(&reserved(5))));
    let file = get(FILE).answers(read(Some(&file_item("PENDING"))));
    let same = json!({ "sizeBytes": 11.0, "md5": null, "autoComplete": false, "labels": {} });
    assert_eq!(create(once(&same), &[&found, &file, &session()]).await.status, 200);
    for other in [
        json!({ "sizeBytes": 12 }),
        json!({ "filename": "other.txt" }),
        json!({ "purpose": "knowledge_user" }),
        json!({ "labels": { "a": "b" } }),
        json!({ "autoComplete": true }),
        json!({ "multipart": {} }),
    ] {
        let answer = create(once(&other), &[&found, &file]).await;
        assert_eq!(answer.error(), (409, "idempotency_key_reused"), "{other}");
        assert_eq!(answer.param(), Some("Idempotency-Key"));
        assert_eq!(answer.header("x-should-retry"), Some("false"));
    }
}

#[tokio::test]
async fn a_create_that_is_under_way_is_a_conflict_that_ends() {
    let found = get(RESERVATION).answers(read(Some(&reserved(59_999))));
    let file = get(FILE).answers(read(None));
    let answer = create(once(&json!({})), &[&found, &file]).await;
    assert_eq!(answer.error(), (409, "idempotency_conflict"));
    assert_eq!((answer.retry_after(), answer.header("x-should-retry")), (Some(1), None));
}

#[tokio::test]
async fn a_create_that_died_is_made_anew_with_a_new_number() {
    let found = get(RESERVATION).answers(read(Some(&reserved(60_000))));
    let old = get(FILE).answers(read(None));
    let take = take();
    let take_over =
        put(RESERVATION, &["IF attribute_not_exists(pk) OR endsAt <= :now OR id = :abandoned"]);
    let take_over = take_over.answers_after(&[&take], done());
    let file = put(FILE, &[]).answers_after(&[&take_over], done());
    let answer =
        create(once(&json!({})), &[&found, &old, &take, &take_over, &file, &session()]).await;
    assert_eq!((answer.status, file.num_calls()), (200, 1), "{answer:?}");
}

#[tokio::test]
async fn a_reservation_of_yesterday_reserves_nothing() {
    let found = get(RESERVATION).answers(read(Some(&reserved(86_400_000))));
    let reserve = put(RESERVATION, &[]).answers(done());
    let file = put(FILE, &[]).answers(done());
    let rules = [&found, &take(), &reserve, &file, &session()];
    let answer = create(once(&json!({ "sizeBytes": 5 })), &rules).await;
    assert_eq!((answer.status, file.num_calls()), (200, 1));
}

#[tokio::test]
async fn who_is_overtaken_gives_the_number_up_and_tells_the_other_ones_file() {
    let other = file_item("PENDING");
    for (found, expected) in
        [(read(Some(&other)), (200, "")), (read(None), (409, "idempotency_conflict"))]
    {
        let reserve = put(RESERVATION, &[]).answers(refused(Some(&reserved(5))));
        let note = transaction(NOTE).answers_after(&[&reserve], done());
        let file = get(FILE).answers(found);
        let rules = [&unreserved(), &take(), &reserve, &note, &file, &session()];
        let answer = create(once(&json!({})), &rules).await;
        assert_eq!((answer.error(), note.num_calls()), (expected, 1), "{answer:?}");
    }
}

#[tokio::test]
async fn the_key_of_a_create_that_certainly_failed_is_free_at_once() {
    let reserve = put(RESERVATION, &[]).answers(done());
    let file = put(FILE, &[]).answers(failure(400, "ValidationException"));
    let release = update(RESERVATION, &["SET madeAt = 0 IF id = "]);
    let release = release.answers_after(&[&file], updated(&reserved(0)));
    let note = transaction(NOTE).answers(done());
    let rules = [&unreserved(), &take(), &reserve, &file, &session(), &release, &note];
    let answer = create(once(&json!({})), &rules).await;
    assert_eq!((answer.error(), release.num_calls()), ((503, "service_unavailable"), 1));
}

#[tokio::test]
async fn the_key_of_a_create_that_certainly_failed_takes_another_body() {
    let released = with(reserved(0), &json!({ "madeAt": { "N": "0" } }));
    let found = get(RESERVATION).answers(read(Some(&released)));
    let reserve = put(RESERVATION, &["OR id = :abandoned"]).answers(done());
    let file = put(FILE, &["sizeBytes = 12"]).answers(done());
    let rules = [&found, &take(), &reserve, &file, &session()];
    let answer = create(once(&json!({ "sizeBytes": 12 })), &rules).await;
    assert_eq!((answer.status, file.num_calls()), (200, 1), "{answer:?}");
}

#[tokio::test]
async fn a_last_place_that_a_request_with_the_same_key_has_just_taken_is_waited_for() {
    let last = |key: &str, age_ms: u64| {
        let at = json!({ "N": (NOW.millis() - age_ms).to_string() });
        with(token_item(0), &json!({ "lastKey": { "S": key }, "lastKeyAt": at }))
    };
    let key = "k1".parse::<IdempotencyKey>().unwrap().hash();
    let spent = (403, "token_spent");
    for (item, error) in [
        (last(&key, 59_999), (409, "idempotency_conflict")),
        (last(&key, 60_000), spent),
        (last("another", 0), spent),
        (last("", 0), spent),
        (token_item(0), spent),
    ] {
        let refusal = update(TOKEN, &["filesLeft = filesLeft - 1"]).answers(refused(Some(&item)));
        let request = once(&json!({})).by_token();
        let context = context(&[&unreserved(), &refusal]);
        let answer = ask(&context, &endpoints::CREATE_FILE, &create_file, request).await;
        assert_eq!(answer.error(), error, "{item}");
    }
}

#[tokio::test]
async fn a_repetition_by_a_token_takes_no_place() {
    let found = get(RESERVATION).answers(read(Some(&reserved(5))));
    let by_token = shared::testing::dynamodb::created_by_token(file_item("PENDING"));
    let file = get(FILE).answers(read(Some(&by_token)));
    let place = update(TOKEN, &["filesLeft = filesLeft - 1"]).answers(updated(&token_item(0)));
    let admission = update(TOKEN, &["SET tatWrite"]).answers(updated(&token_item(1)));
    let context = context(&[&found, &file, &admission, &place, &session()]);
    let request = once(&json!({})).by_token();
    let answer = ask(&context, &endpoints::CREATE_FILE, &create_file, request).await;
    assert_eq!(
        (answer.status, admission.num_calls(), place.num_calls()),
        (200, 1, 0),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_before_anything_is_read() {
    for (key, code) in [
        ("x".repeat(256), "idempotency_key_too_long"),
        (String::new(), "invalid_value"),
        ("\u{e4}".to_owned(), "invalid_value"),
    ] {
        let request = request_with(&json!({})).header("idempotency-key", &key);
        let answer: Answer = create(request, &[]).await;
        assert_eq!((answer.error(), answer.param()), ((400, code), Some("Idempotency-Key")));
    }
}

#[tokio::test]
async fn a_quota_s_refusal_leaves_no_reservation() {
    let item = json!({ "next": { "N": "7" }, "touchedAt": { "N": "0" } });
    let counter = update(COUNTER, &["attribute_not_exists(hasQuota)"]);
    let counter =
        counter.answers(refused(Some(&with(item, &json!({ "hasQuota": { "BOOL": true } })))));
    let quota =
        json!({ "keptFiles": { "N": "3" }, "keptBytes": { "N": "3" }, "maxFiles": { "N": "3" } });
    let quota = get(shared::testing::dynamodb::QUOTA).answers(read(Some(&quota)));
    let reserve = put(RESERVATION, &[]).answers(done());
    let answer = create(once(&json!({})), &[&unreserved(), &counter, &quota, &reserve]).await;
    assert_eq!((answer.error(), reserve.num_calls()), ((422, "quota_exceeded"), 0));
}
