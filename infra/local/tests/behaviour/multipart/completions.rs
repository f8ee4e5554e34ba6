//! What a completion demands, and what becomes of one that is repeated.

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::types::CompletedPart;
use local::BUCKET;

use super::upload::{KEY, MultipartUpload, SMALLEST_PART, listed};
use crate::scene::Scene;

#[tokio::test]
async fn a_list_out_of_order_or_with_a_part_twice_is_refused() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    let [first, second] = upload.two_parts().await;
    assert_refused(&upload, &[second, first.clone()], "InvalidPartOrder").await;
    assert_refused(&upload, &[first.clone(), first], "InvalidPartOrder").await;
}

#[tokio::test]
async fn a_part_that_was_never_sent_or_has_another_etag_is_refused() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    let [first, second] = upload.two_parts().await;
    let unknown = listed(3, second.e_tag().unwrap()).build();
    assert_refused(&upload, &[first, unknown], "InvalidPart").await;
    let foreign = listed(1, second.e_tag().unwrap()).build();
    assert_refused(&upload, &[foreign, second], "InvalidPart").await;
}

#[tokio::test]
async fn a_small_part_before_the_last_is_refused() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    let first = upload.sent(1, vec![1; SMALLEST_PART - 1]).await;
    let second = upload.sent(2, "the end").await;
    assert_refused(&upload, &[first, second], "EntityTooSmall").await;
}

#[tokio::test]
async fn an_empty_list_is_refused() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    assert_refused(&upload, &[], "MalformedXML").await;
}

#[tokio::test]
async fn an_object_of_another_size_than_the_announced_one_is_refused() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    let parts = [upload.sent(1, "hello").await];
    let refused = upload.complete(&parts).mpu_object_size(6).send().await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidRequest"));
    upload.complete(&parts).mpu_object_size(5).send().await.unwrap();
}

#[tokio::test]
async fn under_if_none_match_an_object_that_is_there_is_not_replaced() {
    let scene = Scene::new().await;
    scene.stored(KEY, b"was here").await;
    let upload = MultipartUpload::create(&scene).await;
    let parts = [upload.sent(1, "hello").await];
    let refused = upload.complete(&parts).if_none_match("*").send().await.unwrap_err();
    assert_eq!(refused.code(), Some("PreconditionFailed"));
    assert_eq!(upload.list().send().await.unwrap().parts().len(), 1);
    scene.s3.delete_object().bucket(BUCKET).key(KEY).send().await.unwrap();
    upload.complete(&parts).if_none_match("*").send().await.unwrap();
}

#[tokio::test]
async fn a_completion_repeated_is_answered_as_before_and_changes_nothing() {
    let (scene, functions) = Scene::with_functions().await;
    let upload = MultipartUpload::create(&scene).await;
    let parts = upload.two_parts().await;
    let first = upload.complete(&parts).if_none_match("*").send().await.unwrap();
    let again = upload.complete(&parts).if_none_match("*").send().await.unwrap();
    assert_eq!(again.e_tag(), first.e_tag());
    assert_eq!(again.checksum_crc64_nvme(), first.checksum_crc64_nvme());
    assert_refused(&upload, &parts[..1], "NoSuchUpload").await;
    scene.s3.delete_object().bucket(BUCKET).key(KEY).send().await.unwrap();
    let late = upload.complete(&parts).send().await.unwrap();
    assert_eq!(late.e_tag(), first.e_tag());
    assert_eq!(scene.object_count().await, 0);
    scene.local.settled().await;
    assert_eq!(functions.invocations().len(), 1);
}

#[tokio::test]
async fn of_sixteen_racing_completions_one_publishes_and_all_are_answered_alike() {
    let (scene, functions) = Scene::with_functions().await;
    let upload = MultipartUpload::create(&scene).await;
    let parts = upload.two_parts().await;
    let completing = (0..16).map(|_| tokio::spawn(upload.complete(&parts).send()));
    let mut etags = Vec::new();
    for completed in completing.collect::<Vec<_>>() {
        etags.push(completed.await.unwrap().unwrap().e_tag);
    }
    etags.dedup();
    assert_eq!(etags.len(), 1);
    scene.local.settled().await;
    assert_eq!(functions.invocations().len(), 1);
}

#[tokio::test]
async fn a_finished_upload_takes_no_part_and_no_abort() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    upload.complete(&[upload.sent(1, "hello").await]).send().await.unwrap();
    let answer = upload.put(1, "jello").await;
    assert!(answer.refuses(404, "NoSuchUpload"), "{}", answer.body);
    assert_eq!(upload.abort().send().await.unwrap_err().code(), Some("NoSuchUpload"));
    let listed = scene.s3.list_multipart_uploads().bucket(BUCKET).send().await.unwrap();
    assert_eq!(listed.uploads(), []);
    let got = scene.s3.get_object().bucket(BUCKET).key(KEY).send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"hello");
}

async fn assert_refused(upload: &MultipartUpload<'_>, parts: &[CompletedPart], code: &str) {
    let refused = upload.complete(parts).send().await.unwrap_err();
    assert_eq!(refused.code(), Some(code), "{refused:?}");
}
