//! What was stored, and what was not yet told, survives a restart.

use std::path::Path;

use local::{BUCKET, Local, Options, TABLE};

use crate::functions::Functions;
use crate::multipart::upload::{KEY, MultipartUpload, first_part};
use crate::scene::{Scene, lifetime};

#[tokio::test]
async fn objects_and_records_survive() {
    let directory = tempfile::tempdir().unwrap();
    let scene = in_directory(directory.path()).await;
    let stored = scene.put("acme/a", b"hello").content_type("text/plain");
    let stored = stored.send().await.unwrap();
    scene.record("SESSION#a", 4_000_000_000).await;
    scene.local.stop().await;

    let scene = in_directory(directory.path()).await;
    let got = scene.s3.get_object().bucket(BUCKET).key("acme/a").send().await.unwrap();
    assert_eq!(got.e_tag(), stored.e_tag());
    assert_eq!(got.content_type(), Some("text/plain"));
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"hello");
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
    let aborted = s3.join("buckets").join(BUCKET).join("multipart").join("aborted");
    std::fs::write(&stray, b"content without a description").unwrap();
    std::fs::write(&upload, b"an upload").unwrap();
    std::fs::create_dir(&aborted).unwrap();
    std::fs::write(aborted.join("1"), b"a part of no upload").unwrap();

    let scene = in_directory(directory.path()).await;
    assert!(!stray.exists() && !upload.exists() && !aborted.exists());
    assert_eq!(scene.object_count().await, 1);
}

#[tokio::test]
async fn open_uploads_and_their_parts_survive() {
    let directory = tempfile::tempdir().unwrap();
    let scene = in_directory(directory.path()).await;
    let upload = MultipartUpload::create(&scene).await;
    let id = upload.id.clone();
    let first = upload.sent(1, first_part()).await;
    scene.local.stop().await;

    let scene = in_directory(directory.path()).await;
    let upload = MultipartUpload::known(&scene, id);
    let second = upload.sent(2, "the end").await;
    upload.complete(&[first, second]).send().await.unwrap();
    let got = scene.s3.get_object().bucket(BUCKET).key(KEY).send().await.unwrap();
    let body = got.body.collect().await.unwrap().to_vec();
    assert_eq!(body, [first_part(), b"the end".to_vec()].concat());
}

#[tokio::test]
async fn an_object_of_parts_and_the_end_of_its_upload_survive() {
    let directory = tempfile::tempdir().unwrap();
    let scene = in_directory(directory.path()).await;
    let upload = MultipartUpload::create(&scene).await;
    let id = upload.id.clone();
    let parts = [upload.sent(1, "hello").await];
    let completed = upload.complete(&parts).send().await.unwrap();
    scene.local.stop().await;

    let scene = in_directory(directory.path()).await;
    let got = scene.s3.get_object().bucket(BUCKET).key(KEY).send().await.unwrap();
    assert_eq!(got.e_tag(), completed.e_tag());
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"hello");
    let repeated = MultipartUpload::known(&scene, id).complete(&parts).send().await.unwrap();
    assert_eq!(repeated.e_tag(), completed.e_tag());
}

#[tokio::test]
async fn an_upload_whose_process_died_before_ending_it_is_ended() {
    let directory = tempfile::tempdir().unwrap();
    let scene = in_directory(directory.path()).await;
    let upload = MultipartUpload::create(&scene).await;
    let id = upload.id.clone();
    let parts = [upload.sent(1, "hello").await];
    let uploads = directory.path().join("s3/buckets").join(BUCKET).join("multipart").join(&id);
    let open = ["upload", "1"].map(|name| (name, std::fs::read(uploads.join(name)).unwrap()));
    upload.complete(&parts).send().await.unwrap();
    scene.local.stop().await;
    for (name, description) in open {
        std::fs::write(uploads.join(name), description).unwrap();
    }

    let scene = in_directory(directory.path()).await;
    let upload = MultipartUpload::known(&scene, id);
    assert_eq!(upload.put(1, "jello").await.status, 404);
    upload.complete(&parts).send().await.unwrap();
    let got = scene.s3.get_object().bucket(BUCKET).key(KEY).send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"hello");
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

#[tokio::test]
async fn a_damaged_description_is_named_with_the_way_out() {
    let directory = tempfile::tempdir().unwrap();
    let scene = in_directory(directory.path()).await;
    scene.stored("acme/a", b"hello").await;
    scene.local.stop().await;
    let objects = directory.path().join("s3/buckets").join(BUCKET).join("objects");
    let description = std::fs::read_dir(&objects).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&description, "").unwrap();

    let options = Options { data: Some(directory.path().to_owned()), ..Options::default() };
    let error = Local::start(options).await.err().unwrap().to_string();
    assert!(error.contains(description.to_str().unwrap()), "{error}");
    assert!(error.contains("make clean-local"), "{error}");
}

#[tokio::test]
async fn a_missing_content_file_is_an_error_that_names_it() {
    let directory = tempfile::tempdir().unwrap();
    let scene = in_directory(directory.path()).await;
    scene.stored("acme/a", b"hello").await;
    let contents = directory.path().join("s3/buckets").join(BUCKET).join("content");
    let content = std::fs::read_dir(&contents).unwrap().next().unwrap().unwrap().path();
    std::fs::remove_file(&content).unwrap();

    let get = scene.s3.get_object().bucket(BUCKET).key("acme/a").presigned(lifetime()).await;
    let answer = scene.http.get(get.unwrap().uri()).send().await.unwrap();
    assert_eq!(answer.status(), 500);
    let body = answer.text().await.unwrap();
    assert!(body.contains(content.to_str().unwrap()), "{body}");
}
