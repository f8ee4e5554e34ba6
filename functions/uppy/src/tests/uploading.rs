//! An upload, from its creation to its end.

use serde_json::{Value, json};
use shared::testing::dynamodb::{
    COUNTER, FILE, SESSION, created_by_token, done, get, put, read, update, updated,
};
use shared::testing::parts::{UPLOAD, item_in_parts, list_parts, listed, open_upload, opened};
use shared::testing::s3::parameters;
use shared::testing::{Answers as _, ID, Rule};

use super::{by_token, send};

const MIB: u64 = 1024 * 1024;

async fn create(metadata: &Value, rules: &[&Rule]) -> shared::testing::gateway::Answer {
    let body = json!({ "filename": "a.txt", "type": "text/plain", "metadata": metadata });
    send(by_token("POST", "/s3/multipart").json(&body), rules).await
}

#[tokio::test]
async fn a_file_is_cut_as_uppy_cuts_it() {
    for (size, part_size) in [
        (json!(0), "partSizeBytes = 5242880"),
        (json!(5 * MIB), "partSizeBytes = 5242880"),
        (json!("6000000"), "partSizeBytes = 5242880"),
        (json!(512 * MIB), "partSizeBytes = 5242880"),
    ] {
        let counter = json!({ "next": { "N": "8" }, "touchedAt": { "N": "0" } });
        let counter = update(COUNTER, &["ADD next 1"]).answers(updated(&counter));
        let upload = open_upload(None).answers(opened(UPLOAD));
        let session = put(SESSION, &[]).answers(done());
        let attributes: &'static [&str] = vec![part_size, "filename = 'a.txt'"].leak();
        let file = put(FILE, attributes).answers_after(&[&upload], done());
        let answer = create(&json!({ "size": size }), &[&counter, &upload, &session, &file]).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let id = answer.body["uploadId"].as_str().unwrap();
        assert_eq!(answer.body["key"], format!("acme/{id}"));
    }
}

#[tokio::test]
async fn without_a_size_it_says_how_to_tell_it_and_nothing_is_written() {
    for metadata in [
        json!({}),
        json!({ "size": "large" }),
        json!({ "size": 1.5 }),
        json!({ "size": [] }),
        json!({ "name": "a.txt" }),
    ] {
        let answer = create(&metadata, &[]).await;
        assert_eq!(answer.status, 422, "{metadata}");
        let message = answer.body["message"].as_str().unwrap();
        assert!(message.contains("uppy.setFileMeta(file.id, { size: file.size })"), "{message}");
    }
    let answer = create(&json!({ "size": 512 * MIB + 1 }), &[]).await;
    assert_eq!(answer.status, 400, "{answer:?}");
}

#[tokio::test]
async fn parts_are_signed_one_by_one_or_several_at_once() {
    let file = || get(FILE).answers(read(Some(&created_by_token(item_in_parts("PENDING")))));
    let path = |rest: &str| format!("/s3/multipart/{ID}/{rest}");
    let one = send(by_token("GET", &path("2")).query("key=x"), &[&file()]).await;
    let signed = parameters(one.body["url"].as_str().unwrap());
    assert_eq!((&signed["partNumber"][..], &signed["uploadId"][..]), ("2", UPLOAD));
    assert_eq!(one.body["expires"], 3540);
    let both = by_token("GET", &path("batch")).query("key=x&partNumbers=1,2");
    let both = send(both, &[&file()]).await;
    let urls = both.body["presignedUrls"].as_object().unwrap();
    assert_eq!(urls.keys().collect::<Vec<_>>(), ["1", "2"]);
    for (request, status) in [
        (by_token("GET", &path("0")), 400),
        (by_token("GET", &path("3")), 400),
        (by_token("GET", &path("two")), 400),
        (by_token("GET", &path("batch")), 400),
        (by_token("GET", &path("batch")).query("partNumbers=1,x"), 400),
    ] {
        assert_eq!(send(request.clone(), &[&file()]).await.status, status, "{request:?}");
    }
}

#[tokio::test]
async fn the_parts_that_s3_holds_are_listed_as_s3_lists_them() {
    let file = get(FILE).answers(read(Some(&created_by_token(item_in_parts("PENDING")))));
    let parts = list_parts("0", 1000).answers(listed(&[(1, 6, "a")], false));
    let answer = send(by_token("GET", &format!("/s3/multipart/{ID}")), &[&file, &parts]).await;
    assert_eq!(answer.body, json!([{ "PartNumber": 1, "Size": 6, "ETag": "\"a\"" }]));
}
