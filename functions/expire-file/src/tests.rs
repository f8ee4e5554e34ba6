//! What the function of the DynamoDB stream promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use serde_json::{Value, json};
use shared::testing::dynamodb::{FILE, SESSION, done, failure, file_item, get, put, read, refused};
use shared::testing::dynamodb::{update, updated, with};
use shared::testing::parts::{UPLOAD, abort, item_in_parts, list_uploads, open_uploads, put_note};
use shared::testing::s3::{delete, empty};
use shared::testing::transactions::transaction;
use shared::testing::{Answers as _, ID, NOW, Rule, context, deliver, id};

use super::expire_file;

/// The update that ends an overdue session, with its guards.
const EXPIRE: &[&str] = &["SET status = 'EXPIRED' REMOVE expiresAt IF \
    id = 'fil_000000070123456789abcdef' AND status = 'PENDING' AND expiresAt <= 1775649600000"];

/// The read of the record.
fn record(item: &Value) -> Rule {
    get(FILE).answers(read(Some(item)))
}

/// A file whose session is over, and nobody has recorded that.
fn overdue(item: Value) -> Value {
    with(item, &json!({ "expiresAt": { "N": NOW.millis().to_string() } }))
}

/// DynamoDB itself, whose TTL removed an item.
fn ttl() -> Value {
    json!({ "type": "Service", "principalId": "dynamodb.amazonaws.com" })
}

/// The record of a session's removal by `identity`.
fn removal(file: &str, sequence_number: &str, identity: &Value) -> Value {
    json!({
        "eventID": sequence_number,
        "eventName": "REMOVE",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "userIdentity": identity,
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/slipway/stream/1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_775_649_600.0,
            "Keys": { "pk": { "S": format!("SESSION#{file}") }, "sk": { "S": "SESSION" } },
            "OldImage": {
                "pk": { "S": format!("SESSION#{file}") },
                "sk": { "S": "SESSION" },
                "objectKey": { "S": format!("acme/{file}") },
                "ttl": { "N": "1775649600" },
            },
            "SequenceNumber": sequence_number,
            "SizeBytes": 100,
            "StreamViewType": "OLD_IMAGE",
        },
    })
}

/// The sequence numbers that Lambda is asked to deliver again.
async fn failed(records: &[Value], rules: &[&Rule]) -> Vec<String> {
    let event = serde_json::from_value(json!({ "Records": records })).unwrap();
    let failures =
        deliver(Duration::from_secs(30), &context(rules), &expire_file, event).await.unwrap();
    let answer = serde_json::to_value(failures).unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap();
    let name = |failure: &Value| failure["itemIdentifier"].as_str().unwrap().to_owned();
    failures.iter().map(name).collect()
}

#[tokio::test]
async fn an_overdue_file_is_expired_and_then_its_bytes_are_deleted() {
    let found = record(&overdue(file_item("PENDING")));
    let file = update(FILE, EXPIRE).answers_after(&[&found], updated(&file_item("EXPIRED")));
    let object = delete().answers_after(&[&file], empty(204));
    assert_eq!(
        failed(&[removal(ID, "1", &ttl())], &[&found, &file, &object]).await,
        [] as [std::string::String; 0]
    );
    assert_eq!([&found, &file, &object].map(Rule::num_calls), [1, 1, 1]);
}

#[tokio::test]
async fn a_file_that_is_completed_while_it_is_swept_keeps_its_bytes() {
    let found = record(&overdue(file_item("PENDING")));
    let file = update(FILE, EXPIRE).answers(refused(Some(&file_item("COMPLETED"))));
    let object = delete().answers(empty(204));
    assert_eq!(
        failed(&[removal(ID, "1", &ttl())], &[&found, &file, &object]).await,
        [] as [std::string::String; 0]
    );
    assert_eq!([&file, &object].map(Rule::num_calls), [1, 0]);
}

#[tokio::test]
async fn a_completed_file_keeps_its_bytes() {
    let found = record(&file_item("COMPLETED"));
    let object = delete().answers(empty(204));
    assert_eq!(
        failed(&[removal(ID, "1", &ttl())], &[&found, &object]).await,
        [] as [std::string::String; 0]
    );
    assert_eq!([&found, &object].map(Rule::num_calls), [1, 0]);
}

#[tokio::test]
async fn what_a_file_that_will_never_be_completed_left_behind_is_deleted() {
    for status in ["CANCELLED", "EXPIRED"] {
        let found = record(&file_item(status));
        let object = delete().answers_after(&[&found], empty(204));
        assert_eq!(
            failed(&[removal(ID, "1", &ttl())], &[&found, &object]).await,
            [] as [std::string::String; 0]
        );
        assert_eq!(object.num_calls(), 1);
    }
}

#[tokio::test]
async fn what_lies_under_the_key_of_a_file_that_never_was_is_deleted() {
    let file = get(FILE).answers(read(None));
    let object = delete().answers_after(&[&file], empty(204));
    let uploads = list_uploads().answers_after(&[&file], open_uploads(&["upload-0"]));
    let upload = abort("upload-0").answers(empty(204));
    let rules = [&file, &object, &uploads, &upload];
    assert_eq!(failed(&[removal(ID, "1", &ttl())], &rules).await, [] as [std::string::String; 0]);
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1]);
}

