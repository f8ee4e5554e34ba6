//! Nothing is stored that does not agree with what the uploader claimed of it.

use aws_sdk_s3::types::{ChecksumMode, ServerSideEncryption};
use local::{BUCKET, Encryption, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::files::files_in;
use crate::scene::{Scene, lifetime};

/// MD5 of `hello`.
const HELLO_MD5: &str = "XUFAKrxLKna5cZ2REBfFkg==";
const HELLO_MD5_HEX: &str = "5d41402abc4b2a76b9719d911017c592";

#[tokio::test]
async fn a_body_that_is_not_the_declared_md5_is_refused_and_not_stored() {
    let scene = Scene::new().await;
    let put = scene.s3.put_object().bucket(BUCKET).key("acme/a").content_md5(HELLO_MD5);
    let put = put.presigned(lifetime()).await.unwrap();
    let answer = scene.send(&put, b"jello").await;
    assert!(answer.refuses(400, "BadDigest"), "{}", answer.body);
    assert_eq!(scene.object_count().await, 0);
    assert_eq!(scene.send(&put, b"hello").await.status, 200);
}

#[tokio::test]
async fn a_content_md5_that_is_none_is_refused() {
    let scene = Scene::new().await;
    let put = scene.s3.put_object().bucket(BUCKET).key("acme/a").content_md5("short");
    let put = put.presigned(lifetime()).await.unwrap();
    let answer = scene.send(&put, b"hello").await;
    assert!(answer.refuses(400, "InvalidDigest"), "{}", answer.body);
}

#[tokio::test]
async fn a_wrong_checksum_is_refused_and_not_stored() {
    let scene = Scene::new().await;
    for checksum in ["x-amz-checksum-sha256", "x-amz-checksum-md5"] {
        let put = scene.s3.put_object().bucket(BUCKET).key("acme/a");
        let put = match checksum {
            "x-amz-checksum-md5" => put.checksum_md5("1B2M2Y8AsgTpgAmY7PhCfg=="),
            _ => put.checksum_sha256("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        };
        let answer = scene.send(&put.presigned(lifetime()).await.unwrap(), b"hello").await;
        assert!(answer.refuses(400, "BadDigest"), "{checksum}: {}", answer.body);
    }
    assert_eq!(scene.object_count().await, 0);
}

#[tokio::test]
async fn a_right_checksum_is_kept_and_told() {
    let scene = Scene::new().await;
    scene.put("acme/a", b"hello").checksum_md5(HELLO_MD5).send().await.unwrap();
    let head = scene.s3.head_object().bucket(BUCKET).key("acme/a");
    let head = head.checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
    assert_eq!(head.checksum_md5(), Some(HELLO_MD5));
    let head = scene.s3.head_object().bucket(BUCKET).key("acme/a").send().await.unwrap();
    assert_eq!(head.checksum_md5(), None);
}

#[tokio::test]
async fn a_checksum_algorithm_nobody_can_verify_is_refused() {
    let scene = Scene::new().await;
    let put = scene.s3.put_object().bucket(BUCKET).key("acme/a").checksum_sha512("AAAA");
    let answer = scene.send(&put.presigned(lifetime()).await.unwrap(), b"hello").await;
    assert!(answer.refuses(501, "NotImplemented"), "{}", answer.body);
}

#[tokio::test]
async fn a_streamed_upload_with_a_trailing_checksum_is_verified() {
    let scene = Scene::new().await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("body");
    std::fs::write(&path, b"hello").unwrap();
    let body = aws_sdk_s3::primitives::ByteStream::from_path(&path).await.unwrap();
    scene.s3.put_object().bucket(BUCKET).key("acme/a").body(body).send().await.unwrap();
    let head = scene.s3.head_object().bucket(BUCKET).key("acme/a");
    let head = head.checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
    assert_eq!(head.content_length(), Some(5));
    assert_eq!(head.checksum_crc32(), Some("NhCmhg=="));
}

#[tokio::test]
async fn under_sse_s3_the_etag_is_the_md5() {
    let scene = Scene::new().await;
    let stored = scene.put("acme/a", b"hello").send().await.unwrap();
    assert_eq!(stored.e_tag(), Some(format!("\"{HELLO_MD5_HEX}\"").as_str()));
    assert_eq!(stored.server_side_encryption(), Some(&ServerSideEncryption::Aes256));
}

#[tokio::test]
async fn under_sse_kms_the_etag_looks_like_an_md5_and_is_none() {
    let options = Options { encryption: Encryption::Kms, ..Options::default() };
    let scene = Scene::with(options).await;
    let stored = scene.put("acme/a", b"hello").send().await.unwrap();
    let etag = stored.e_tag().unwrap().trim_matches('"').to_owned();
    assert_eq!(etag.len(), 32);
    assert_ne!(etag, HELLO_MD5_HEX);
    assert_eq!(stored.server_side_encryption(), Some(&ServerSideEncryption::AwsKms));
}

#[tokio::test]
async fn an_upload_broken_off_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { data: Some(directory.path().to_owned()), ..Options::default() };
    let scene = Scene::with(options).await;
    let put = scene.presigned_put("acme/a", 1_000_000).await;
    send_only(&put.uri()[scene.local.s3_url().len()..], &scene, b"only the beginning").await;
    assert_eq!(scene.object_count().await, 0);
    scene.local.stop().await;
    assert_eq!(files_in(&directory.path().join("s3")), 0);
}

#[tokio::test]
async fn a_refused_upload_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { data: Some(directory.path().to_owned()), ..Options::default() };
    let scene = Scene::with(options).await;
    let put = scene.s3.put_object().bucket(BUCKET).key("acme/a").content_md5(HELLO_MD5);
    let put = put.presigned(lifetime()).await.unwrap();
    assert_eq!(scene.send(&put, b"jello").await.status, 400);
    assert_eq!(files_in(&directory.path().join("s3")), 0);
}

/// Announces a million bytes, sends a few and closes the sending half of the connection.
async fn send_only(path_and_query: &str, scene: &Scene, beginning: &[u8]) {
    let address = scene.local.s3_url().replace("http://", "");
    let head = format!(
        "PUT {path_and_query} HTTP/1.1\r\nhost: {address}\r\ncontent-type: text/plain\r\n\
         content-length: 1000000\r\nif-none-match: *\r\n\r\n"
    );
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(beginning).await.unwrap();
    connection.shutdown().await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
}
