//! `PATCH` and `DELETE /polar/v1/files/{id}`, and its download.

use serde_json::{Value, json};
use shared::testing::dynamodb::{FILE, done, file_item, get, read, update, updated, with};
use shared::testing::parts::{list_uploads, open_uploads};
use shared::testing::s3::{delete, empty, parameters};
use shared::testing::transactions::{cancelled, transaction};
use shared::testing::{Answers as _, MD5};

use super::{named, of_file, send, uuid, violation};

fn annotated(text: &str) -> Value {
    with(file_item("COMPLETED"), &json!({ "annotation": { "S": text } }))
}

#[tokio::test]
async fn a_name_and_a_version_are_changed_and_what_others_keep_is_kept() {
    let found = annotated(r#"{"polar":{"service":"product_media"},"asset_id":"a1"}"#);
    let file = get(FILE).answers(read(Some(&found)));
    let changed = r#"{"polar":{"service":"product_media","version":"2"},"asset_id":"a1"}"#;
    let renamed = with(annotated(changed), &json!({ "filename": { "S": "new.png" } }));
    let rename = update(
        FILE,
        &["SET filename = 'new.png', annotation = '{\"polar\":{\"service\":\"product_media\",\
             \"version\":\"2\"},\"asset_id\":\"a1\"}' REMOVE labels \
             IF id = 'fil_000000070123456789abcdef' AND filename = 'hello.txt' \
             AND annotation = '{\"polar\":{\"service\":\"product_media\"},\"asset_id\":\"a1\"}' \
             AND attribute_not_exists(labels)"],
    );
    let rename = rename.answers(updated(&renamed));
    let request = of_file("PATCH /polar/v1/files/{id}");
    let request = request.json(&json!({ "name": "new.png", "version": "2" }));
    let answer = send(request, &[&file, &rename]).await;
    assert_eq!((answer.status, &answer.body["name"]), (200, &json!("new.png")), "{answer:?}");
    assert_eq!((&answer.body["version"], rename.num_calls()), (&json!("2"), 1));
}

#[tokio::test]
async fn what_is_absent_or_null_stays_as_it_is() {
    let found = annotated(r#"{"polar":{"service":"downloadable","version":"1"}}"#);
    for body in [json!({}), json!({ "name": null, "version": null })] {
        let file = get(FILE).answers(read(Some(&found)));
        let request = of_file("PATCH /polar/v1/files/{id}").json(&body);
        let answer = send(request, &[&file]).await;
        assert_eq!((answer.status, &answer.body["version"]), (200, &json!("1")), "{answer:?}");
    }
}

#[tokio::test]
async fn a_wrong_name_is_refused() {
    let request = of_file("PATCH /polar/v1/files/{id}").json(&json!({ "name": "../a" }));
    let answer = send(request, &[]).await;
    assert_eq!(violation(&answer), (422, "body.name".to_owned(), "value_error"));
}

#[tokio::test]
async fn a_file_is_deleted_with_its_bytes_and_its_parts() {
    let removal = &[
        "WS#acme/FILE#0000000000007: DELETE IF id = 'fil_000000070123456789abcdef' \
         AND attribute_not_exists(counted)",
        "SESSION#fil_000000070123456789abcdef/SESSION: SET objectKey = \
         'acme/fil_000000070123456789abcdef', ttl = if_not_exists(ttl, 1775649600)",
        "COUNTER#acme/BLOCK#0000000000: ADD holes {7} IF NOT contains(holes, 7)",
        "COUNTER#acme/REGION#0000000: ADD 0 1",
        "COUNTER#acme/HOLES: ADD 0 1",
    ];
    let record = transaction(removal).answers(done());
    let bytes = delete().answers_after(&[&record], empty(204));
    let uploads = list_uploads().answers_after(&[&record], open_uploads(&[]));
    let answer = send(of_file("DELETE /polar/v1/files/{id}"), &[&record, &bytes, &uploads]).await;
    assert_eq!((answer.status, answer.body), (204, Value::Null));
    assert_eq!((record.num_calls(), bytes.num_calls()), (1, 1));

    let reasons = ["ConditionalCheckFailed", "None", "None", "None", "None"];
    let gone = transaction(removal).answers(cancelled(&reasons));
    let answer = send(of_file("DELETE /polar/v1/files/{id}"), &[&gone]).await;
    assert_eq!(named(&answer), (404, "ResourceNotFound"));
}

#[tokio::test]
async fn an_uploaded_file_can_be_downloaded_under_its_name() {
    let file = get(FILE).answers(read(Some(&file_item("COMPLETED"))));
    let answer = send(of_file("GET /polar/v1/files/{id}/download"), &[&file]).await;
    let shown = [&answer.body["id"], &answer.body["checksum_etag"], &answer.body["is_uploaded"]];
    assert_eq!(shown, [&json!(uuid()), &json!(MD5), &json!(true)]);
    let download = &answer.body["download"];
    assert_eq!(download["headers"], json!({}));
    assert_eq!(download["expires_at"], "2026-04-08T12:15:00.000Z");
    let signed = parameters(download["url"].as_str().unwrap());
    assert!(signed["response-content-disposition"].contains("hello.txt"));
    assert_eq!(signed["X-Amz-Expires"], "900");
}

#[tokio::test]
async fn a_file_that_is_not_uploaded_has_no_download() {
    for status in ["PENDING", "CANCELLED", "EXPIRED"] {
        let file = get(FILE).answers(read(Some(&file_item(status))));
        let answer = send(of_file("GET /polar/v1/files/{id}/download"), &[&file]).await;
        assert_eq!(named(&answer), (404, "ResourceNotFound"));
    }
}
