//! Files that are completed by S3's event: what S3 has proven is not lost with the client that dies.

use futures_util::future::{join, join_all};
use local::{Call, Encryption, Event};
use serde_json::{Value, json};
use tests::{Client, Settings, Stack, id_of, md5_of};

use crate::hand::{Gate, NOWHERE, When};
use crate::races::lost_to;
use crate::records::Records;

#[tokio::test]
async fn a_file_whose_client_died_after_the_put_is_completed_by_the_event() {
    let (stack, client) = start().await;
    for declared in [true, false] {
        let created = pending(&client, b"proven", declared).await;
        assert_eq!(client.put_bytes(&created, &b"proven"[..]).await.status, 200);
        stack.local().settled().await;
        let file = client.file(id_of(&created)).await.ok();
        assert_eq!(
            (&file["status"], &file["md5"]),
            (&json!("COMPLETED"), &md5_of(b"proven").into())
        );
        assert_eq!((&file["received"], &file["expiresAt"]), (&Value::Null, &Value::Null));
        let url = client.url(id_of(&created)).await.ok();
        assert_eq!(client.download(&url).await.bytes, &b"proven"[..]);
        // A client that lives after all changes nothing, and is told of a wrong claim.
        let id = id_of(&created);
        assert_eq!(client.complete_as(id, &json!({})).await.ok(), file);
        assert_eq!(client.complete(id, &md5_of(b"proven")).await.ok(), file);
        client.complete(id, &md5_of(b"other")).await.refused(422, "checksum_mismatch");
        assert_eq!(client.file(id).await.ok(), file);
    }
}

#[tokio::test]
async fn no_request_completes_it_and_it_is_counted_once() {
    let (stack, client) = start().await;
    let created = pending(&client, b"bytes", true).await;
    client.put_bytes(&created, &b"bytes"[..]).await;
    stack.local().settled().await;
    let event = stack.local().event_log().pop().expect("the upload has an event");
    stack.local().redeliver(&event).await.expect("the event is taken");
    let logs = stack.logs();
    assert!(!logs.contains("/complete"), "{logs}");
    assert_eq!(logs.matches("\"UploadsCompleted\":1").count(), 1, "{logs}");
}

#[tokio::test]
async fn an_event_after_the_end_finds_the_file_expired_and_its_bytes_go() {
    let (stack, client) = start().await;
    stack.local().deliver_to(NOWHERE);
    let created = pending(&client, b"late", true).await;
    client.put_bytes(&created, &b"late"[..]).await;
    let records = Records::of(&stack, "acme");
    records.age_file(id_of(&created), "expiresAt", 3_600_000).await;
    stack.local().deliver_to(stack.invoke_url());
    stack.local().settled().await;
    assert_eq!(client.file(id_of(&created)).await.ok()["status"], "EXPIRED");
    assert!(!records.has_object(id_of(&created)).await);
}

#[tokio::test]
async fn bytes_that_were_not_announced_are_rejected_and_the_right_ones_complete_it() {
    let (stack, client) = start().await;
    let created = pending(&client, b"right", true).await;
    let id = id_of(&created);
    let records = Records::of(&stack, "acme");
    // S3 itself refuses them from a client.
    for wrong in [&b"wrong"[..], b"longer"] {
        records.put_object(id, wrong).await;
        stack.local().settled().await;
        let file = client.file(id).await.ok();
        assert_eq!((&file["status"], &file["received"]), (&json!("PENDING"), &Value::Null));
        assert!(!records.has_object(id).await, "they are gone");
    }
    assert_eq!(client.put_bytes(&created, &b"right"[..]).await.status, 200);
    stack.local().settled().await;
    assert_eq!(client.file(id).await.ok()["status"], "COMPLETED");
}

