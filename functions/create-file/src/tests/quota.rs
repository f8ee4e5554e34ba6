//! Files of a workspace that has a quota.

use serde_json::{Value, json};
use shared::domain::BodyHash;
use shared::testing::dynamodb::{
    COUNTER, FILE, QUOTA, done, file_item, get, read, refused, update, updated,
};
use shared::testing::transactions::{cancelled, transaction};
use shared::testing::{Answers as _, ID, NOW, Rule};

use super::{NOTE, create, request_with, session};

/// Record, session and room: all or nothing.
const RECORD: &[&str] = &[
    "WS#acme/FILE#0000000000007: PUT IF attribute_not_exists(pk)",
    "SESSION: PUT IF attribute_not_exists(pk)",
    "COUNTER#acme/QUOTA: ADD keptFiles 1, keptBytes 11 \
     IF attribute_exists(keptFiles) AND keptFiles <= 9 AND keptBytes <= 89",
];

/// What is kept of at most 10 files and 100 bytes.
fn kept(files: u64, bytes: u64) -> Value {
    json!({
        "keptFiles": { "N": files.to_string() }, "keptBytes": { "N": bytes.to_string() },
        "maxFiles": { "N": "10" }, "maxBytes": { "N": "100" },
    })
}

/// The counter says that there is a quota, and gives 7 out to who knows.
fn counters() -> [Rule; 2] {
    let counter = json!({ "next": { "N": "8" }, "touchedAt": { "N": "0" } });
    let unknowing = update(COUNTER, &["ADD next 1", "IF attribute_not_exists(hasQuota)"]);
    let unknowing = unknowing.answers(refused(Some(&counter)));
    let knowing = update(COUNTER, &["SET touchedAt = 1775649600000 IF "]);
    [unknowing, knowing.answers(updated(&counter))]
}

#[tokio::test]
async fn a_file_takes_its_room_with_its_record() {
    let [unknowing, knowing] = counters();
    let quota = get(QUOTA).answers(read(Some(&kept(9, 89))));
    let record = transaction(RECORD).answers(done());
    let rules = [&unknowing, &knowing, &quota, &record];
    let answer = create(request_with(&json!({})), &rules).await;
    assert_eq!((answer.status, rules.map(Rule::num_calls)), (200, [1, 1, 1, 1]), "{answer:?}");
}

#[tokio::test]
async fn a_file_without_room_takes_no_number() {
    for (kept, param) in [(kept(10, 0), None), (kept(0, 90), Some("sizeBytes"))] {
        let [unknowing, knowing] = counters();
        let quota = get(QUOTA).answers(read(Some(&kept)));
        let answer = create(request_with(&json!({})), &[&unknowing, &knowing, &quota]).await;
        assert_eq!((answer.error(), answer.param()), ((422, "quota_exceeded"), param));
        assert_eq!(knowing.num_calls(), 0);
    }
}

#[tokio::test]
async fn a_file_whose_room_was_taken_meanwhile_gives_its_number_up() {
    let [unknowing, knowing] = counters();
    let quotas = [kept(9, 89), kept(10, 100)].map(|kept| read(Some(&kept)));
    let quota = get(QUOTA).answers_in_turn(quotas);
    let record = transaction(RECORD);
    let record = record.answers(cancelled(&["None", "None", "ConditionalCheckFailed"]));
    let note = transaction(NOTE).answers_after(&[&record], done());
    let rules = [&unknowing, &knowing, &quota, &record, &note];
    let answer = create(request_with(&json!({})), &rules).await;
    assert_eq!((answer.error(), note.num_calls()), ((422, "quota_exceeded"), 1));
}

#[tokio::test]
async fn a_repetition_whose_file_took_the_last_room_is_told_of_it() {
    let [unknowing, _] = counters();
    let quota = get(QUOTA).answers(read(Some(&kept(10, 0))));
    let canonical = r#"["hello.txt","text/plain",11,null,null,null,false,[]]"#;
    let reserved = json!({
        "id": { "S": ID }, "bodyHash": { "S": BodyHash::of(canonical).as_str() },
        "madeAt": { "N": NOW.millis().to_string() }, "endsAt": { "N": "1775736000000" },
    });
    let found = get("IDEM#acme#").answers_in_turn([read(None), read(Some(&reserved))]);
    let file = get(FILE).answers(read(Some(&file_item("PENDING"))));
    let request = request_with(&json!({})).header("idempotency-key", "k1");
    let rules = [&unknowing, &quota, &found, &file, &session()];
    let answer = create(request, &rules).await;
    assert_eq!((answer.status, &answer.body["id"]), (200, &json!(ID)), "{answer:?}");
}
