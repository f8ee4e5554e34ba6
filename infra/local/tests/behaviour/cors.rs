//! Web pages of allowed origins may upload and read the `ETag`; others may not.

use local::{BUCKET, Options};
use reqwest::Method;

use crate::scene::{Answer, Scene};

const OURS: &str = "http://localhost:3000";
const FOREIGN: &str = "http://localhost:3001";

#[tokio::test]
async fn an_allowed_page_may_ask_and_put() {
    let scene = scene().await;
    let answer = preflight(&scene, OURS, "PUT").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), OURS);
    assert_eq!(answer.header("access-control-allow-headers"), "content-md5,content-type");
    assert!(answer.header("access-control-allow-methods").contains("PUT"));
    let answer = put_from(&scene, OURS).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), OURS);
    assert!(answer.header("access-control-expose-headers").contains("ETag"));
}

#[tokio::test]
async fn a_foreign_page_is_refused_and_reads_nothing() {
    let scene = scene().await;
    let answer = preflight(&scene, FOREIGN, "PUT").await;
    assert!(answer.refuses(403, "AccessForbidden"), "{}", answer.body);
    assert_eq!(answer.header("access-control-allow-origin"), "");
    assert_eq!(put_from(&scene, FOREIGN).await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn no_page_may_delete() {
    let scene = scene().await;
    assert_eq!(preflight(&scene, OURS, "DELETE").await.status, 403);
}

#[tokio::test]
async fn a_page_may_read_a_refusal() {
    let scene = scene().await;
    put_from(&scene, OURS).await;
    let answer = put_from(&scene, OURS).await;
    assert!(answer.refuses(412, "PreconditionFailed"), "{}", answer.body);
    assert_eq!(answer.header("access-control-allow-origin"), OURS);
}

async fn scene() -> Scene {
    Scene::with(Options { allowed_origins: vec![OURS.to_owned()], ..Options::default() }).await
}

async fn preflight(scene: &Scene, origin: &str, method: &str) -> Answer {
    let url = format!("{}/{BUCKET}/acme/a", scene.local.s3_url());
    let request = scene.http.request(Method::OPTIONS, url).header("origin", origin);
    let request = request.header("access-control-request-method", method);
    let request = request.header("access-control-request-headers", "content-md5,content-type");
    Answer::of(request.send().await.unwrap()).await
}

async fn put_from(scene: &Scene, origin: &str) -> Answer {
    let put = scene.presigned_put("acme/a", 5).await;
    let request = scene.request(put.uri(), &put).header("origin", origin);
    Answer::of(request.body("hello").send().await.unwrap()).await
}