#[tokio::test]
async fn the_uploads_of_an_overdue_file_in_parts_are_given_up() {
    let found = record(&overdue(item_in_parts("PENDING")));
    let file = update(FILE, EXPIRE).answers(updated(&item_in_parts("EXPIRED")));
    let object = delete().answers_after(&[&file], empty(204));
    let uploads = list_uploads().answers_after(&[&file], open_uploads(&[UPLOAD]));
    let upload = abort(UPLOAD).answers(empty(204));
    let rules = [&found, &file, &object, &uploads, &upload];
    assert_eq!(failed(&[removal(ID, "1", &ttl())], &rules).await, [] as [std::string::String; 0]);
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn a_completion_that_has_begun_keeps_its_session_and_is_set_going_again() {
    let file = record(&item_in_parts("COMPLETING"));
    let session =
        put(SESSION, &["objectKey = 'acme/fil_000000070123456789abcdef'", "ttl = 1775653200"]);
    let session = session.answers_after(&[&file], done());
    let note = put_note().answers_after(&[&session], empty(200));
    let object = delete().answers(empty(204));
    let rules = [&file, &session, &note, &object];
    assert_eq!(failed(&[removal(ID, "1", &ttl())], &rules).await, [] as [std::string::String; 0]);
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 0]);
}

#[tokio::test]
async fn a_session_that_could_not_be_kept_comes_again() {
    let file = record(&item_in_parts("COMPLETING"));
    let session = put(SESSION, &[]).answers(failure(500, "InternalServerError"));
    assert_eq!(failed(&[removal(ID, "1", &ttl())], &[&file, &session]).await, ["1"]);
}

#[tokio::test]
async fn a_session_that_somebody_else_removed_has_not_expired() {
    let file = record(&file_item("EXPIRED"));
    let somebody = json!({ "type": "Service", "principalId": "somebody.else" });
    for identity in [Value::Null, somebody] {
        assert_eq!(
            failed(&[removal(ID, "1", &identity)], &[&file]).await,
            [] as [std::string::String; 0]
        );
    }
    assert_eq!(file.num_calls(), 0);
}

#[tokio::test]
async fn a_session_that_is_not_due_by_our_clock_comes_again() {
    let file = record(&file_item("PENDING"));
    let object = delete().answers(empty(204));
    assert_eq!(failed(&[removal(ID, "1", &ttl())], &[&file, &object]).await, ["1"]);
    assert_eq!(object.num_calls(), 0);
}

#[tokio::test]
async fn the_record_that_failed_is_told_and_the_others_are_done() {
    let failing = get("WS#acme/FILE#0000000000008").answers(failure(500, "InternalServerError"));
    let file = record(&file_item("EXPIRED"));
    let object = delete().answers(empty(204));
    let records = [removal(&id(8), "1", &ttl()), removal(ID, "2", &ttl())];
    assert_eq!(failed(&records, &[&failing, &file, &object]).await, ["1"]);
    assert_eq!([&file, &object].map(Rule::num_calls), [1, 1]);
}

/// Gives the room of the file back, with its mark.
const GIVE_BACK: &[&str] = &[
    "WS#acme/FILE#0000000000007: REMOVE counted \
     IF id = 'fil_000000070123456789abcdef' AND attribute_exists(counted)",
    "COUNTER#acme/QUOTA: ADD keptFiles -1, keptBytes -11",
];

#[tokio::test]
async fn the_room_of_a_file_comes_back_when_it_is_swept_also_if_a_cancellation_could_not_give_it_back()
 {
    let counted = |status| with(file_item(status), &json!({ "counted": { "BOOL": true } }));
    let expired = update(FILE, EXPIRE).answers(updated(&counted("EXPIRED")));
    for found in [overdue(counted("PENDING")), counted("CANCELLED")] {
        let record = record(&found);
        let room = transaction(GIVE_BACK).answers_after(&[&record], done());
        let object = delete().answers_after(&[&room], empty(204));
        let again = failed(&[removal(ID, "1", &ttl())], &[&record, &expired, &room, &object]).await;
        assert_eq!((again.len(), room.num_calls(), object.num_calls()), (0, 1, 1));
    }
}

#[tokio::test]
async fn room_that_could_not_be_given_back_is_given_back_when_the_removal_comes_again() {
    let found = with(file_item("CANCELLED"), &json!({ "counted": { "BOOL": true } }));
    let down = failure(500, "InternalServerError");
    let room = transaction(GIVE_BACK).answers_in_turn(std::iter::repeat_n(down, 6));
    let object = delete().answers(empty(204));
    let again = failed(&[removal(ID, "1", &ttl())], &[&record(&found), &room, &object]).await;
    assert_eq!((again, object.num_calls()), (vec!["1".to_owned()], 1));
}

#[tokio::test]
async fn a_completed_file_keeps_its_room() {
    let found = with(file_item("COMPLETED"), &json!({ "counted": { "BOOL": true } }));
    let room = transaction(GIVE_BACK).answers(done());
    let again = failed(&[removal(ID, "1", &ttl())], &[&record(&found), &room]).await;
    assert_eq!((again.len(), room.num_calls()), (0, 0));
}
