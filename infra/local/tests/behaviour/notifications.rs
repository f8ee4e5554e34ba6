//! `verify-upload` hears of every published object, at least once, in the shape S3 gives it.

use local::BUCKET;

use crate::functions::Functions;
use crate::scene::Scene;

#[tokio::test]
async fn a_published_object_is_announced_as_s3_does() {
    let (scene, functions) = Scene::with_functions().await;
    let put = scene.presigned_put("acme/a b", 5).await;
    scene.send(&put, b"hello").await;
    scene.local.settled().await;
    let (function, payload) = &functions.invocations()[0];
    let record = &payload["Records"][0];
    assert_eq!(function, "verify-upload");
    assert_eq!(record["eventVersion"], "2.1");
    assert_eq!(record["eventSource"], "aws:s3");
    assert_eq!(record["eventName"], "ObjectCreated:Put");
    assert_eq!(record["awsRegion"], "us-east-1");
    assert_eq!(record["s3"]["bucket"]["name"], BUCKET);
    assert_eq!(record["s3"]["bucket"]["arn"], "arn:aws:s3:::slipway");
    let object = &record["s3"]["object"];
    assert_eq!(object["key"], "acme/a+b");
    assert_eq!(object["size"], 5);
    assert_eq!(object["eTag"], "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(object["sequencer"].as_str().unwrap().len(), 16);
}

#[tokio::test]
async fn sequencers_of_one_key_grow() {
    let (scene, functions) = Scene::with_functions().await;
    for _ in 0..3 {
        scene.stored("acme/a", b"hello").await;
        scene.local.settled().await;
    }
    let invocations = functions.invocations();
    let sequencer = |n: usize| invocations[n].1["Records"][0]["s3"]["object"]["sequencer"].clone();
    assert!(sequencer(0).as_str() < sequencer(1).as_str());
    assert!(sequencer(1).as_str() < sequencer(2).as_str());
}

#[tokio::test]
async fn a_refused_upload_is_not_announced() {
    let (scene, functions) = Scene::with_functions().await;
    let put = scene.presigned_put("acme/a", 5).await;
    scene.send(&put, b"hello").await;
    scene.send(&put, b"hello").await;
    scene.local.settled().await;
    assert_eq!(functions.invocations().len(), 1);
}

#[tokio::test]
async fn an_announcement_is_repeated_until_it_is_acknowledged() {
    let (scene, functions) = Scene::with_functions().await;
    functions.fail_once(500);
    functions.fail_once(502);
    scene.stored("acme/a", b"hello").await;
    scene.local.settled().await;
    let invocations = functions.invocations();
    assert_eq!(invocations.len(), 3);
    assert_eq!(invocations[0], invocations[2]);
    assert_eq!(scene.local.event_log().len(), 1);
}

#[tokio::test]
async fn a_slow_verification_does_not_hold_up_another() {
    let (scene, functions) = Scene::with_functions().await;
    let release = functions.hold_once();
    scene.stored("acme/slow", b"hello").await;
    functions.invoked(1).await;
    scene.stored("acme/quick", b"hello").await;
    functions.invoked(2).await;
    drop(release);
    scene.local.settled().await;
}

#[tokio::test]
async fn without_functions_announcements_wait_for_them() {
    let scene = Scene::new().await;
    scene.stored("acme/a", b"hello").await;
    scene.stored("acme/b", b"hello").await;
    let functions = Functions::start().await;
    scene.local.deliver_to(&functions.url);
    scene.local.settled().await;
    assert_eq!(functions.invocations().len(), 2);
}

#[tokio::test]
async fn an_event_can_be_delivered_again() {
    let (scene, functions) = Scene::with_functions().await;
    scene.stored("acme/a", b"hello").await;
    scene.local.settled().await;
    scene.local.redeliver(&scene.local.event_log()[0]).await.unwrap();
    let invocations = functions.invocations();
    assert_eq!(invocations.len(), 2);
    assert_eq!(invocations[0], invocations[1]);
}
