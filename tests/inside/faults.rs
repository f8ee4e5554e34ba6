//! AWS fails, processes die: nothing is lost, nothing unproven is completed, every count is exact.

use futures_util::future::join_all;
use local::Verdict;
use serde_json::json;
use tests::{Answer, Client, Settings, Stack, id_of, md5_of};

use crate::hand::{Fault, Gate, When, delete_object, head_object, put_of_a_file};
use crate::races::listed;
use crate::records::Records;

#[tokio::test]
async fn a_create_that_was_refused_is_neither_listed_nor_counted() {
    let (stack, client) = start().await;
    let first = client.pending("first.bin", b"?").await;
    stack.local().intercept(Fault::new(put_of_a_file, When::Before, refusal(), 1));
    unavailable(&create(&client).await);
    let second = client.pending("second.bin", b"?").await;
    let (count, ids) = listed(&client).await;
    assert_eq!((count, ids.len()), (2, 2));
    assert!(ids.contains(id_of(&first)) && ids.contains(id_of(&second)));
    assert_eq!(Records::of(&stack, "acme").holes().await, [1].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_creates_among_many_are_not_counted() {
    let (stack, client) = start().await;
    stack.local().intercept(Fault::new(put_of_a_file, When::Before, refusal(), 10));
    let answers = join_all((0..64).map(|_| create(&client))).await;
    let created = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(created, 54);
    let (count, ids) = listed(&client).await;
    assert_eq!((count, ids.len()), (54, 54));
}

#[tokio::test]
async fn a_create_whose_answer_from_the_table_was_lost_succeeds_once() {
    let (stack, client) = start().await;
    stack.local().intercept(Fault::new(put_of_a_file, When::After, Verdict::HangUp, 1));
    let created = create(&client).await.ok();
    let (count, ids) = listed(&client).await;
    assert_eq!((count, ids.len()), (1, 1));
    assert!(ids.contains(id_of(&created)));
}

#[tokio::test]
async fn a_create_that_died_between_its_writes_is_never_counted_and_noted_after_a_minute() {
    let (stack, client) = start().await;
    let older = client.pending("older.bin", b"?").await;
    let gate = Gate::new(put_of_a_file, When::Before);
    stack.local().intercept(gate.clone());
    let dying = tokio::spawn({
        let client = client.clone();
        async move { create(&client).await }
    });
    gate.arrival().await;
    stack.function("create-file").kill();
    assert_eq!(dying.await.expect("the request ends").status, 500);
    // The call was broken off with the process, so it must not reach the table when let go.
    stack.local().stop_intercepting();

    let newer = client.pending("newer.bin", b"?").await;
    for _ in 0..2 {
        let page = client.list("limit=1&offset=1").await.ok();
        assert_eq!((&page["data"][0]["id"], &page["totalCount"]), (&older["id"], &json!(2)));
        let (count, ids) = listed(&client).await;
        assert_eq!((count, ids.len()), (2, 2));
        assert!(ids.contains(id_of(&newer)));
    }
    let records = Records::of(&stack, "acme");
    assert!(records.holes().await.is_empty(), "too early to be sure");

    records.age_counter(60_000).await;
    records.age_file(id_of(&newer), "createdAt", 60_000).await;
    assert_eq!(listed(&client).await.0, 2);
    assert_eq!(records.holes().await, [1].into());
    let page = client.list("limit=1&offset=1").await.ok();
    assert_eq!((&page["data"][0]["id"], &page["totalCount"]), (&older["id"], &json!(2)));
}

#[tokio::test]
async fn a_rejection_that_ended_between_head_and_update_is_noticed() {
    let (stack, client) = start().await;
    let created = client.uploaded("stale.bin", &b"stale"[..]).await;
    let id = id_of(&created).to_owned();
    let gate = Gate::new(head_object, When::After);
    stack.local().intercept(gate.clone());
    let late = tokio::spawn({
        let (client, id) = (client.clone(), id.clone());
        async move { client.complete(&id, &md5_of(b"stale")).await }
    });
    gate.arrival().await;
    client.complete(&id, &md5_of(b"wrong")).await.refused(422, "checksum_mismatch");
    gate.open();
    late.await.expect("the request ends").refused(422, "upload_missing");
    assert_eq!(client.file(&id).await.ok()["status"], "PENDING");
}

#[tokio::test]
async fn a_rejection_left_by_a_dead_request_is_finished_by_another() {
    let (stack, client) = start().await;
    let created = client.uploaded("dead.bin", &b"dead"[..]).await;
    let id = id_of(&created);
    let gate = Gate::new(delete_object, When::Before);
    stack.local().intercept(gate.clone());
    let dying = tokio::spawn({
        let (client, id) = (client.clone(), id.to_owned());
        async move { client.complete(&id, &md5_of(b"wrong")).await }
    });
    gate.arrival().await;
    stack.function("complete-file").kill();
    assert_eq!(dying.await.expect("the request ends").status, 500);
    stack.local().stop_intercepting();

    let busy = client.complete(id, &md5_of(b"dead")).await;
    unavailable(&busy);
    let records = Records::of(&stack, "acme");
    assert!(records.has_object(id).await);
    records.age_file(id, "rejectedAt", 60_000).await;
    client.complete(id, &md5_of(b"dead")).await.refused(422, "upload_missing");
    assert!(!records.has_object(id).await);
    assert_eq!(client.put_bytes(&created, &b"dead"[..]).await.status, 200);
    client.complete(id, &md5_of(b"dead")).await.ok();
}

#[tokio::test]
async fn a_failing_s3_is_a_503_that_changes_nothing() {
    let (stack, client) = start().await;
    let created = client.uploaded("s3.bin", &b"s3"[..]).await;
    let id = id_of(&created);
    let down = Verdict::Refuse { status: 503, code: "SlowDown".to_owned() };
    stack.local().intercept(Fault::new(head_object, When::Before, down, usize::MAX));
    unavailable(&client.complete(id, &md5_of(b"s3")).await);
    stack.local().stop_intercepting();
    assert_eq!(client.file(id).await.ok()["status"], "PENDING");
    client.complete(id, &md5_of(b"s3")).await.ok();
}

#[tokio::test]
async fn a_cancel_whose_deletion_fails_is_a_cancel_all_the_same() {
    let (stack, client) = start().await;
    let created = client.uploaded("left.bin", &b"left"[..]).await;
    let down = Verdict::Refuse { status: 503, code: "SlowDown".to_owned() };
    stack.local().intercept(Fault::new(delete_object, When::Before, down, usize::MAX));
    assert_eq!(client.cancel(id_of(&created)).await.ok()["status"], "CANCELLED");
    assert!(stack.logs().contains("s3:DeleteObject is unavailable"));
}

async fn start() -> (Stack, Client) {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    (stack, client)
}

async fn create(client: &Client) -> Answer {
    client.create(&json!({ "filename": "f", "mimeType": "a/b", "sizeBytes": 1 })).await
}

fn refusal() -> Verdict {
    Verdict::Refuse { status: 400, code: "ValidationException".to_owned() }
}

#[track_caller]
fn unavailable(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert_eq!(answer.body["error"]["type"], "service_unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
}
