//! What a reader gets: the whole, a part, under a condition, with other headers.

use aws_sdk_s3::error::ProvideErrorMetadata;
use local::BUCKET;

use crate::scene::{Answer, Scene, lifetime};

#[tokio::test]
async fn an_object_comes_back_as_it_was_described() {
    let scene = Scene::new().await;
    let put = scene.put("acme/a b+c", b"hello").content_type("text/plain");
    put.send().await.unwrap();
    let got = scene.s3.get_object().bucket(BUCKET).key("acme/a b+c").send().await.unwrap();
    assert_eq!(got.content_type(), Some("text/plain"));
    assert_eq!(got.content_length(), Some(5));
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

#[tokio::test]
async fn a_reader_who_has_it_already_is_told_so() {
    let scene = Scene::new().await;
    let stored = scene.put("acme/a", b"hello").send().await.unwrap();
    let etag = stored.e_tag().unwrap();
    let get = scene.s3.get_object().bucket(BUCKET).key("acme/a");
    let url = get.presigned(lifetime()).await.unwrap();
    let plain = scene.http.get(url.uri()).send().await.unwrap();
    let modified = plain.headers()["last-modified"].to_str().unwrap().to_owned();
    let (past, other) = ("Thu, 01 Jan 1970 00:00:00 GMT", "\"00000000000000000000000000000000\"");
    for (headers, status) in [
        (&[("if-none-match", etag)][..], 304),
        (&[("if-none-match", other)], 200),
        (&[("if-modified-since", &modified)], 304),
        (&[("if-modified-since", past)], 200),
        (&[("if-unmodified-since", &modified)], 200),
        (&[("if-unmodified-since", past)], 412),
        (&[("if-match", other)], 412),
        // The ETag says more than the time.
        (&[("if-match", etag), ("if-unmodified-since", past)], 200),
        (&[("if-none-match", other), ("if-modified-since", &modified)], 200),
    ] {
        let request = headers.iter().fold(scene.http.get(url.uri()), |request, (name, value)| {
            request.header(*name, *value)
        });
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(answer.status, status, "{headers:?}");
        if status == 304 {
            assert_eq!((answer.header("etag"), answer.body.as_str()), (etag, ""), "{headers:?}");
        }
    }
}

#[tokio::test]
async fn several_ranges_and_what_is_no_range_are_answered_with_the_whole() {
    let scene = Scene::new().await;
    scene.stored("acme/a", b"hello").await;
    let url = scene.s3.get_object().bucket(BUCKET).key("acme/a");
    let url = url.presigned(lifetime()).await.unwrap();
    for range in ["bytes=0-1,3-4", "bytes=4-2", "bytes=a-b", "items=0-1", "bytes"] {
        let answer = scene.http.get(url.uri()).header("range", range).send().await.unwrap();
        let answer = Answer::of(answer).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "hello"), "{range}");
    }
    let beyond = scene.http.get(url.uri()).header("range", "bytes=5-").send().await.unwrap();
    let beyond = Answer::of(beyond).await;
    assert!(beyond.refuses(416, "InvalidRange"), "{}", beyond.body);
}

#[tokio::test]
async fn every_refusal_says_its_reason_and_which_request_it_was() {
    let scene = Scene::new().await;
    let get = scene.s3.get_object().bucket(BUCKET).key("acme/a").presigned(lifetime()).await;
    let url = get.unwrap().uri().to_owned();
    let elsewhere = url.replace("/acme/a?", "/acme/b?");
    for (url, status) in [(url, 404), (elsewhere, 403), (scene.local.s3_url(), 403)] {
        let answer = Answer::of(scene.http.get(url).send().await.unwrap()).await;
        assert_eq!(answer.status, status);
        let id = answer.header("x-amz-request-id");
        assert!(!id.is_empty() && answer.body.contains("<Message>"), "{}", answer.body);
        assert!(answer.body.contains(&format!("<RequestId>{id}</RequestId>")), "{}", answer.body);
    }
}
