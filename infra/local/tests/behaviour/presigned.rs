//! A presigned URL is good for exactly what was signed, and for as long.

use std::time::Duration;

use local::BUCKET;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::s3_client::s3_client;
use crate::scene::{Answer, LIFETIME, Scene, lifetime};

#[tokio::test]
async fn a_presigned_put_stores_the_object() {
    let scene = Scene::new().await;
    let put = scene.presigned_put("acme/a", 5).await;
    assert_eq!(scene.send(&put, b"hello").await.status, 200);
    assert_eq!(scene.object_count().await, 1);
}

#[tokio::test]
async fn an_expired_url_is_refused() {
    let scene = Scene::new().await;
    let put = scene.presigned_put("acme/a", 5).await;
    scene.clock.advance(LIFETIME + Duration::from_secs(1));
    let answer = scene.send(&put, b"hello").await;
    assert!(answer.refuses(403, "AccessDenied"), "{}", answer.body);
    assert!(answer.body.contains("Request has expired"), "{}", answer.body);
    assert_eq!(scene.object_count().await, 0);
}

#[tokio::test]
async fn a_tampered_signature_is_refused() {
    let scene = Scene::new().await;
    let put = scene.presigned_put("acme/a", 5).await;
    let tampered = put.uri().replace("X-Amz-Expires=60", "X-Amz-Expires=600");
    let answer = scene.send_to(&tampered, &put, b"hello").await;
    assert!(answer.refuses(403, "SignatureDoesNotMatch"), "{}", answer.body);
}

#[tokio::test]
async fn a_url_for_another_key_is_refused() {
    let scene = Scene::new().await;
    let put = scene.presigned_put("acme/a", 5).await;
    let foreign = put.uri().replace("/acme/a?", "/acme/b?");
    let answer = scene.send_to(&foreign, &put, b"hello").await;
    assert!(answer.refuses(403, "SignatureDoesNotMatch"), "{}", answer.body);
}

#[tokio::test]
async fn a_url_for_another_method_is_refused() {
    let scene = Scene::new().await;
    scene.stored("acme/a", b"hello").await;
    let get = scene.s3.get_object().bucket(BUCKET).key("acme/a");
    let get = get.presigned(lifetime()).await.unwrap();
    let answer = scene.http.put(get.uri()).body("other").send().await.unwrap();
    assert_eq!(answer.status(), 403);
    let answer = scene.http.delete(get.uri()).send().await.unwrap();
    assert_eq!(answer.status(), 403);
    assert_eq!(scene.object_count().await, 1);
}

#[tokio::test]
async fn a_url_signed_with_another_secret_is_refused() {
    let scene = Scene::new().await;
    let stranger = s3_client(&scene.local, "another-secret");
    let put = stranger.put_object().bucket(BUCKET).key("acme/a");
    let put = put.presigned(lifetime()).await.unwrap();
    let answer = scene.send(&put, b"hello").await;
    assert!(answer.refuses(403, "SignatureDoesNotMatch"), "{}", answer.body);
}

