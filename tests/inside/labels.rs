//! Labels and names, changed by many at once and kept by every API.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Client, Settings, Stack, id_of};

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_changes_at_once_none_is_lost() {
    let stack = Stack::start(Settings::default()).await;
    stack.function("update-file").warm(8).await;
    let client = stack.workspace("acme").await;
    let id = id_of(&client.pending("a.bin", b"?").await).to_owned();
    let changes = (0..16).map(|n| json!({ "labels": { (n.to_string()): format!("value {n}") } }));
    let changes: Vec<Value> = changes.collect();
    let answers = join_all(changes.iter().map(|change| client.update(&id, change))).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    let labels = client.file(&id).await.ok()["labels"].clone();
    assert_eq!(labels.as_object().map(serde_json::Map::len), Some(16), "{labels}");
    client.update(&id, &json!({ "labels": { "16": "" } })).await.refused(400, "invalid_value");
}

#[tokio::test]
async fn labels_come_back_in_every_view_whatever_the_state_and_never_in_a_log() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let labels = json!({ "order": "secret-17", "größe": "zwölf\n", "empty": "" });
    let file = json!({ "filename": "a.bin", "mimeType": "a/b", "sizeBytes": 1, "labels": labels });
    let created = client.create(&file).await.ok();
    let id = id_of(&created);
    assert_eq!(created["labels"], labels);
    assert_eq!(client.list("").await.ok()["data"][0]["labels"], labels);
    client.put_bytes(&created, &b"1"[..]).await;
    assert_eq!(client.complete_as(id, &json!({})).await.ok()["labels"], labels);
    let renamed = client.update(id, &json!({ "filename": "b.bin" })).await.ok();
    assert_eq!((&renamed["filename"], &renamed["labels"]), (&json!("b.bin"), &labels));
    let url = client.url(id).await.ok();
    let download = client.download(&url).await;
    assert!(download.header("content-disposition").is_some_and(|it| it.contains("b.bin")));
    let cancelled = client.cancelled("c.bin").await;
    let labelled =
        client.update(id_of(&cancelled), &json!({ "labels": { "why": "secret-18" } })).await;
    assert_eq!(labelled.ok()["labels"], json!({ "why": "secret-18" }));
    for wrong in [r#"{"labels":{"secret-19":1}}"#, r#"{"labels":{"secret-20":"","secret-20":""}}"#]
    {
        let request = client.request(reqwest::Method::PATCH, &format!("/v1/files/{id}"));
        let answer =
            client.send(request.header("content-type", "application/json").body(wrong)).await;
        assert_eq!((answer.status, &answer.body["error"]["param"]), (400, &json!("labels")));
    }
    let logs = stack.logs();
    assert!(!logs.contains("secret-") && !logs.contains("größe"), "{logs}");
}

#[tokio::test]
async fn labels_at_their_bounds_are_taken_and_a_page_of_them_is_one_query() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let largest: Value = (0..4).map(|n| (format!("n{n}"), json!("x".repeat(510)))).collect();
    for _ in 0..25 {
        let file = json!({ "filename": "x".repeat(255), "mimeType": "a/b", "sizeBytes": 1, "labels": largest });
        client.create(&file).await.ok();
    }
    client.list("").await.ok();
    stack.local().forget_calls();
    let page = client.list("").await.ok();
    assert_eq!(page["data"].as_array().map(Vec::len), Some(25));
    assert_eq!(stack.local().calls().len(), 3, "admission, counter, Query");
    let over = json!({ "filename": "a", "mimeType": "a/b", "sizeBytes": 1,
        "labels": { "a": "x".repeat(512), "b": "x".repeat(512), "c": "x".repeat(512), "d": "x".repeat(509) } });
    client.create(&over).await.refused(400, "invalid_value");
}

#[tokio::test]
async fn a_rename_by_another_api_and_labels_at_the_same_time_are_both_kept() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let id = id_of(&client.pending("a.bin", b"?").await).to_owned();
    let uuid = id.parse::<shared::domain::FileId>().expect("an id").to_uuid();
    let polar = |body: Value| rename(&client, &uuid, body);
    let (versions, labels) = ([1, 2, 3, 4], ["a", "b", "c", "d"]);
    let renames = join_all(versions.map(|n| polar(json!({ "version": n.to_string() }))));
    let changes = labels.map(|name| json!({ "labels": { name: "x" } }));
    let changes = join_all(changes.iter().map(|change| client.update(&id, change)));
    let (by_polar, by_labels) = futures_util::future::join(renames, changes).await;
    assert!(by_polar.iter().all(|status| *status == 200), "{by_polar:?}");
    assert!(by_labels.iter().all(|answer| answer.status == 200), "{by_labels:?}");
    let labels = client.file(&id).await.ok()["labels"].clone();
    assert_eq!(labels.as_object().map(serde_json::Map::len), Some(4), "{labels}");
}

async fn rename(client: &Client, uuid: &str, body: Value) -> u16 {
    let path = format!("/polar/v1/files/{uuid}");
    client.send(client.request(reqwest::Method::PATCH, &path).json(&body)).await.status
}
