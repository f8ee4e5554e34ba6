//! What was stored, and what was not yet told, survives a restart.

use std::path::Path;

use local::{BUCKET, Local, Options, TABLE};

use crate::functions::Functions;
use crate::scene::Scene;

#[tokio::test]
async fn objects_tags_and_records_survive() {
    let directory = tempfile::tempdir().unwrap();
    let scene = in_directory(directory.path()).await;
    let stored = scene.put("acme/a", b"hello").content_type("text/plain").tagging("stage=new");
    let stored = stored.send().await.unwrap();
    scene.record("SESSION#a", 4_000_000_000).await;
    scene.local.stop().await;

    let scene = in_directory(directory.path()).await;
    let got = scene.s3.get_object().bucket(BUCKET).key("acme/a").send().await.unwrap();
    assert_eq!(got.e_tag(), stored.e_tag());
    assert_eq!(got.content_type(), Some("text/plain"));
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"hello");
    let tags = scene.s3.get_object_tagging().bucket(BUCKET).key("acme/a").send().await.unwrap();
    assert_eq!(tags.tag_set()[0].value(), "new");
    let scanned = scene.dynamodb.scan().table_name(TABLE).send().await.unwrap();
    assert_eq!(scanned.count(), 1);
}

#[tokio::test]
async fn an_announcement_nobody_acknowledged_is_made_after_the_restart() {
    let directory = tempfile::tempdir().unwrap();
    let functions = Functions::start().await;
    let scene = in_directory(directory.path()).await;
    scene.stored("acme/a", b"hello").await;
    functions.fail_once(500);
    scene.local.deliver_to(&functions.url);
    functions.invoked(1).await;
    scene.local.stop().await;

    let scene = in_directory(directory.path()).await;
    scene.local.deliver_to(&functions.url);
    scene.local.settled().await;
    let invocations = functions.invocations();
    assert_eq!(invocations[0], invocations[1]);
}

#[tokio::test]
async fn an_acknowledged_announcement_is_not_made_again() {
    let directory = tempfile::tempdir().unwrap();
    let functions = Functions::start().await;
    let scene = in_directory(directory.path()).await;
    scene.local.deliver_to(&functions.url);
    scene.stored("acme/a", b"hello").await;
    scene.local.settled().await;
    scene.local.stop().await;

    let scene = in_directory(directory.path()).await;
    scene.local.deliver_to(&functions.url);
    scene.local.settled().await;
    assert_eq!(functions.invocations().len(), 1);
}

#[tokio::test]
async fn the_stream_goes_on_where_it_was_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let functions = Functions::start().await;
    let scene = in_directory(directory.path()).await;
    scene.local.deliver_to(&functions.url);
    scene.record("SESSION#told", 1_700_000_000).await;
    assert_eq!(scene.local.sweep().await.unwrap(), 1);
    scene.local.stop().await;

    // Nobody to tell in this life.
    let scene = in_directory(directory.path()).await;
    scene.record("SESSION#untold", 1_700_000_000).await;
    assert_eq!(scene.local.sweep().await.unwrap(), 1);
    scene.local.stop().await;

    let scene = in_directory(directory.path()).await;
    scene.local.deliver_to(&functions.url);
    scene.local.settled().await;
    let invocations = functions.invocations();
    let told = |n: usize| &invocations[n].1["Records"][0]["dynamodb"]["Keys"]["pk"]["S"];
    assert_eq!(invocations.len(), 2);
    assert_eq!(told(0), "SESSION#told");
    assert_eq!(told(1), "SESSION#untold");
}

#[tokio::test]
async fn what_a_dead_process_left_half_done_is_cleared() {
    let directory = tempfile::tempdir().unwrap();
    let scene = in_directory(directory.path()).await;
    scene.stored("acme/a", b"hello").await;
    scene.local.stop().await;
    let s3 = directory.path().join("s3");
    let stray = s3.join("buckets").join(BUCKET).join("content").join("stray");
    let upload = s3.join("uploads").join("upload");
    std::fs::write(&stray, b"content without a description").unwrap();
    std::fs::write(&upload, b"an upload").unwrap();

    let scene = in_directory(directory.path()).await;
    assert!(!stray.exists() && !upload.exists());
    assert_eq!(scene.object_count().await, 1);
}

#[tokio::test]
async fn the_ports_are_free_after_the_stop() {
    let scene = Scene::new().await;
    let port = |url: String| url.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let dynamodb_port = port(scene.local.dynamodb_url());
    let s3_port = port(scene.local.s3_url());
    let options = || Options { dynamodb_port, s3_port, ..Options::default() };
    let used = Local::start(options()).await.err().unwrap().to_string();
    assert!(used.contains("DynamoDB") && used.contains("already in use"), "{used}");
    assert_eq!(used.lines().count(), 1);
    scene.local.stop().await;
    Local::start(options()).await.unwrap();
}

async fn in_directory(directory: &Path) -> Scene {
    Scene::with(Options { data: Some(directory.to_owned()), ..Options::default() }).await
}
