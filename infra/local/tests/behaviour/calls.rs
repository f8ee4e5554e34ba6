//! Every call is written down, and a test may tamper with it.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use local::{BUCKET, Call, Interceptor, Service, TABLE, Verdict};
use serde_json::Value;
use tokio::sync::Barrier;

use crate::multipart::upload::MultipartUpload;
use crate::scene::Scene;

#[tokio::test]
async fn calls_are_recorded_by_their_aws_names() {
    let scene = Scene::new().await;
    scene.record("SESSION#a", 4_000_000_000).await;
    scene.stored("acme/a", b"hello").await;
    scene.s3.head_object().bucket(BUCKET).key("acme/a").send().await.unwrap();
    scene.s3.get_object().bucket(BUCKET).key("acme/a").send().await.unwrap();
    scene.s3.delete_object().bucket(BUCKET).key("acme/a").send().await.unwrap();
    scene.s3.list_objects_v2().bucket(BUCKET).send().await.unwrap();
    let calls = scene.local.calls();
    let names: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
    let s3 = ["PutObject", "HeadObject", "GetObject", "DeleteObject"];
    assert_eq!(names, [&["PutItem"], &s3[..], &["ListObjectsV2"]].concat());
    assert_eq!(calls[0].service, Service::DynamoDb);
    assert_eq!(calls[1].path, "/slipway/acme/a");
    let item: Value = serde_json::from_slice(&calls[0].body).unwrap();
    assert_eq!(item["Item"]["pk"]["S"], "SESSION#a");
    scene.local.forget_calls();
    assert!(scene.local.calls().is_empty());
}

#[tokio::test]
async fn calls_of_a_multipart_upload_are_recorded_by_their_aws_names() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    let parts = [upload.sent(1, "hello").await];
    upload.list().send().await.unwrap();
    scene.s3.list_multipart_uploads().bucket(BUCKET).send().await.unwrap();
    upload.complete(&parts).send().await.unwrap();
    MultipartUpload::create(&scene).await.abort().send().await.unwrap();
    let calls = scene.local.calls();
    let names: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
    let made = ["CreateMultipartUpload", "UploadPart", "ListParts", "ListMultipartUploads"];
    let ended = ["CompleteMultipartUpload", "CreateMultipartUpload", "AbortMultipartUpload"];
    assert_eq!(names, [&made[..], &ended].concat());
}

#[tokio::test]
async fn calls_side_by_side_overlap_and_calls_in_a_row_do_not() {
    let scene = Scene::new().await;
    scene.local.intercept(Arc::new(Meeting(Barrier::new(2))));
    tokio::join!(scene.record("SESSION#a", 4_000_000_000), scene.stored("acme/a", b"hello"));
    scene.local.stop_intercepting();
    scene.record("SESSION#b", 4_000_000_000).await;
    let calls = scene.local.calls();
    assert!(calls[1].started < calls[0].answered.unwrap());
    assert!(calls[2].started > calls[0].answered.unwrap());
    assert!(calls[2].started > calls[1].answered.unwrap());
}

#[tokio::test]
async fn a_refusal_before_the_engine_stores_nothing() {
    let scene = Scene::new().await;
    scene.local.intercept(Arc::new(Fault::before("PutItem", throttled())));
    let put = scene.dynamodb.put_item().table_name(TABLE);
    let refused = put.item("pk", text("a")).item("sk", text("a")).send().await.unwrap_err();
    assert_eq!(refused.code(), Some("ThrottlingException"));
    assert_eq!(record_count(&scene).await, 0);
}

#[tokio::test]
async fn an_answer_lost_after_the_engine_acted_leaves_its_work_done() {
    let scene = Scene::new().await;
    scene.local.intercept(Arc::new(Fault::after("PutItem", Verdict::HangUp)));
    let put = scene.dynamodb.put_item().table_name(TABLE);
    let lost = put.item("pk", text("a")).item("sk", text("a")).send().await.unwrap_err();
    assert!(lost.as_service_error().is_none());
    assert_eq!(record_count(&scene).await, 1);
}

#[tokio::test]
async fn s3_calls_can_be_refused_and_hung_up_on() {
    let scene = Scene::new().await;
    let put = scene.presigned_put("acme/a", 5).await;
    let refuse = Verdict::Refuse { status: 503, code: "SlowDown".to_owned() };
    scene.local.intercept(Arc::new(Fault::before("PutObject", refuse)));
    let answer = scene.send(&put, b"hello").await;
    assert!(answer.refuses(503, "SlowDown"), "{}", answer.body);
    scene.local.intercept(Arc::new(Fault::before("PutObject", Verdict::HangUp)));
    assert!(scene.request(put.uri(), &put).body("hello").send().await.is_err());
    scene.local.stop_intercepting();
    assert_eq!(scene.object_count().await, 0);
}

#[tokio::test]
async fn a_completion_can_be_refused_within_a_success() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    let parts = [upload.sent(1, "hello").await];
    let refuse = Verdict::RefuseWithin200 { code: "AccessDenied".to_owned() };
    scene.local.intercept(Arc::new(Fault::before("CompleteMultipartUpload", refuse)));
    let refused = upload.complete(&parts).send().await.unwrap_err();
    assert_eq!(refused.code(), Some("AccessDenied"));
    assert_eq!(refused.raw_response().unwrap().status().as_u16(), 200);
    assert_eq!(scene.object_count().await, 0);
}

/// Holds calls until all that are expected have come.
struct Meeting(Barrier);

#[async_trait]
impl Interceptor for Meeting {
    async fn before(&self, _call: &Call) -> Verdict {
        self.0.wait().await;
        Verdict::Pass
    }
}

/// One verdict for one operation.
struct Fault {
    operation: &'static str,
    before: Verdict,
    after: Verdict,
}

impl Fault {
    fn before(operation: &'static str, before: Verdict) -> Self {
        Self { operation, before, after: Verdict::Pass }
    }

    fn after(operation: &'static str, after: Verdict) -> Self {
        Self { operation, before: Verdict::Pass, after }
    }

    fn on(&self, call: &Call, verdict: &Verdict) -> Verdict {
        if call.operation == self.operation { verdict.clone() } else { Verdict::Pass }
    }
}

#[async_trait]
impl Interceptor for Fault {
    async fn before(&self, call: &Call) -> Verdict {
        self.on(call, &self.before)
    }

    async fn after(&self, call: &Call) -> Verdict {
        self.on(call, &self.after)
    }
}

fn throttled() -> Verdict {
    Verdict::Refuse { status: 400, code: "ThrottlingException".to_owned() }
}

async fn record_count(scene: &Scene) -> i32 {
    scene.dynamodb.scan().table_name(TABLE).send().await.unwrap().count()
}

fn text(value: &str) -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::S(value.to_owned())
}
