//! What a reader gets: the whole, a part, under a condition, with other headers.

use std::collections::HashMap;

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::types::{Tag, Tagging};
use local::BUCKET;

use crate::scene::{Scene, lifetime};

#[tokio::test]
async fn an_object_comes_back_as_it_was_described() {
    let scene = Scene::new().await;
    let put = scene.put("acme/a b+c", b"hello").content_type("text/plain");
    put.metadata("owner", "alice").tagging("stage=new&kind=note").send().await.unwrap();
    let got = scene.s3.get_object().bucket(BUCKET).key("acme/a b+c").send().await.unwrap();
    assert_eq!(got.content_type(), Some("text/plain"));
    assert_eq!(got.content_length(), Some(5));
    assert_eq!(got.tag_count(), Some(2));
    assert_eq!(got.metadata(), Some(&HashMap::from([("owner".to_owned(), "alice".to_owned())])));
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"hello");
}

#[tokio::test]
async fn a_range_is_a_part_of_the_object() {
    let scene = Scene::new().await;
    scene.stored("acme/a", b"hello world").await;
    for (range, expected, whole) in [
        ("bytes=6-10", "world", "bytes 6-10/11"),
        ("bytes=6-", "world", "bytes 6-10/11"),
        ("bytes=-5", "world", "bytes 6-10/11"),
        ("bytes=0-0", "h", "bytes 0-0/11"),
        ("bytes=9-99", "ld", "bytes 9-10/11"),
    ] {
        let get = scene.s3.get_object().bucket(BUCKET).key("acme/a").range(range);
        let got = get.send().await.unwrap();
        assert_eq!(got.content_range(), Some(whole), "{range}");
        assert_eq!(got.body.collect().await.unwrap().to_vec(), expected.as_bytes(), "{range}");
    }
}

#[tokio::test]
async fn a_range_beyond_the_end_is_refused() {
    let scene = Scene::new().await;
    scene.stored("acme/a", b"hello").await;
    let get = scene.s3.get_object().bucket(BUCKET).key("acme/a").range("bytes=5-");
    assert_eq!(get.send().await.unwrap_err().code(), Some("InvalidRange"));
}

#[tokio::test]
async fn a_read_under_another_etag_is_refused() {
    let scene = Scene::new().await;
    let stored = scene.put("acme/a", b"hello").send().await.unwrap();
    let get = scene.s3.get_object().bucket(BUCKET).key("acme/a");
    let refused = get.clone().if_match("\"00000000000000000000000000000000\"").send().await;
    assert_eq!(refused.unwrap_err().code(), Some("PreconditionFailed"));
    get.if_match(stored.e_tag().unwrap()).send().await.unwrap();
}

#[tokio::test]
async fn a_presigned_download_names_the_headers_it_comes_with() {
    let scene = Scene::new().await;
    scene.stored("acme/a", b"hello").await;
    let get = scene.s3.get_object().bucket(BUCKET).key("acme/a");
    let get = get.response_content_disposition("attachment; filename=\"a.txt\"");
    let get = get.response_content_type("text/csv").presigned(lifetime()).await.unwrap();
    let answer = scene.send(&get, b"").await;
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"a.txt\"");
    assert_eq!(answer.header("content-type"), "text/csv");
    assert_eq!(answer.body, "hello");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let scene = Scene::new().await;
    let head = scene.s3.head_object().bucket(BUCKET).key("acme/a").send().await;
    assert!(head.unwrap_err().into_service_error().is_not_found());
    let get = scene.s3.get_object().bucket(BUCKET).key("acme/a").send().await;
    assert_eq!(get.unwrap_err().code(), Some("NoSuchKey"));
    let get = scene.s3.get_object().bucket("another").key("acme/a").send().await;
    assert_eq!(get.unwrap_err().code(), Some("NoSuchBucket"));
}

#[tokio::test]
async fn tags_can_be_replaced() {
    let scene = Scene::new().await;
    scene.put("acme/a", b"hello").tagging("stage=new").send().await.unwrap();
    let tag = Tag::builder().key("stage").value("verified").build().unwrap();
    let tagging = Tagging::builder().tag_set(tag.clone()).build().unwrap();
    let put = scene.s3.put_object_tagging().bucket(BUCKET).key("acme/a").tagging(tagging);
    put.send().await.unwrap();
    let got = scene.s3.get_object_tagging().bucket(BUCKET).key("acme/a").send().await.unwrap();
    assert_eq!(got.tag_set(), [tag]);
}

#[tokio::test]
async fn other_buckets_can_be_made() {
    let scene = Scene::new().await;
    assert!(scene.s3.head_bucket().bucket("another").send().await.is_err());
    scene.s3.create_bucket().bucket("another").send().await.unwrap();
    scene.s3.head_bucket().bucket("another").send().await.unwrap();
}

#[tokio::test]
async fn what_an_uploader_adds_without_signing_it_comes_back_unless_the_download_replaces_it() {
    let scene = Scene::new().await;
    let put = scene.presigned_put("acme/a", 5).await;
    let added = [
        ("content-encoding", "aws-chunked, gzip"),
        ("content-language", "de"),
        ("cache-control", "max-age=9"),
        ("content-disposition", "inline"),
        ("expires", "Thu, 01 Jan 2099 00:00:00 GMT"),
    ];
    let request = scene.request(put.uri(), &put).body("hello");
    let request =
        added.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    assert_eq!(request.send().await.unwrap().status(), 200);

    let get = scene.s3.get_object().bucket(BUCKET).key("acme/a");
    let plain = get.clone().presigned(lifetime()).await.unwrap();
    let plain = scene.http.get(plain.uri()).send().await.unwrap();
    assert_eq!(plain.headers()["content-encoding"], "gzip", "aws-chunked is none of an object's");
    for (name, value) in &added[1..] {
        assert_eq!(plain.headers()[*name], *value);
    }

    let replaced = get
        .response_content_encoding("identity")
        .response_content_language("und")
        .response_cache_control("private")
        .response_content_disposition("attachment")
        .response_expires(aws_sdk_s3::primitives::DateTime::from_secs(0));
    let replaced = replaced.presigned(lifetime()).await.unwrap();
    let replaced = scene.http.get(replaced.uri()).send().await.unwrap();
    for (name, value) in [
        ("content-encoding", "identity"),
        ("content-language", "und"),
        ("cache-control", "private"),
        ("content-disposition", "attachment"),
        ("expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ] {
        assert_eq!(replaced.headers()[name], value);
        assert_eq!(replaced.headers().get_all(name).iter().count(), 1, "{name}");
    }
}
