//! A part is checked like any PUT before it is kept.

use aws_sdk_s3::types::{ChecksumAlgorithm, ServerSideEncryption};
use local::{BUCKET, Encryption, Options};

use super::upload::MultipartUpload;
use crate::scene::{Scene, lifetime};

/// MD5 of `hello`.
const HELLO_MD5: &str = "XUFAKrxLKna5cZ2REBfFkg==";

/// The `ETag` of `hello` as one PUT or part.
const HELLO_ETAG: &str = "\"5d41402abc4b2a76b9719d911017c592\"";

#[tokio::test]
async fn a_part_is_answered_with_its_md5_and_listed() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    let answer = upload.put(1, "hello").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("etag"), HELLO_ETAG);
    assert_eq!(answer.header("x-amz-server-side-encryption"), "AES256");
    let listed = upload.list().send().await.unwrap();
    assert_eq!(listed.parts().len(), 1);
    let part = &listed.parts()[0];
    assert_eq!(
        (part.part_number(), part.size(), part.e_tag()),
        (Some(1), Some(5), Some(HELLO_ETAG))
    );
    assert_eq!(scene.object_count().await, 0);
}

#[tokio::test]
async fn a_part_sent_again_replaces_the_one_before() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    upload.put(1, "jello!").await;
    upload.put(1, "hello").await;
    let listed = upload.list().send().await.unwrap();
    assert_eq!(listed.parts().len(), 1);
    assert_eq!(listed.parts()[0].e_tag(), Some(HELLO_ETAG));
}

#[tokio::test]
async fn a_part_number_beyond_ten_thousand_is_refused() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    for number in [0, 10_001] {
        let answer = upload.put(number, "hello").await;
        assert!(answer.refuses(400, "InvalidArgument"), "{}", answer.body);
    }
    assert_eq!(upload.put(10_000, "hello").await.status, 200);
}

#[tokio::test]
async fn a_part_that_is_not_the_declared_md5_is_refused_and_not_kept() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    let put = upload.part(1).content_md5(HELLO_MD5).presigned(lifetime()).await.unwrap();
    let answer = scene.send(&put, b"jello").await;
    assert!(answer.refuses(400, "BadDigest"), "{}", answer.body);
    assert_eq!(upload.list().send().await.unwrap().parts(), []);
    assert_eq!(scene.send(&put, b"hello").await.status, 200);
}

#[tokio::test]
async fn a_part_of_another_length_than_the_signed_one_is_refused() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    let put = upload.part(1).content_length(6).presigned(lifetime()).await.unwrap();
    let headers = put.headers().filter(|(name, _)| *name != "content-length");
    let request = headers.fold(scene.http.put(put.uri()), |r, (name, value)| r.header(name, value));
    assert_eq!(request.body("hello").send().await.unwrap().status(), 403);
    assert_eq!(upload.list().send().await.unwrap().parts(), []);
}

#[tokio::test]
async fn under_sse_kms_the_etag_of_a_part_is_no_md5() {
    let options = Options { encryption: Encryption::Kms, ..Options::default() };
    let scene = Scene::with(options).await;
    let upload = MultipartUpload::create(&scene).await;
    let answer = upload.put(1, "hello").await;
    assert_ne!(answer.header("etag"), HELLO_ETAG);
    let kms = ServerSideEncryption::AwsKms;
    assert_eq!(answer.header("x-amz-server-side-encryption"), kms.as_str());
}

#[tokio::test]
async fn the_official_client_sends_parts_without_presigning() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create_for(&scene, ChecksumAlgorithm::Crc32).await;
    let put = upload.part(1).body(b"hello".to_vec().into()).send().await.unwrap();
    assert_eq!(put.checksum_crc32(), Some("NhCmhg=="));
}

#[tokio::test]
async fn an_upload_is_known_only_under_its_own_key() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    let put = scene.s3.upload_part().bucket(BUCKET).key("acme/other").part_number(1);
    let put = put.upload_id(&upload.id).presigned(lifetime()).await.unwrap();
    let answer = scene.send(&put, b"hello").await;
    assert!(answer.refuses(404, "NoSuchUpload"), "{}", answer.body);
}
