//! `expire-file` hears of every record that TTL removed, in the shape Lambda gives it, and of nothing else.

use std::time::Duration;

use local::{Clock, Options};
use serde_json::{Value, json};

use crate::functions::Functions;
use crate::scene::Scene;

#[tokio::test]
async fn a_record_past_its_ttl_is_removed_and_told() {
    let (scene, functions) = with_functions().await;
    let due = scene.clock.now_ms() / 1000 + 60;
    scene.record("SESSION#a", due).await;
    assert_eq!(scene.local.sweep().await.unwrap(), 0);
    scene.clock.set((due + 1) * 1000);
    assert_eq!(scene.local.sweep().await.unwrap(), 1);
    let (function, payload) = &functions.invocations()[0];
    let record = &payload["Records"][0];
    assert_eq!(function, "expire-file");
    assert_eq!(record["eventName"], "REMOVE");
    assert_eq!(record["eventSource"], "aws:dynamodb");
    assert_eq!(record["awsRegion"], "us-east-1");
    let service = json!({ "type": "Service", "principalId": "dynamodb.amazonaws.com" });
    assert_eq!(record["userIdentity"], service);
    assert!(record["eventID"].is_string());
    let arn = record["eventSourceARN"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:dynamodb:us-east-1:000000000000:table/slipway/stream/"));
    let change = &record["dynamodb"];
    assert_eq!(change["Keys"], json!({ "pk": { "S": "SESSION#a" }, "sk": { "S": "SESSION" } }));
    assert_eq!(change["OldImage"]["ttl"]["N"], due.to_string());
    assert_eq!(change["StreamViewType"], "NEW_AND_OLD_IMAGES");
    assert!(change["SequenceNumber"].is_string());
    assert!(change["ApproximateCreationDateTime"].is_number());
}

#[tokio::test]
async fn a_record_somebody_deleted_is_not_told() {
    let (scene, functions) = with_functions().await;
    scene.record("SESSION#a", scene.clock.now_ms() / 1000 - 1).await;
    let delete = scene.dynamodb.delete_item().table_name(local::TABLE);
    let delete = delete.key("pk", text("SESSION#a")).key("sk", text("SESSION"));
    delete.send().await.unwrap();
    assert_eq!(scene.local.sweep().await.unwrap(), 0);
    scene.local.settled().await;
    assert_eq!(functions.invocations(), []);
}

#[tokio::test]
async fn removals_come_in_batches_of_ten() {
    let (scene, functions) = with_functions().await;
    expired(&scene, 25).await;
    assert_eq!(scene.local.sweep().await.unwrap(), 25);
    let invocations = functions.invocations();
    let sizes: Vec<_> = invocations.iter().map(|(_, payload)| records(payload).len()).collect();
    assert_eq!(sizes, [10, 10, 5]);
}

#[tokio::test]
async fn a_failed_batch_is_told_again() {
    let (scene, functions) = with_functions().await;
    functions.fail_once(500);
    expired(&scene, 2).await;
    assert_eq!(scene.local.sweep().await.unwrap(), 2);
    let last = functions.invocations().pop().unwrap();
    assert_eq!(scene.local.event_log().last().unwrap().payload, last.1);
}

#[tokio::test]
async fn from_the_first_reported_failure_on_records_are_told_again() {
    let (scene, functions) = with_functions().await;
    functions.answer_once(|payload| {
        let second = &payload["Records"][1]["dynamodb"]["SequenceNumber"];
        json!({ "batchItemFailures": [{ "itemIdentifier": second }] })
    });
    expired(&scene, 3).await;
    scene.local.sweep().await.unwrap();
    let invocations = functions.invocations();
    assert_eq!(invocations.len(), 2);
    assert_eq!(records(&invocations[1].1)[..], records(&invocations[0].1)[1..]);
}

#[tokio::test]
async fn an_identifier_that_names_nothing_fails_the_whole_batch() {
    let (scene, functions) = with_functions().await;
    functions.answer_once(|_| json!({ "batchItemFailures": [{ "itemIdentifier": "" }] }));
    expired(&scene, 3).await;
    scene.local.sweep().await.unwrap();
    let invocations = functions.invocations();
    assert_eq!(invocations.len(), 2);
    assert_eq!(invocations[0], invocations[1]);
}

#[tokio::test]
async fn a_sweep_of_its_own_accord_needs_no_asking() {
    let functions = Functions::start().await;
    let options = Options {
        functions: Some(functions.url.clone()),
        sweep_every: Some(Duration::from_millis(1)),
        ..Options::default()
    };
    let scene = Scene::with(options).await;
    expired(&scene, 1).await;
    functions.invoked(1).await;
}

async fn with_functions() -> (Scene, Functions) {
    let functions = Functions::start().await;
    let options = Options { functions: Some(functions.url.clone()), ..Options::default() };
    (Scene::with(options).await, functions)
}

async fn expired(scene: &Scene, count: usize) {
    let past = scene.clock.now_ms() / 1000 - 1;
    for n in 0..count {
        scene.record(&format!("SESSION#{n}"), past).await;
    }
}

fn records(payload: &Value) -> &Vec<Value> {
    payload["Records"].as_array().unwrap()
}

fn text(value: &str) -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::S(value.to_owned())
}
