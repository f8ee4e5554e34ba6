//! The `ObjectCreated` record, as S3 sends it to a function.

use humantime::format_rfc3339_millis;
use serde_json::{Value, json};

use super::object::Object;
use crate::clock::system_time;
use crate::events::Event;
use crate::{ACCESS_KEY_ID, REGION};

const FUNCTION: &str = "verify-upload";

/// The event that tells of the object's creation in `bucket`.
pub(super) fn object_created(bucket: &str, object: &Object) -> Event {
    let principal = json!({ "principalId": ACCESS_KEY_ID });
    let record = json!({
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": format_rfc3339_millis(system_time(object.last_modified_ms)).to_string(),
        "eventName": event_name(object),
        "userIdentity": principal,
        "requestParameters": { "sourceIPAddress": "127.0.0.1" },
        "responseElements": { "x-amz-request-id": object.sequencer, "x-amz-id-2": object.sequencer },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": FUNCTION,
            "bucket": {
                "name": bucket,
                "ownerIdentity": principal,
                "arn": format!("arn:aws:s3:::{bucket}"),
            },
            "object": description(object),
        },
    });
    Event::of_records(FUNCTION, &[record])
}

fn event_name(object: &Object) -> &'static str {
    match object.assembled {
        Some(_) => "ObjectCreated:CompleteMultipartUpload",
        None => "ObjectCreated:Put",
    }
}

fn description(object: &Object) -> Value {
    json!({
        "key": url_encoded(&object.key),
        "size": object.size,
        "eTag": object.etag,
        "sequencer": object.sequencer,
    })
}

/// Keys arrive in events form-encoded (a space is `+`), with their slashes as they are.
fn url_encoded(key: &str) -> String {
    let segments = key.split('/');
    let encoded =
        segments.map(|segment| form_urlencoded::byte_serialize(segment.as_bytes()).collect());
    encoded.collect::<Vec<String>>().join("/")
}
