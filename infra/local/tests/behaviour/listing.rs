//! Lists come in pages, in the order of the keys.

use local::BUCKET;

use crate::scene::Scene;

#[tokio::test]
async fn a_list_is_paged_by_tokens() {
    let scene = with_keys(&["a/1", "a/2", "b/1", "c"]).await;
    let list = scene.s3.list_objects_v2().bucket(BUCKET).max_keys(3);
    let first = list.clone().send().await.unwrap();
    assert_eq!(first.is_truncated(), Some(true));
    let second = list.continuation_token(first.next_continuation_token().unwrap());
    let second = second.send().await.unwrap();
    assert_eq!(second.is_truncated(), Some(false));
    let both = first.contents().iter().chain(second.contents());
    let keys: Vec<_> = both.map(|object| object.key().unwrap()).collect();
    assert_eq!(keys, ["a/1", "a/2", "b/1", "c"]);
}

#[tokio::test]
async fn a_prefix_and_a_starting_point_narrow_the_list() {
    let scene = with_keys(&["a/1", "a/2", "a/3", "b/1"]).await;
    let list = scene.s3.list_objects_v2().bucket(BUCKET).prefix("a/").start_after("a/1");
    let keys = list.send().await.unwrap();
    let keys: Vec<_> = keys.contents().iter().map(|object| object.key().unwrap()).collect();
    assert_eq!(keys, ["a/2", "a/3"]);
}

#[tokio::test]
async fn a_delimiter_rolls_up_what_lies_behind_it_across_pages() {
    let scene = with_keys(&["a/1", "a/2", "b/1", "c"]).await;
    let list = scene.s3.list_objects_v2().bucket(BUCKET).delimiter("/").max_keys(1);
    let mut rows = Vec::new();
    let mut token = None;
    loop {
        let page = list.clone().set_continuation_token(token).send().await.unwrap();
        rows.extend(page.common_prefixes().iter().map(|row| row.prefix().unwrap().to_owned()));
        rows.extend(page.contents().iter().map(|row| row.key().unwrap().to_owned()));
        token = page.next_continuation_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(rows, ["a/", "b/", "c"]);
}

async fn with_keys(keys: &[&str]) -> Scene {
    let scene = Scene::new().await;
    for key in keys {
        scene.stored(key, b"hello").await;
    }
    scene
}
