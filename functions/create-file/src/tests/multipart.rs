//! A file that comes in parts.

use serde_json::{Value, json};
use shared::http::endpoints;
use shared::testing::dynamodb::{FILE, SESSION, admitted, done, put};
use shared::testing::gateway::{Answer, ask};
use shared::testing::parts::{UPLOAD, open_upload, opened, s3_error};
use shared::testing::s3::parameters;
use shared::testing::transactions::transaction;
use shared::testing::{Answers as _, NOW, Rule, config, context_of};

use super::{NOTE, create, request_with, session, take};
use crate::create_file;

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

#[tokio::test]
async fn an_upload_is_opened_then_recorded_and_its_first_parts_are_signed() {
    let take = take();
    let upload = open_upload(None).answers_after(&[&take], opened(UPLOAD));
    let attributes = &["uploadId = 'upload-1'", "partSizeBytes = 8388608", "sizeBytes = 20971521"];
    let file = put(FILE, attributes).answers_after(&[&upload], done());
    let session = put(SESSION, &["ttl = 1775653200"]).answers_after(&[&upload], done());
    let request = request_with(&json!({
        "sizeBytes": 20 * MIB + 1,
        "multipart": { "partSizeBytes": 8 * MIB },
    }));
    let rules = [&take, &upload, &file, &session];
    let answer = create(request, &rules).await;
    assert_eq!((answer.status, rules.map(Rule::num_calls)), (200, [1, 1, 1, 1]), "{answer:?}");
    let created = answer.body.as_object().unwrap();
    assert!(!created.contains_key("uploadUrl") && !created.contains_key("uploadHeaders"));
    assert_eq!((&created["status"], &created["md5"]), (&json!("PENDING"), &Value::Null));

    let parts = &created["parts"];
    assert_eq!((&parts["partSizeBytes"], &parts["count"]), (&json!(8 * MIB), &json!(3)));
    let sizes = [8 * MIB, 8 * MIB, 4 * MIB + 1];
    assert_eq!(parts["data"].as_array().unwrap().len(), sizes.len());
    for (at, size) in sizes.into_iter().enumerate() {
        let part = &parts["data"][at];
        assert_eq!(part["partNumber"], at + 1);
        assert_eq!(part["headers"], json!({ "content-length": size.to_string() }));
        assert_eq!(part["expiresAt"], "2026-04-08T13:00:00.000Z");
        let signed = parameters(part["url"].as_str().unwrap());
        assert_eq!((&signed["uploadId"][..], &signed["X-Amz-Expires"][..]), (UPLOAD, "3600"));
        assert_eq!(signed["partNumber"], (at + 1).to_string());
        assert_eq!(signed["X-Amz-SignedHeaders"], "content-length;host");
    }
}

#[tokio::test]
async fn without_a_wish_the_parts_have_16_mib_and_the_first_hundred_are_signed() {
    let answer = create_large(1601 * MIB, json!({})).await;
    let parts = &answer.body["parts"];
    assert_eq!((&parts["partSizeBytes"], &parts["count"]), (&json!(16 * MIB), &json!(101)));
    let data = parts["data"].as_array().unwrap();
    assert_eq!((data.len(), &data[99]["partNumber"]), (100, &json!(100)));
}

#[tokio::test]
async fn the_parts_of_a_huge_file_are_as_large_as_ten_thousand_need() {
    let answer = create_large(200_000 * MIB + 1, json!({})).await;
    assert_eq!(answer.body["parts"]["partSizeBytes"], 21 * MIB);
    let answer = create_large(200_000 * MIB, json!({ "partSizeBytes": 16 * MIB })).await;
    assert_eq!(answer.error(), (400, "invalid_value"));
    assert_eq!(answer.param(), Some("multipart.partSizeBytes"));
    let answer = create_large(200_000 * MIB, json!({ "partSizeBytes": 20 * MIB })).await;
    assert_eq!(answer.body["parts"]["count"], 10_000);
}

#[tokio::test]
async fn a_checksum_algorithm_opens_the_upload_for_it_and_leaves_the_signing_for_later() {
    for (algorithm, recorded) in [
        ("SHA256", &["checksumAlgorithm = 'SHA256'"]),
        ("CRC64NVME", &["checksumAlgorithm = 'CRC64NVME'"]),
    ] {
        let upload = open_upload(Some(algorithm)).answers(opened(UPLOAD));
        let file = put(FILE, recorded).answers(done());
        let changes = json!({ "multipart": { "checksumAlgorithm": algorithm } });
        let rules = [&take(), &upload, &file, &session()];
        let answer = create(request_with(&changes), &rules).await;
        let parts = json!({ "partSizeBytes": 16 * MIB, "count": 1, "data": [] });
        assert_eq!((answer.status, &answer.body["parts"]), (200, &parts), "{answer:?}");
    }
}

#[tokio::test]
async fn a_client_that_leaves_the_choice_sends_parts_only_above_the_threshold() {
    let auto = json!({ "auto": true });
    let small = create_large(100 * MIB, auto.clone()).await;
    assert!(small.body["uploadUrl"].is_string() && small.body["parts"].is_null(), "{small:?}");
    let large = create_large(100 * MIB + 1, auto).await;
    assert!(large.body["uploadUrl"].is_null() && large.body["parts"].is_object(), "{large:?}");
}

#[tokio::test]
async fn what_no_single_put_can_carry_must_come_in_parts() {
    let at_most = create_large(5 * GIB, Value::Null).await;
    assert!(at_most.body["uploadUrl"].is_string(), "{at_most:?}");
    let answer = create_large(5 * GIB + 1, Value::Null).await;
    assert_eq!(answer.error(), (422, "multipart_required"));
    assert_eq!(answer.param(), Some("multipart"));
    let answer = create_large(5 * GIB + 1, json!({})).await;
    assert_eq!((answer.status, &answer.body["parts"]["count"]), (200, &json!(321)));
}

/// What comes of a file of this size where the largest may have 1 TiB.
async fn create_large(size_bytes: u64, multipart: Value) -> Answer {
    let mut config = config();
    config.max_size_bytes = 1024 * GIB;
    let key = admitted(&["files:create"]);
    let upload = open_upload(None).answers(opened(UPLOAD));
    let file = put(FILE, &[]).answers(done());
    let rules = [&key, &take(), &upload, &file, &session()];
    let request = request_with(&json!({ "sizeBytes": size_bytes, "multipart": multipart }));
    ask(&context_of(config, || NOW, &rules), &endpoints::CREATE_FILE, &create_file, request).await
}

#[tokio::test]
async fn a_number_whose_upload_cannot_be_opened_leaves_a_noted_hole() {
    let upload = open_upload(None).answers(s3_error(503, "SlowDown"));
    let note = transaction(NOTE).answers_after(&[&upload], done());
    let file = put(FILE, &[]).answers(done());
    let rules = [&take(), &upload, &note, &file, &session()];
    let answer = create(request_with(&json!({ "multipart": {} })), &rules).await;
    assert_eq!(answer.error(), (503, "service_unavailable"));
    assert_eq!([&upload, &note, &file].map(Rule::num_calls), [3, 1, 0]);
}