#[tokio::test]
async fn a_request_without_any_signature_is_refused() {
    let scene = Scene::new().await;
    let url = format!("{}/{BUCKET}/acme/a", scene.local.s3_url());
    let answer = scene.http.put(url).body("hello").send().await.unwrap();
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn another_length_than_the_signed_one_is_refused() {
    let scene = Scene::new().await;
    let put = scene.presigned_put("acme/a", 6).await;
    let headers = put.headers().filter(|(name, _)| *name != "content-length");
    let request = headers.fold(scene.http.put(put.uri()), |r, (name, value)| r.header(name, value));
    assert_eq!(request.body("hello").send().await.unwrap().status(), 403);
    assert_eq!(scene.object_count().await, 0);
}

#[tokio::test]
async fn another_content_type_than_the_signed_one_is_refused() {
    refused_with_another_header("content-type", "text/html").await;
}

#[tokio::test]
async fn another_content_md5_than_the_signed_one_is_refused() {
    // The true MD5 of the body, but not the one that was signed.
    refused_with_another_header("content-md5", "XUFAKrxLKna5cZ2REBfFkg==").await;
}

#[tokio::test]
async fn leaving_out_the_write_once_header_is_refused() {
    refused_with_another_header("if-none-match", "").await;
}

#[tokio::test]
async fn an_amz_header_that_was_not_signed_is_refused() {
    let scene = Scene::new().await;
    let put = scene.presigned_put("acme/a", 5).await;
    let request = scene.request(put.uri(), &put).header("x-amz-meta-owner", "mallory");
    let answer = request.body("hello").send().await.unwrap();
    assert_eq!(answer.status(), 403);
    let body = answer.text().await.unwrap();
    assert!(body.contains("There were headers present in the request which were not signed"));
    assert_eq!(scene.object_count().await, 0);
}

#[tokio::test]
async fn a_presigned_request_that_is_authorized_in_a_header_too_is_refused() {
    let scene = Scene::new().await;
    let put = scene.presigned_put("acme/a", 5).await;
    let request = scene.request(put.uri(), &put).header("authorization", "Bearer slw_acme_x_y");
    let answer = Answer::of(request.body("hello").send().await.unwrap()).await;
    assert!(answer.refuses(400, "InvalidArgument"), "{}", answer.body);
    assert!(answer.body.contains("Only one auth mechanism allowed"), "{}", answer.body);
    assert_eq!(scene.object_count().await, 0);
}

#[tokio::test]
async fn the_connection_is_closed_where_a_body_was_neither_wanted_nor_sent() {
    let scene = Scene::new().await;
    let put = scene.presigned_put("acme/a", 5).await;
    let foreign = put.uri().replace("/acme/a?", "/acme/b?");
    let (_, path) = foreign.split_once("://").and_then(|(_, rest)| rest.split_once('/')).unwrap();
    let address = scene.local.s3_url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "PUT /{path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: text/plain\r\n\
         if-none-match: *\r\ncontent-length: 5\r\nexpect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // Ends because the other side closes; nobody ever asked for the body.
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn a_body_that_is_wanted_is_asked_for() {
    let scene = Scene::new().await;
    let put = scene.presigned_put("acme/a", 5).await;
    let (_, path) = put.uri().split_once("://").and_then(|(_, rest)| rest.split_once('/')).unwrap();
    let address = scene.local.s3_url().replace("http://", "");
    let mut stream = BufReader::new(TcpStream::connect(&address).await.unwrap());
    let head = format!(
        "PUT /{path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: text/plain\r\n\
         if-none-match: *\r\ncontent-length: 5\r\nexpect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
    stream.write_all(b"hello").await.unwrap();
    stream.read_line(&mut line).await.unwrap();
    stream.read_line(&mut line).await.unwrap();
    assert!(line.ends_with("HTTP/1.1 200 OK\r\n"), "{line}");
    assert_eq!(scene.object_count().await, 1);
}

#[tokio::test]
async fn a_refusal_reaches_a_client_that_is_still_sending() {
    let scene = Scene::new().await;
    let put = scene.presigned_put("acme/a", 16 << 20).await;
    let foreign = put.uri().replace("/acme/a?", "/acme/b?");
    let request = scene.request(&foreign, &put).body(vec![0; 16 << 20]);
    assert_eq!(request.send().await.unwrap().status(), 403);
}

/// Signs a PUT of `hello` with every condition Slipway knows, then sends one of its headers otherwise.
async fn refused_with_another_header(other: &str, value: &str) {
    let scene = Scene::new().await;
    let put = scene.s3.put_object().bucket(BUCKET).key("acme/a").content_type("text/plain");
    let put = put.content_md5("1B2M2Y8AsgTpgAmY7PhCfg==").content_length(5).if_none_match("*");
    let put = put.presigned(lifetime()).await.unwrap();
    let headers = put.headers().filter(|(name, _)| *name != other);
    let request = headers.fold(scene.http.put(put.uri()), |r, (name, value)| r.header(name, value));
    let request = if value.is_empty() { request } else { request.header(other, value) };
    assert_eq!(request.body("hello").send().await.unwrap().status(), 403);
    assert_eq!(scene.object_count().await, 0);
}
