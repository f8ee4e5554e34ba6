//! What the log tells, and what it must never tell.

use serde_json::Value;
use tests::{Client, Settings, Stack, id_of, md5_of};

#[tokio::test]
async fn a_request_is_one_line_of_json() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let answer = client.file("fil_000000000000000000000000").await;
    let lines: Vec<Value> = lines(&stack, "get-file");
    assert_eq!(lines.len(), 1, "{lines:?}");
    let line = &lines[0];
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["route"], "GET /v1/files/{id}");
    assert_eq!(line["workspace"], "acme");
    assert_eq!(line["status"], 404);
    assert!(line["ms"].is_u64());
    assert_eq!(line["requestId"].as_str(), answer.header("x-request-id"));
}

#[tokio::test]
async fn no_key_no_presigned_url_and_no_file_name_is_ever_logged() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    everything(&client).await;
    stack.local().settled().await;
    let key = client.key().expect("a key").to_owned();
    let secret = key.split('_').nth(2).expect("a key has a secret");
    let logs = stack.logs();
    assert!(logs.lines().count() > 8, "{logs}");
    for forbidden in [secret, "X-Amz-Signature", "X-Amz-Credential", "local-secret", "geheim"] {
        assert!(!logs.contains(forbidden), "{forbidden} stands in the log:\n{logs}");
    }
}

/// Every endpoint, well and badly used.
async fn everything(client: &Client) {
    let completed = client.upload("geheim.bin", &b"geheim"[..]).await;
    client.url(id_of(&completed)).await.ok();
    client.list("").await.ok();
    client.validate().await.ok();
    client.file(id_of(&completed)).await.ok();
    client.cancelled("geheim.txt").await;
    client.with_key("slw_geheim").validate().await;
    client.complete(id_of(&completed), &md5_of(b"else")).await;
    let body = serde_json::json!({ "filename": "geheim/\\", "mimeType": "geheim", "geheim": 1 });
    client.create(&body).await;
}

fn lines(stack: &Stack, function: &str) -> Vec<Value> {
    let logs = stack.function(function).logs();
    logs.lines()
        .map(|line| serde_json::from_str(line).expect("a line of the log is JSON"))
        .collect()
}
