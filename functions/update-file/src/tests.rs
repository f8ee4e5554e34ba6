//! What `PATCH /v1/files/{id}` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use shared::http::endpoints;
use shared::testing::dynamodb::{
    FILE, admitted, file_item, get, read, refused, update, updated, with,
};
use shared::testing::gateway::{Answer, ask, request};
use shared::testing::{Answers as _, ID, Rule, context};

use super::update_file;

async fn patch(body: &Value, rules: &[&Rule]) -> Answer {
    let key = admitted(&["files:create"]);
    let request = request("PATCH /v1/files/{id}").json(body);
    let context = context(&[&[&key], rules].concat());
    ask(&context, &endpoints::UPDATE_FILE, &update_file, request).await
}

/// A file with labels.
fn labelled(labels: &Value) -> Value {
    let labels = labels.as_object().unwrap().iter();
    let labels: Value = labels.map(|(name, value)| (name.clone(), json!({ "S": value }))).collect();
    with(file_item("COMPLETED"), &json!({ "labels": { "M": labels } }))
}

#[tokio::test]
async fn labels_are_merged_by_one_update_that_demands_what_was_read() {
    let file = get(FILE).answers(read(Some(&labelled(&json!({ "a": "1", "b": "2" })))));
    let change = update(
        FILE,
        &[
            "SET filename = 'hello.txt', labels = M(",
            "REMOVE annotation IF id = 'fil_000000070123456789abcdef' AND filename = 'hello.txt' \
             AND attribute_not_exists(annotation) AND labels = M(",
        ],
    );
    let merged = labelled(&json!({ "b": "3", "c": "4" }));
    let change = change.answers_after(&[&file], updated(&merged));
    let answer =
        patch(&json!({ "labels": { "a": null, "b": "3", "c": "4" } }), &[&file, &change]).await;
    assert_eq!((answer.status, &answer.body["id"]), (200, &json!(ID)), "{answer:?}");
    assert_eq!(answer.body["labels"], json!({ "b": "3", "c": "4" }));
}

#[tokio::test]
async fn the_last_label_goes_with_its_attribute_and_null_removes_all() {
    for labels in [json!({ "a": null, "b": null }), Value::Null] {
        let file = get(FILE).answers(read(Some(&labelled(&json!({ "a": "1", "b": "2" })))));
        let change = update(FILE, &["REMOVE annotation, labels IF"]);
        let change = change.answers(updated(&file_item("COMPLETED")));
        let answer = patch(&json!({ "labels": labels }), &[&file, &change]).await;
        assert_eq!((answer.status, &answer.body["labels"]), (200, &json!({})));
    }
}

#[tokio::test]
async fn a_change_that_came_between_is_kept() {
    let file = get(FILE).answers(read(Some(&file_item("PENDING"))));
    let other = labelled(&json!({ "other": "x" }));
    let first = update(FILE, &["AND attribute_not_exists(labels)"]).answers(refused(Some(&other)));
    let second = update(FILE, &["AND labels = M("]);
    let both = labelled(&json!({ "other": "x", "mine": "y" }));
    let second = second.answers_after(&[&first], updated(&both));
    let answer = patch(&json!({ "labels": { "mine": "y" } }), &[&file, &first, &second]).await;
    assert_eq!(answer.body["labels"], json!({ "other": "x", "mine": "y" }), "{answer:?}");
    assert_eq!([&file, &first, &second].map(Rule::num_calls), [1, 1, 1]);
}

#[tokio::test]
async fn what_is_so_already_is_not_written() {
    let file = get(FILE).answers(read(Some(&labelled(&json!({ "a": "1" })))));
    for body in [json!({}), json!({ "filename": "hello.txt", "labels": { "a": "1", "z": null } })] {
        let answer = patch(&body, &[&file]).await;
        assert_eq!((answer.status, &answer.body["labels"]), (200, &json!({ "a": "1" })));
    }
}

#[tokio::test]
async fn a_file_is_renamed_whatever_its_state() {
    for status in ["PENDING", "COMPLETED", "CANCELLED", "EXPIRED"] {
        let file = get(FILE).answers(read(Some(&file_item(status))));
        let renamed = with(file_item(status), &json!({ "filename": { "S": "new.txt" } }));
        let change = update(FILE, &["SET filename = 'new.txt'"]).answers(updated(&renamed));
        let answer = patch(&json!({ "filename": "new.txt" }), &[&file, &change]).await;
        assert_eq!((answer.status, &answer.body["filename"]), (200, &json!("new.txt")));
    }
}

#[tokio::test]
async fn what_is_out_of_bounds_is_refused_and_changes_nothing() {
    let sixteen: serde_json::Map<_, _> = (0..16).map(|n| (n.to_string(), json!("x"))).collect();
    let file = get(FILE).answers(read(Some(&labelled(&sixteen.into()))));
    for (body, code, param) in [
        (json!({ "labels": { "new": "x" } }), "invalid_value", "labels"),
        (json!({ "labels": { "": "x" } }), "invalid_value", "labels"),
        (json!({ "labels": { "n": "x".repeat(513) } }), "invalid_value", "labels"),
        (json!({ "labels": { "n": 7 } }), "invalid_type", "labels"),
        (json!({ "labels": [] }), "invalid_type", "labels"),
        (json!({ "filename": null }), "invalid_type", "filename"),
        (json!({ "filename": "a/b" }), "invalid_value", "filename"),
        (json!({ "status": "COMPLETED" }), "unknown_field", "status"),
    ] {
        let answer = patch(&body, &[&file]).await;
        assert_eq!((answer.error(), answer.param()), ((400, code), Some(param)), "{body}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_found() {
    let file = get(FILE).answers(read(None));
    let answer = patch(&json!({ "filename": "a" }), &[&file]).await;
    assert_eq!(answer.error(), (404, "not_found"));
}
