//! What is open and what it holds, in pages.

use local::BUCKET;

use super::upload::MultipartUpload;
use crate::scene::Scene;

#[tokio::test]
async fn parts_are_listed_in_pages_in_the_order_of_their_numbers() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    for number in [7, 1, 10_000] {
        upload.put(number, "hello").await;
    }
    let first = upload.list().max_parts(2).send().await.unwrap();
    assert_eq!((first.is_truncated(), first.next_part_number_marker()), (Some(true), Some("7")));
    let second = upload.list().max_parts(2).part_number_marker("7").send().await.unwrap();
    assert_eq!(second.is_truncated(), Some(false));
    let both = first.parts().iter().chain(second.parts());
    let numbers: Vec<_> = both.filter_map(aws_sdk_s3::types::Part::part_number).collect();
    assert_eq!(numbers, [1, 7, 10_000]);
}

#[tokio::test]
async fn open_uploads_are_listed_by_key_and_then_by_age() {
    let scene = Scene::new().await;
    let mut created = Vec::new();
    for key in ["b/2", "a/1", "b/1", "b/2"] {
        let upload = scene.s3.create_multipart_upload().bucket(BUCKET).key(key).send().await;
        created.push(upload.unwrap().upload_id.unwrap());
    }
    let list = scene.s3.list_multipart_uploads().bucket(BUCKET).prefix("b/").max_uploads(2);
    let first = list.clone().send().await.unwrap();
    assert_eq!(first.is_truncated(), Some(true));
    let second = list
        .set_key_marker(first.next_key_marker)
        .set_upload_id_marker(first.next_upload_id_marker);
    let second = second.send().await.unwrap();
    assert_eq!(second.is_truncated(), Some(false));
    let both = first.uploads.iter().chain(&second.uploads).flatten();
    let ids: Vec<_> = both.map(|upload| upload.upload_id().unwrap()).collect();
    assert_eq!(ids, [&created[2], &created[0], &created[3]]);
}
