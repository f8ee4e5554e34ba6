//! What the S3 event function promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod auto;
mod completing;
mod halted;
mod pending;
mod unwanted;

use std::time::Duration;

use serde_json::json;
use shared::Result;
use shared::testing::{Rule, SIZE, context, deliver};
use shared::trigger::events::s3::S3Event;

use super::verify_upload;

/// The update that records the MD5 of an object, with its guards.
const RECORD: &[&str] = &[
    "verifiedMd5 = '5eb63bbbe01eeed093cb22bb8f5acdc3', verifiedBy = '0055AED6', \
     verifiedBytes = 11, verifiedAt = 1775649600000 IF",
    "id = 'fil_000000070123456789abcdef' AND status = 'PENDING' AND expiresAt > 1775649600000",
    "attribute_not_exists(rejections) AND (attribute_not_exists(verifiedBy) OR verifiedBy < '0055AED6')",
];
/// The update that ends an overdue session.
const EXPIRE: &[&str] = &["SET status = 'EXPIRED'", "expiresAt <= 1775649600000"];

/// An event of an object under `key` with this `ETag`.
fn event(key: &str, etag: &str) -> S3Event {
    let record = json!({
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventTime": "2026-04-08T12:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "userIdentity": { "principalId": "AWS:A" },
        "requestParameters": { "sourceIPAddress": "192.0.2.1" },
        "responseElements": { "x-amz-request-id": "1" },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "verify-upload",
            "bucket": { "name": "files", "arn": "arn:aws:s3:::files" },
            "object": { "key": key, "size": SIZE, "eTag": etag, "sequencer": "0055AED6" },
        },
    });
    serde_json::from_value(json!({ "Records": [record] })).unwrap()
}

/// Has an event handled that may take 30 s.
async fn handle(event: S3Event, rules: &[&Rule]) -> Result<()> {
    deliver(Duration::from_secs(30), &context(rules), &verify_upload, event).await
}