#[tokio::test]
async fn where_an_etag_is_no_md5_the_bytes_are_read_before_the_file_is_completed() {
    for encryption in [Encryption::Kms, Encryption::SseS3] {
        // The functions are not told: somebody has changed the bucket behind the template's back.
        let local = local::Options { encryption, ..local::Options::default() };
        let told = ("BUCKET_ENCRYPTION", "AES256".to_owned());
        let settings = Settings { local, environment: vec![told], ..Settings::default() };
        let stack = Stack::start(settings).await;
        let client = stack.workspace("acme").await;
        for declared in [true, false] {
            let created = pending(&client, b"whatever", declared).await;
            client.put_bytes(&created, &b"whatever"[..]).await;
            stack.local().settled().await;
            let file = client.file(id_of(&created)).await.ok();
            assert_eq!(file["status"], "COMPLETED", "declared: {declared}");
            assert_eq!(file["md5"], md5_of(b"whatever"), "declared: {declared}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn completes_and_cancels_that_race_the_event_have_one_end_that_all_are_told() {
    let stack = Stack::start(Settings { max_containers: Some(32), ..Settings::default() }).await;
    let client = stack.workspace("acme").await;
    for function in ["complete-file", "cancel-file"] {
        stack.function(function).warm(32).await;
    }
    for round in 0..4 {
        let gate = Gate::new(completes_by_event, When::Before);
        stack.local().intercept(gate.clone());
        let created = pending(&client, b"race", round % 2 == 0).await;
        client.put_bytes(&created, &b"race"[..]).await;
        let id = id_of(&created);
        gate.arrival().await;
        let unclaimed = json!({});
        let completes = join_all((0..32).map(|_| client.complete_as(id, &unclaimed)));
        let cancels = join_all((0..32).map(|_| client.cancel(id)));
        gate.open();
        let (completes, cancels) = join(completes, cancels).await;
        stack.local().settled().await;
        stack.local().stop_intercepting();
        let file = client.file(id).await.ok();
        let records = Records::of(&stack, "acme");
        assert_eq!(records.has_object(id).await, file["status"] == "COMPLETED");
        if file["status"] == "COMPLETED" {
            assert!(completes.into_iter().all(|answer| answer.ok() == file));
            assert!(cancels.iter().all(|answer| lost_to(answer, "COMPLETED")));
        } else {
            assert!(completes.iter().all(|answer| lost_to(answer, "CANCELLED")), "{completes:?}");
            assert!(cancels.into_iter().all(|answer| answer.ok() == file));
        }
    }
}

#[tokio::test]
async fn a_pending_file_tells_what_has_arrived_until_that_is_rejected_or_completed() {
    let (stack, client) = start().await;
    let created = client.pending("a.bin", b"first").await;
    let id = id_of(&created);
    assert_eq!(created["received"], Value::Null);
    client.put_bytes(&created, &b"first"[..]).await;
    stack.local().settled().await;
    let received = client.file(id).await.ok()["received"].clone();
    assert_eq!((&received["sizeBytes"], &received["md5"]), (&json!(5), &md5_of(b"first").into()));
    assert!(received["at"].is_string(), "{received}");
    assert_eq!(client.list("").await.ok()["data"][0]["received"], received);

    client.complete(id, &md5_of(b"other")).await.refused(422, "checksum_mismatch");
    assert_eq!(client.file(id).await.ok()["received"], Value::Null);
    // A late event of the bytes that are gone does not bring them back.
    let event = last_event(&stack);
    stack.local().redeliver(&event).await.expect("the event is taken");
    assert_eq!(client.file(id).await.ok()["received"], Value::Null);

    client.put_bytes(&created, &b"again"[..]).await;
    stack.local().settled().await;
    assert_eq!(client.file(id).await.ok()["received"]["md5"], md5_of(b"again"));
    let completed = client.complete(id, &md5_of(b"again")).await.ok();
    assert_eq!(completed["received"], Value::Null);
}

#[tokio::test]
async fn a_file_in_parts_waits_for_its_claim_all_the_same() {
    let (stack, client) = start().await;
    let file = json!({ "filename": "a", "mimeType": "a/b", "sizeBytes": 1, "multipart": {},
        "autoComplete": true });
    let created = client.create(&file).await.ok();
    client.put_parts(&created["parts"]["data"], &"x".into()).await;
    stack.local().settled().await;
    let id = id_of(&created);
    assert_eq!(client.file(id).await.ok()["status"], "PENDING");
    assert_eq!(client.complete_as(id, &json!({})).await.ok()["status"], "COMPLETED");
}

async fn start() -> (Stack, Client) {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    (stack, client)
}

/// A PENDING file that its event is to complete.
async fn pending(client: &Client, bytes: &[u8], declared: bool) -> Value {
    let mut file = json!({ "filename": "auto.bin", "mimeType": "application/octet-stream",
        "sizeBytes": bytes.len(), "autoComplete": true });
    if declared {
        file["md5"] = md5_of(bytes).into();
    }
    client.create(&file).await.ok()
}

fn last_event(stack: &Stack) -> Event {
    stack.local().event_log().pop().expect("there was an event")
}

/// The update by which an event completes a file.
fn completes_by_event(call: &Call) -> bool {
    call.operation == "UpdateItem" && String::from_utf8_lossy(&call.body).contains("autoComplete")
}
