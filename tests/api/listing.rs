//! Lists: newest first, every status, exact counts.

use serde_json::Value;
use tests::{Client, id_of};

#[tokio::test]
async fn a_list_shows_every_status_newest_first_and_counts_exactly() {
    let client = Client::of_environment_or_shared_stack().await;
    let before = count(&client).await;
    let oldest = client.upload("1.bin", &b"1"[..]).await;
    let middle = client.cancelled("2.bin").await;
    let newest = client.pending("3.bin", b"3").await;

    let page = client.list("limit=3").await.ok();
    assert_eq!(page["object"], "list");
    assert_eq!(page["totalCount"], before + 3);
    assert_eq!(ids(&page), [id_of(&newest), id_of(&middle), id_of(&oldest)]);
    let statuses: Vec<_> = data(&page).iter().map(|file| file["status"].as_str()).collect();
    assert_eq!(statuses, [Some("PENDING"), Some("CANCELLED"), Some("COMPLETED")]);
    assert_eq!(data(&page)[2], oldest);
    assert_eq!(data(&page)[0].get("uploadUrl"), None);
}

#[tokio::test]
async fn pages_meet_without_a_gap_or_an_overlap() {
    let client = Client::of_environment_or_shared_stack().await;
    for number in 0..7 {
        client.pending(&format!("{number}.bin"), b"?").await;
    }
    let all = client.list("limit=7").await.ok();
    let mut paged = Vec::new();
    for offset in [0, 3, 6] {
        let page = client.list(&format!("limit=3&offset={offset}")).await.ok();
        paged.extend(ids(&page).into_iter().map(str::to_owned));
    }
    assert_eq!(paged[..7], ids(&all)[..]);
}

#[tokio::test]
async fn an_offset_beyond_the_end_is_an_empty_page_with_the_right_count() {
    let client = Client::of_environment_or_shared_stack().await;
    client.pending("one.bin", b"?").await;
    let count = count(&client).await;
    for offset in [count, count + 1, 9_007_199_254_740_991] {
        let page = client.list(&format!("offset={offset}")).await.ok();
        assert_eq!((data(&page).len(), &page["totalCount"]), (0, &count.into()));
    }
}

async fn count(client: &Client) -> u64 {
    let page = client.list("limit=1").await.ok();
    page["totalCount"].as_u64().expect("totalCount is a number")
}

fn data(page: &Value) -> &Vec<Value> {
    page["data"].as_array().expect("data is an array")
}

fn ids(page: &Value) -> Vec<&str> {
    data(page).iter().map(id_of).collect()
}
