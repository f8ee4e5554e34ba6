//! The object that a completion makes of the parts.

use local::{BUCKET, Encryption, Options};
use md5::{Digest, Md5};

use super::upload::{KEY, MultipartUpload, SMALLEST_PART, first_part};
use crate::files::files_in;
use crate::scene::Scene;

#[tokio::test]
async fn the_parts_become_one_object() {
    let scene = Scene::new().await;
    let create = scene.s3.create_multipart_upload().content_type("text/plain");
    let upload = MultipartUpload::created(&scene, create).await;
    let parts = upload.two_parts().await;
    let completed = upload.complete(&parts).send().await.unwrap();
    assert_eq!(completed.key(), Some(KEY));
    let got = scene.s3.get_object().bucket(BUCKET).key(KEY).send().await.unwrap();
    assert_eq!(got.e_tag(), completed.e_tag());
    assert_eq!(got.content_type(), Some("text/plain"));
    let body = got.body.collect().await.unwrap().to_vec();
    assert_eq!(body, [&first_part()[..], b"the end"].concat());
    let head = scene.s3.head_object().bucket(BUCKET).key(KEY).send().await.unwrap();
    assert_eq!(head.content_length(), i64::try_from(body.len()).ok());
}

#[tokio::test]
async fn a_range_is_read_across_parts() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    upload.complete(&upload.two_parts().await).send().await.unwrap();
    let end = SMALLEST_PART;
    for (range, expected) in [
        (format!("bytes={}-{}", end - 2, end + 2), &b"\x03\x03the"[..]),
        (format!("bytes={end}-"), b"the end"),
        (format!("bytes={}-{}", end - 2, end - 1), b"\x03\x03"),
        ("bytes=-9".to_owned(), b"\x03\x03the end"),
    ] {
        let get = scene.s3.get_object().bucket(BUCKET).key(KEY).range(&range);
        let body = get.send().await.unwrap().body.collect().await.unwrap().to_vec();
        assert_eq!(body, expected, "{range}");
    }
}

#[tokio::test]
async fn the_etag_is_made_of_the_parts_md5s_and_counts_them() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    let completed = upload.complete(&upload.two_parts().await).send().await.unwrap();
    let md5s = [Md5::digest(first_part()), Md5::digest(b"the end")].concat();
    let expected = data_encoding::HEXLOWER.encode(&Md5::digest(md5s));
    assert_eq!(completed.e_tag(), Some(format!("\"{expected}-2\"").as_str()));
}

#[tokio::test]
async fn under_sse_kms_the_etag_still_counts_the_parts() {
    let options = Options { encryption: Encryption::Kms, ..Options::default() };
    let scene = Scene::with(options).await;
    let upload = MultipartUpload::create(&scene).await;
    let parts = [upload.sent(1, "hello").await];
    let completed = upload.complete(&parts).send().await.unwrap();
    assert!(completed.e_tag().unwrap().ends_with("-1\""));
}

#[tokio::test]
async fn a_completion_is_announced_as_one() {
    let (scene, functions) = Scene::with_functions().await;
    let upload = MultipartUpload::create(&scene).await;
    let completed = upload.complete(&[upload.sent(1, "hello").await]).send().await.unwrap();
    scene.local.settled().await;
    let record = &functions.invocations()[0].1["Records"][0];
    assert_eq!(record["eventName"], "ObjectCreated:CompleteMultipartUpload");
    assert_eq!(record["s3"]["object"]["size"], 5);
    let etag = record["s3"]["object"]["eTag"].as_str();
    assert_eq!(etag, completed.e_tag().map(|etag| etag.trim_matches('"')));
}

#[tokio::test]
async fn parts_left_out_of_the_list_are_removed() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { data: Some(directory.path().to_owned()), ..Options::default() };
    let scene = Scene::with(options).await;
    let upload = MultipartUpload::create(&scene).await;
    upload.put(1, "left out").await;
    upload.complete(&[upload.sent(2, "hello").await]).send().await.unwrap();
    let contents = directory.path().join("s3/buckets").join(BUCKET).join("content");
    assert_eq!(files_in(&contents), 1);
    scene.s3.delete_object().bucket(BUCKET).key(KEY).send().await.unwrap();
    assert_eq!(files_in(&contents), 0);
}

#[tokio::test]
async fn a_reader_keeps_an_object_that_is_deleted_meanwhile() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    upload.complete(&upload.two_parts().await).send().await.unwrap();
    let got = scene.s3.get_object().bucket(BUCKET).key(KEY).send().await.unwrap();
    scene.s3.delete_object().bucket(BUCKET).key(KEY).send().await.unwrap();
    let body = got.body.collect().await.unwrap().to_vec();
    assert!(body.ends_with(b"the end"));
}
