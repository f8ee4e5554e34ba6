//! Deletion: whatever the state, all of it, for good.

use serde_json::Value;
use tests::{Answer, Client, id_of, md5_of};

#[tokio::test]
async fn a_file_in_any_state_is_deleted_without_a_word() {
    let client = Client::of_environment_or_shared_stack().await;
    for file in [
        client.pending("pending.bin", b"?").await,
        client.uploaded("uploaded.bin", &b"uploaded"[..]).await,
        client.upload("completed.bin", &b"completed"[..]).await,
        client.cancelled("cancelled.bin").await,
    ] {
        let answer = client.delete(id_of(&file)).await;
        assert_eq!((answer.status, answer.bytes.len()), (204, 0), "{file}");
        for name in ["x-request-id", "x-ratelimit-remaining", "cache-control"] {
            assert!(answer.header(name).is_some(), "{name}");
        }
    }
}

#[tokio::test]
async fn a_deleted_file_is_unknown_to_every_endpoint() {
    let client = Client::of_environment_or_shared_stack().await;
    let file = client.upload("gone.bin", &b"gone"[..]).await;
    let id = id_of(&file);
    assert_eq!(client.delete(id).await.status, 204);
    for answer in [
        client.file(id).await,
        client.url(id).await,
        client.cancel(id).await,
        client.complete(id, &md5_of(b"gone")).await,
        client.delete(id).await,
    ] {
        not_found(&answer);
    }
}

#[tokio::test]
async fn a_url_signed_before_gives_no_bytes_afterwards() {
    let client = Client::of_environment_or_shared_stack().await;
    let file = client.upload("bytes.bin", &b"bytes"[..]).await;
    let url = client.url(id_of(&file)).await.ok();
    assert_eq!(client.delete(id_of(&file)).await.status, 204);
    // S3 says 403 to who may not list the bucket, and the role that signed may not.
    let status = client.download(&url).await.status;
    assert!([403, 404].contains(&status), "{status}");
}

#[tokio::test]
async fn an_id_that_is_none_or_nobody_s_is_not_found() {
    let client = Client::of_environment_or_shared_stack().await;
    let file = client.pending("mine.bin", b"?").await;
    let guessed = format!("{}zzzzzzzzzzzzzzzz", &id_of(&file)[..12]);
    for id in ["x", "fil_000000000000000000000000", &guessed] {
        not_found(&client.delete(id).await);
    }
    assert_eq!(client.file(id_of(&file)).await.ok()["status"], "PENDING");
}

#[tokio::test]
async fn pages_close_over_deleted_files_and_the_count_is_exact() {
    let client = Client::of_environment_or_shared_stack().await;
    let before = client.list("limit=1").await.ok()["totalCount"].as_u64().expect("a number");
    let mut files = Vec::new();
    for number in 0..9 {
        files.push(client.pending(&format!("{number}.bin"), b"?").await);
    }
    for at in [8, 5, 4, 0] {
        assert_eq!(client.delete(id_of(&files[at])).await.status, 204);
    }
    let left = [7, 6, 3, 2, 1].map(|at: usize| id_of(&files[at]));
    for limit in 1..=5 {
        let mut listed = Vec::new();
        for offset in (0..5).step_by(limit) {
            let page = client.list(&format!("limit={limit}&offset={offset}")).await.ok();
            assert_eq!(page["totalCount"], before + 5);
            listed.extend(ids(&page));
        }
        assert_eq!(listed[..5], left, "limit {limit}");
    }
}

fn ids(page: &Value) -> Vec<String> {
    let files = page["data"].as_array().expect("data is an array");
    files.iter().map(|file| id_of(file).to_owned()).collect()
}

#[track_caller]
fn not_found(answer: &Answer) {
    assert_eq!((answer.status, &answer.body["error"]["type"]), (404, &"not_found".into()));
}
