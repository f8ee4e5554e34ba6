//! `GET /ingest/upload/config` and `POST /ingest/upload/presigned`.

use serde_json::{Value, json};
use shared::domain::FileId;
use shared::testing::dynamodb::{COUNTER, FILE, SESSION, done, put, update, updated};
use shared::testing::gateway::{Answer, GatewayRequest, request};
use shared::testing::parts::{UPLOAD, open_upload, opened};
use shared::testing::s3::parameters;
use shared::testing::{Answers as _, Rule, config};

use super::{problem, send, send_to};
use crate::open_upload::plan;

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

/// A request that is right but for what `changes` says; null takes a field away.
fn open(changes: &Value) -> GatewayRequest {
    let mut body =
        json!({ "filename": "roads.geojson", "file_size": 11, "content_type": "text/plain" });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    request("POST /geolens/ingest/upload/presigned").json(&body)
}

/// Opens an upload whose record has these attributes.
async fn opened_with(changes: &Value, attributes: &'static [&'static str]) -> Answer {
    let counter = json!({ "next": { "N": "8" }, "touchedAt": { "N": "0" } });
    let take = update(COUNTER, &["ADD next 1"]).answers(updated(&counter));
    let upload = open_upload(None).answers_after(&[&take], opened(UPLOAD));
    let file = put(FILE, attributes).answers_after(&[&upload], done());
    let session = put(SESSION, &[]).answers(done());
    let answer = send(open(changes), &[&take, &upload, &file, &session]).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!([&take, &upload, &file, &session].map(Rule::num_calls), [1, 1, 1, 1]);
    answer
}

#[tokio::test]
async fn the_config_tells_what_may_be_uploaded() {
    let answer = send(request("GET /geolens/ingest/upload/config"), &[]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.body,
        json!({
            "presigned_uploads": true,
            "presigned_threshold_bytes": 100 * MIB,
            "max_file_size_bytes": 512 * MIB,
            "allowed_extensions": ".zip,.gpkg,.geojson,.json,.csv,.tif,.tiff,.xlsx,.xls,.parquet",
            "remaining_dataset_quota": null,
        })
    );
}

#[tokio::test]
async fn a_small_file_is_a_single_put_to_its_client_and_one_part_to_s3() {
    let attributes = &["sizeBytes = 11", "partSizeBytes = 11", "mimeType = 'text/plain'"];
    let body = opened_with(&json!({}), attributes).await.body;
    let id = FileId::from_uuid(body["job_id"].as_str().unwrap()).unwrap();
    assert!(id.to_string().starts_with("fil_00000007"), "{id}");
    assert_eq!(body["s3_key"], format!("acme/{id}"));
    assert_eq!((&body["upload_id"], &body["part_size"]), (&Value::Null, &Value::Null));

    assert_eq!(body["urls"].as_array().unwrap().len(), 1);
    let signed = parameters(body["urls"][0].as_str().unwrap());
    assert_eq!((signed["uploadId"].as_str(), signed["partNumber"].as_str()), (UPLOAD, "1"));
    assert_eq!(signed["X-Amz-SignedHeaders"], "content-length;host");
    assert_eq!(signed["X-Amz-Expires"], "3600");
}

#[tokio::test]
async fn a_large_file_gets_a_url_for_every_part() {
    let size = 100 * MIB + 1;
    let changes = json!({ "file_size": size, "filename": "A.CSV" });
    let body = opened_with(&changes, &["partSizeBytes = 10485760"]).await.body;
    assert_eq!((&body["upload_id"], &body["part_size"]), (&body["job_id"], &json!(10 * MIB)));
    let urls = body["urls"].as_array().unwrap();
    let numbers = urls.iter().map(|url| parameters(url.as_str().unwrap())["partNumber"].clone());
    let expected: Vec<String> = (1..=11).map(|number: u32| number.to_string()).collect();
    assert_eq!(numbers.collect::<Vec<_>>(), expected);
}

#[test]
fn a_file_of_any_size_has_no_more_urls_than_an_answer_holds() {
    for (size, part_size, count) in [
        (100 * MIB, 100 * MIB, 1),
        (100 * MIB + 1, 10 * MIB, 11),
        (10_000 * MIB, 10 * MIB, 1000),
        (10_000 * MIB + 1, 11 * MIB, 910),
        (5000 * GIB, 5 * GIB, 1000),
    ] {
        let plan = plan(size, &config()).unwrap();
        assert_eq!((plan.part_size_bytes(), plan.count()), (part_size, count), "{size}");
    }
}

#[tokio::test]
async fn an_extension_that_is_not_taken_is_named() {
    for (name, kind, extension) in [
        ("setup.exe", None, ".exe"),
        ("roads", None, ""),
        (".zip", None, ""),
        ("a.tar.GZ", None, ".gz"),
        ("city.3tz", None, ".3tz"),
        ("city.csv", Some("tiles3d"), ".csv"),
        ("scan.laz", None, ".laz"),
        ("scan.zip", Some("pointcloud"), ".zip"),
    ] {
        let answer = send(open(&json!({ "filename": name, "kind": kind })), &[]).await;
        assert_eq!(problem(&answer).0, 400, "{name}");
        let detail = json!({ "code": "disallowed_extension", "extension": extension });
        assert_eq!(answer.body["detail"], detail);
    }
    for (name, kind) in [("city.3tz", "tiles3d"), ("scan.LAZ", "pointcloud")] {
        opened_with(&json!({ "filename": name, "kind": kind }), &[]).await;
    }
}

#[tokio::test]
async fn a_file_over_the_maximum_is_unprocessable() {
    let changes = json!({ "file_size": 12 });
    let answer =
        send_to(shared::Config { max_size_bytes: 11, ..config() }, open(&changes), &[]).await;
    let sentence = "File size (12 bytes) exceeds the maximum allowed (11 bytes).";
    assert_eq!(problem(&answer), (422, sentence));
}

#[tokio::test]
async fn a_wrong_field_is_named_as_the_framework_of_geolens_names_it() {
    for (changes, place) in [
        (json!({ "filename": null }), "body.filename: Field required"),
        (json!({ "filename": "" }), "body.filename: must be"),
        (json!({ "filename": "../a.csv" }), "body.filename: must be"),
        (json!({ "file_size": 0 }), "body.file_size: it is out of range"),
        (json!({ "file_size": "11" }), "body.file_size: it is text"),
        (json!({ "file_size": -1 }), "body.file_size: "),
        (json!({ "content_type": "csv" }), "body.content_type: must be"),
        (json!({ "kind": "spreadsheet" }), "body.kind: "),
    ] {
        let answer = send(open(&changes), &[]).await;
        let (status, detail) = problem(&answer);
        assert_eq!(status, 422);
        assert!(detail.starts_with(place), "{detail}");
    }
    opened_with(&json!({ "colour": "red" }), &[]).await;
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_unprocessable() {
    let plain = || request("POST /geolens/ingest/upload/presigned");
    for request in [plain(), plain().json(&json!([])), plain().body("{}")] {
        let answer = send(request, &[]).await;
        let (status, detail) = problem(&answer);
        assert!(status == 422 && detail.starts_with("body: "), "{status} {detail}");
    }
}
