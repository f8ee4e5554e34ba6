//! An aborted upload is gone with everything that was, or is being, sent to it.

use aws_sdk_s3::error::ProvideErrorMetadata;
use local::Options;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::upload::MultipartUpload;
use crate::files::files_in;
use crate::scene::{Scene, lifetime};

#[tokio::test]
async fn an_aborted_upload_is_gone_with_its_parts() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { data: Some(directory.path().to_owned()), ..Options::default() };
    let scene = Scene::with(options).await;
    let upload = MultipartUpload::create(&scene).await;
    upload.put(1, "hello").await;
    upload.abort().send().await.unwrap();
    assert_eq!(files_in(&directory.path().join("s3")), 0);
    let answer = upload.put(1, "hello").await;
    assert!(answer.refuses(404, "NoSuchUpload"), "{}", answer.body);
    let list = upload.list().send().await.unwrap_err();
    assert_eq!(list.code(), Some("NoSuchUpload"));
    let again = upload.abort().send().await.unwrap_err();
    assert_eq!(again.code(), Some("NoSuchUpload"));
    assert_eq!(files_in(&directory.path().join("s3")), 0);
}

#[tokio::test]
async fn a_part_on_its_way_while_the_upload_is_aborted_is_not_kept() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { data: Some(directory.path().to_owned()), ..Options::default() };
    let scene = Scene::with(options).await;
    let upload = MultipartUpload::create(&scene).await;
    let put = upload.part(1).content_length(5).presigned(lifetime()).await.unwrap();
    let address = scene.local.s3_url().replace("http://", "");
    let path_and_query = &put.uri()[scene.local.s3_url().len()..];
    let head = format!(
        "PUT {path_and_query} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 5\r\nconnection: close\r\n\r\n"
    );
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(b"hel").await.unwrap();
    upload.abort().send().await.unwrap();
    connection.write_all(b"lo").await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert_eq!(files_in(&directory.path().join("s3")), 0);
}
