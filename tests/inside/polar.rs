//! Polar's lists have larger pages than ours, and are as exact.

use reqwest::Method;
use serde_json::Value;
use shared::domain::FileId;
use tests::{Client, Settings, Stack, id_of};

use crate::large::{fill, id, note};

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_hundred_is_exact_though_files_were_deleted() {
    const FILES: u64 = 3_210;
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let template = client.pending("file.bin", b"?").await;
    // Every third, and more than a page in a row.
    let (holes, mut left): (Vec<u64>, Vec<u64>) =
        (0..FILES).rev().partition(|number| number % 3 == 1 || (1_500..1_720).contains(number));
    fill(&stack, id_of(&template), left[..left.len() - 1].iter().copied(), FILES).await;
    note(&stack, &holes).await;
    for at in [1_000, 99, 0] {
        let path = format!("/polar/v1/files/{}", id(left.remove(at)).to_uuid());
        assert_eq!(client.send(client.request(Method::DELETE, &path)).await.status, 204);
    }

    for (limit, size) in [(1, 1), (37, 37), (100, 100), (101, 100)] {
        let pages = left.len().div_ceil(size);
        let every = if limit == 1 { 97 } else { 1 };
        for (number, rows) in left.chunks(size).enumerate().step_by(every) {
            let page = page(&client, limit, number + 1).await;
            assert_eq!(numbers(&page), rows, "page {number} of {limit}");
            assert_eq!(page["pagination"]["total_count"], left.len());
            assert_eq!(page["pagination"]["max_page"], pages);
        }
        assert_eq!(numbers(&page(&client, limit, pages + 1).await), [] as [u64; 0]);
    }
}

async fn page(client: &Client, limit: usize, number: usize) -> Value {
    client.get(&format!("/polar/v1/files/?limit={limit}&page={number}")).await.ok()
}

/// The numbers of a page's files.
fn numbers(page: &Value) -> Vec<u64> {
    let files = page["items"].as_array().expect("items is an array");
    let ids = files.iter().map(|file| FileId::from_uuid(id_of(file)).expect("one of our ids"));
    ids.map(|id| id.sequence().number()).collect()
}
