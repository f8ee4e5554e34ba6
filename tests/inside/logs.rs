//! What the log tells, and what it must never tell.

use reqwest::Method;
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
async fn a_line_names_the_route_that_matched_and_never_a_strangers_path() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    for path in ["/v1/told-to-nobody", "/polar/told-to-nobody", "/docs/told-to-nobody"] {
        assert_eq!(client.get(path).await.status, 404, "{path}");
    }
    let put = client.request(Method::PUT, "/v1/files/told-to-nobody");
    assert_eq!(client.send(put).await.status, 405);
    for (function, routes) in [
        ("no-route", vec!["$default", "$default"]),
        ("polar", vec!["GET /polar/{*path}"]),
        ("get-docs", vec!["GET /docs/{asset}"]),
    ] {
        let told = lines(&stack, function);
        let told: Vec<_> = told.iter().map(|line| line["route"].as_str()).collect();
        assert_eq!(told, routes.into_iter().map(Some).collect::<Vec<_>>());
    }
    assert!(!stack.logs().contains("told-to-nobody"));
}

#[tokio::test]
async fn what_happens_to_uploads_is_counted_once() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let completed = client.upload("counted.bin", &b"counted"[..]).await;
    client.complete(id_of(&completed), &md5_of(b"counted")).await.ok();
    client.complete(id_of(&completed), &md5_of(b"other")).await.refused(422, "checksum_mismatch");
    client.cancelled("cancelled.bin").await;
    assert_eq!(client.delete(id_of(&completed)).await.status, 204);
    assert_eq!(client.delete(id_of(&completed)).await.status, 404);
    let sum = |function: &str, metric: &str| -> u64 {
        lines(&stack, function).iter().filter_map(|line| line[metric].as_u64()).sum()
    };
    assert_eq!(sum("create-file", "UploadsCreated"), 2);
    assert_eq!(sum("complete-file", "UploadsCompleted"), 1);
    assert_eq!(sum("complete-file", "BytesCompleted"), 7);
    assert_eq!(sum("complete-file", "ChecksumMismatches"), 1);
    assert_eq!(sum("cancel-file", "UploadsCancelled"), 1);
    assert_eq!(sum("delete-file", "FilesDeleted"), 1);
    let line = &lines(&stack, "cancel-file")[0];
    assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Slipway");
    assert_eq!(line["Stage"], "local");
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
    let aws = stack.local().secret_access_key();
    for forbidden in [secret, "slt_", "X-Amz-Signature", "X-Amz-Credential", aws, "geheim"] {
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
    client.delete(id_of(&completed)).await;
    client.cancelled("geheim.txt").await;
    client.with_key("slw_geheim").validate().await;
    let page = client.upload_token(&serde_json::json!({ "maxFiles": 2 })).await;
    page.upload("geheim.png", &b"geheim"[..]).await;
    let token = page.key().expect("a token");
    for path in [format!("/uppy/{token}/s3/multipart"), format!("/uppy/{token}/s3/nothing")] {
        let upload = serde_json::json!({ "filename": "geheim", "metadata": { "size": 1 } });
        client.post(&path, &upload).await;
    }
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
