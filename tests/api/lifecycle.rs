//! What may follow what: every move out of every state, and every refusal.

use serde_json::{Value, json};
use tests::{Answer, Client, id_of, md5_of};

#[tokio::test]
async fn nothing_is_completed_before_it_is_uploaded() {
    let client = Client::of_environment_or_shared_stack().await;
    let created = client.pending("late.bin", b"late").await;
    client.complete(id_of(&created), &md5_of(b"late")).await.refused(422, "upload_missing");
    assert_eq!(client.file(id_of(&created)).await.ok()["status"], "PENDING");
}

#[tokio::test]
async fn a_wrong_md5_names_the_stored_one_and_the_same_url_works_again() {
    let client = Client::of_environment_or_shared_stack().await;
    let created = client.uploaded("wrong.bin", &b"bad bytes"[..]).await;
    let refusal = client.complete(id_of(&created), &md5_of(b"good byte")).await;
    refusal.refused(422, "checksum_mismatch");
    let message = refusal.body["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains(&md5_of(b"bad bytes")), "{message}");

    client.complete(id_of(&created), &md5_of(b"good byte")).await.refused(422, "upload_missing");
    assert_eq!(client.put_bytes(&created, &b"good byte"[..]).await.status, 200);
    let completed = client.complete(id_of(&created), &md5_of(b"good byte")).await.ok();
    assert_eq!(completed["status"], "COMPLETED");
}

#[tokio::test]
async fn after_a_mismatch_the_very_same_bytes_can_come_again() {
    let client = Client::of_environment_or_shared_stack().await;
    let created = client.uploaded("typo.bin", &b"right"[..]).await;
    let typo = md5_of(b"wrong");
    client.complete(id_of(&created), &typo).await.refused(422, "checksum_mismatch");
    assert_eq!(client.put_bytes(&created, &b"right"[..]).await.status, 200);
    client.complete(id_of(&created), &md5_of(b"right")).await.ok();
}

#[tokio::test]
async fn completing_again_is_harmless_and_another_md5_is_refused() {
    let client = Client::of_environment_or_shared_stack().await;
    let completed = client.upload("again.bin", &b"again"[..]).await;
    let id = id_of(&completed);
    assert_eq!(client.complete(id, &md5_of(b"again")).await.ok(), completed);
    let path = format!("/v1/files/{id}/complete");
    assert_eq!(client.post(&path, &json!({})).await.ok(), completed);
    client.complete(id, &md5_of(b"other")).await.refused(422, "checksum_mismatch");
    assert_eq!(client.file(id).await.ok(), completed);
    let url = client.url(id).await.ok();
    assert_eq!(client.download(&url).await.bytes, &b"again"[..]);
}

#[tokio::test]
async fn a_cancelled_file_is_final_and_its_bytes_are_gone() {
    let client = Client::of_environment_or_shared_stack().await;
    let created = client.uploaded("cancel.bin", &b"gone"[..]).await;
    let id = id_of(&created);
    let cancelled = client.cancel(id).await.ok();
    assert_eq!(cancelled["status"], "CANCELLED");
    assert_eq!(cancelled["expiresAt"], Value::Null);
    assert_eq!(client.file(id).await.ok(), cancelled);

    assert_eq!(client.cancel(id).await.ok(), cancelled);
    not_pending(&client.complete(id, &md5_of(b"gone")).await, "CANCELLED");
    let refusal = client.url(id).await;
    refusal.refused(409, "file_not_completed");
    assert_eq!(refusal.header("x-should-retry"), Some("false"));
}

#[tokio::test]
async fn a_completed_file_cannot_be_cancelled() {
    let client = Client::of_environment_or_shared_stack().await;
    let completed = client.upload("keep.bin", &b"keep"[..]).await;
    not_pending(&client.cancel(id_of(&completed)).await, "COMPLETED");
    assert_eq!(client.file(id_of(&completed)).await.ok(), completed);
}

#[tokio::test]
async fn a_pending_file_has_no_download() {
    let client = Client::of_environment_or_shared_stack().await;
    let created = client.pending("pending.bin", b"?").await;
    client.url(id_of(&created)).await.refused(409, "file_not_completed");
}

#[tokio::test]
async fn cancel_takes_an_empty_body_and_an_empty_object() {
    let client = Client::of_environment_or_shared_stack().await;
    for body in [None, Some(json!({}))] {
        let created = client.pending("either.bin", b"?").await;
        let path = format!("/v1/files/{}/cancel", id_of(&created));
        let answer = match body {
            Some(body) => client.post(&path, &body).await,
            None => client.post_nothing(&path).await,
        };
        assert_eq!(answer.ok()["status"], "CANCELLED");
    }
}

#[track_caller]
fn not_pending(answer: &Answer, status: &str) {
    answer.refused(409, "file_not_pending");
    assert_eq!(answer.header("x-should-retry"), Some("false"));
    let message = answer.body["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains(status), "{message}");
}
