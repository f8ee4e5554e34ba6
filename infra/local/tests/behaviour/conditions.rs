//! Conditional writes and deletions: what was verified is not replaced, and what changed is not deleted.

use aws_sdk_s3::error::ProvideErrorMetadata;
use local::BUCKET;

use crate::scene::Scene;

#[tokio::test]
async fn a_second_put_under_if_none_match_is_refused() {
    let scene = Scene::new().await;
    let put = scene.presigned_put("acme/a", 5).await;
    assert_eq!(scene.send(&put, b"hello").await.status, 200);
    let answer = scene.send(&put, b"jello").await;
    assert!(answer.refuses(412, "PreconditionFailed"), "{}", answer.body);
    let stored = scene.s3.get_object().bucket(BUCKET).key("acme/a").send().await.unwrap();
    assert_eq!(stored.body.collect().await.unwrap().to_vec(), b"hello");
}

#[tokio::test]
async fn of_sixteen_racing_puts_exactly_one_wins() {
    let scene = Scene::new().await;
    let put = scene.presigned_put("acme/a", 5).await;
    let sending = (0..16).map(|_| {
        let request = scene.request(put.uri(), &put).body("hello");
        tokio::spawn(async move { request.send().await.unwrap().status().as_u16() })
    });
    let mut statuses = Vec::new();
    for sent in sending.collect::<Vec<_>>() {
        statuses.push(sent.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert_eq!(statuses[1..], [412; 15]);
}

#[tokio::test]
async fn a_deleted_key_can_be_written_again() {
    let scene = Scene::new().await;
    scene.put("acme/a", b"hello").if_none_match("*").send().await.unwrap();
    scene.s3.delete_object().bucket(BUCKET).key("acme/a").send().await.unwrap();
    scene.put("acme/a", b"jello").if_none_match("*").send().await.unwrap();
}

#[tokio::test]
async fn an_object_is_deleted_only_under_its_own_etag() {
    let scene = Scene::new().await;
    let stored = scene.put("acme/a", b"hello").send().await.unwrap();
    let delete = scene.s3.delete_object().bucket(BUCKET).key("acme/a");
    let refused = delete.clone().if_match("\"00000000000000000000000000000000\"").send().await;
    assert_eq!(refused.unwrap_err().code(), Some("PreconditionFailed"));
    assert_eq!(scene.object_count().await, 1);
    delete.if_match(stored.e_tag().unwrap()).send().await.unwrap();
    assert_eq!(scene.object_count().await, 0);
}

#[tokio::test]
async fn deleting_what_is_not_there_is_success() {
    let scene = Scene::new().await;
    scene.s3.delete_object().bucket(BUCKET).key("acme/a").send().await.unwrap();
}
