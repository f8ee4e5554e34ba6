//! Many at once: one truth, and every answer tells it.

use std::collections::BTreeSet;

use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use tests::{Answer, Client, Settings, Stack, id_of, md5_of};

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_completes_of_one_file_all_tell_the_same() {
    let stack = crowded().await;
    let client = stack.workspace("acme").await;
    let created = client.uploaded("race.bin", &b"race"[..]).await;
    stack.function("complete-file").warm(64).await;
    let md5 = md5_of(b"race");
    let answers = join_all((0..64).map(|_| client.complete(id_of(&created), &md5))).await;
    let told: BTreeSet<String> =
        answers.into_iter().map(|answer| answer.ok().to_string()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_completes_against_sixty_four_cancels_have_one_winner() {
    let stack = crowded().await;
    let client = stack.workspace("acme").await;
    stack.function("complete-file").warm(64).await;
    stack.function("cancel-file").warm(64).await;
    for _ in 0..4 {
        let created = client.uploaded("race.bin", &b"race"[..]).await;
        let id = id_of(&created);
        let md5 = md5_of(b"race");
        let completes = join_all((0..64).map(|_| client.complete(id, &md5)));
        let cancels = join_all((0..64).map(|_| client.cancel(id)));
        let (completes, cancels) = join(completes, cancels).await;
        let file = client.file(id).await.ok();
        if file["status"] == "COMPLETED" {
            assert!(completes.into_iter().all(|answer| answer.ok() == file));
            assert!(cancels.iter().all(|answer| lost_to(answer, "COMPLETED")));
            let url = client.url(id).await.ok();
            assert_eq!(client.download(&url).await.bytes, &b"race"[..]);
        } else {
            assert_eq!(file["status"], "CANCELLED");
            assert!(completes.iter().all(|answer| lost_to(answer, "CANCELLED")), "{completes:?}");
            assert!(cancels.into_iter().all(|answer| answer.ok() == file));
            assert_eq!(client.put_bytes(&created, &b"race"[..]).await.status, 200);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn right_and_wrong_completes_at_once_never_lose_completed_bytes() {
    let stack = crowded().await;
    let client = stack.workspace("acme").await;
    stack.function("complete-file").warm(16).await;
    for _ in 0..8 {
        let created = client.uploaded("race.bin", &b"race"[..]).await;
        let id = id_of(&created);
        let (right, wrong) = (md5_of(b"race"), md5_of(b"else"));
        let answers = join_all(
            (0..16).map(|n| client.complete(id, if n % 2 == 0 { &right } else { &wrong })),
        )
        .await;
        let file = client.file(id).await.ok();
        let completed = answers.iter().any(|answer| answer.status == 200);
        assert_eq!(file["status"] == "COMPLETED", completed, "{answers:?}");
        if completed {
            let url = client.url(id).await.ok();
            assert_eq!(client.download(&url).await.bytes, &b"race"[..]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_clients_creating_at_once_are_counted_exactly() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let created = join_all((0..64).map(|number| create(&client, number))).await;
    let ids: BTreeSet<_> = created.iter().map(|file| id_of(file).to_owned()).collect();
    assert_eq!(ids.len(), 64);
    assert_eq!(listed(&client).await, (64, ids));
}

async fn create(client: &Client, number: usize) -> Value {
    let name = format!("{number}.bin");
    let file = json!({ "filename": name, "mimeType": "a/b", "sizeBytes": 1 });
    client.create(&file).await.ok()
}

/// The total count, and the ids on all pages.
pub(crate) async fn listed(client: &Client) -> (u64, BTreeSet<String>) {
    let (count, files) = pages(client).await;
    (count, files.iter().map(|file| id_of(file).to_owned()).collect())
}

/// The total count, and the files on all pages.
pub(crate) async fn pages(client: &Client) -> (u64, Vec<Value>) {
    let mut all = Vec::new();
    loop {
        let page = client.list(&format!("offset={}", all.len())).await.ok();
        let files = page["data"].as_array().expect("data is an array");
        all.extend_from_slice(files);
        if files.len() < 25 {
            return (page["totalCount"].as_u64().expect("a number"), all);
        }
    }
}

pub(crate) fn lost_to(answer: &Answer, status: &str) -> bool {
    let message = answer.body["error"]["message"].as_str().unwrap_or_default();
    answer.status == 409 && answer.code() == Some("file_not_pending") && message.contains(status)
}

/// A container for every request: nothing waits its turn.
async fn crowded() -> Stack {
    Stack::start(Settings { max_containers: Some(64), ..Settings::default() }).await
}
