//! `POST /polar/v1/files/{id}/uploaded`

use serde_json::{Value, json};
use shared::testing::dynamodb::{FILE, get, read, update, updated, with};
use shared::testing::gateway::Answer;
use shared::testing::parts::{
    JOINED, PARTS, UPLOAD, item_in_parts, join, joined, list_parts, listed,
};
use shared::testing::s3::{OBJECT, empty, head};
use shared::testing::{Answers as _, Rule};

use super::{named, of_file, send, uuid, violation};

/// The two parts of the file, as the client was told of them.
fn sent() -> Value {
    let part = |(number, _, etag): (u16, u64, &str)| {
        json!({ "number": number, "checksum_etag": format!("\"{etag}\""),
            "checksum_sha256_base64": null })
    };
    json!({ "id": UPLOAD, "path": OBJECT, "parts": PARTS.map(part) })
}

async fn complete(body: &Value, rules: &[&Rule]) -> Answer {
    send(of_file("POST /polar/v1/files/{id}/uploaded").json(body), rules).await
}

fn completed() -> Value {
    let at = json!({ "N": "1775649599000" });
    with(item_in_parts("COMPLETED"), &json!({ "completedAt": at, "etag": { "S": JOINED } }))
}

/// A file of which S3 holds both parts.
fn arrived() -> [Rule; 3] {
    [
        get(FILE).answers(read(Some(&item_in_parts("PENDING")))),
        head().answers(empty(404)),
        list_parts("0", 1000).answers(listed(&PARTS, false)),
    ]
}

#[tokio::test]
async fn the_parts_that_s3_holds_are_joined_and_the_file_is_uploaded() {
    let [file, nothing, parts] = arrived();
    let begun = update(FILE, &["SET status = 'COMPLETING'"]);
    let begun = begun.answers_after(&[&parts], updated(&item_in_parts("COMPLETING")));
    let joined =
        join("1=\"f814893777bcc2295fff05f00e508da6\" 2=\"7d793037a0760186574b0282f2f435e7\"")
            .answers_after(&[&begun], joined());
    let saved = update(FILE, &["SET status = 'COMPLETED'"]);
    let saved = saved.answers_after(&[&joined], updated(&completed()));
    let answer = complete(&sent(), &[&file, &nothing, &parts, &begun, &joined, &saved]).await;
    assert_eq!((answer.status, &answer.body["id"]), (200, &json!(uuid())), "{answer:?}");
    assert_eq!(answer.body["is_uploaded"], true);
    assert_eq!(answer.body["checksum_etag"], JOINED);
    assert_eq!(answer.body["last_modified_at"], "2026-04-08T11:59:59.000Z");
    assert_eq!(answer.body["created_at"], "2026-04-08T11:59:00.000Z");
    assert_eq!(saved.num_calls(), 1);
}

#[tokio::test]
async fn an_upload_or_path_that_is_not_the_files_is_refused_before_s3_is_asked() {
    for (name, value) in [("id", "upload-2"), ("path", "acme/fil_000000060123456789abcdef")] {
        let file = get(FILE).answers(read(Some(&item_in_parts("PENDING"))));
        let nothing = head().answers(empty(404));
        let mut body = sent();
        body[name] = value.into();
        let answer = complete(&body, &[&file, &nothing]).await;
        assert_eq!(violation(&answer), (422, format!("body.{name}"), "value_error"));
        assert_eq!((file.num_calls(), nothing.num_calls()), (1, 0));
    }
}

#[tokio::test]
async fn parts_that_s3_does_not_hold_so_are_named_and_nothing_is_joined() {
    let [file, nothing, parts] = arrived();
    let mut body = sent();
    body["parts"][0]["checksum_etag"] = "another".into();
    body["parts"].as_array_mut().unwrap().remove(1);
    let answer = complete(&body, &[&file, &nothing, &parts]).await;
    assert_eq!(
        (answer.status, &answer.body["error"]),
        (422, &json!("PolarRequestValidationError"))
    );
    let flaw = |number: u64, problem: &str| {
        json!({ "type": problem, "loc": ["body", "parts"], "ctx": { "number": number },
            "msg": format!("Part {number} must be sent again: {problem}.") })
    };
    assert_eq!(answer.body["detail"], json!([flaw(1, "changed"), flaw(2, "missing")]));
}

#[tokio::test]
async fn to_complete_again_is_harmless() {
    let file = get(FILE).answers(read(Some(&completed())));
    let nothing = head().answers(empty(404));
    let answer = complete(&sent(), &[&file, &nothing]).await;
    assert_eq!((answer.status, &answer.body["is_uploaded"]), (200, &json!(true)), "{answer:?}");
}

#[tokio::test]
async fn a_file_whose_parts_are_being_joined_is_shown_as_it_is() {
    let file = get(FILE).answers(read(Some(&item_in_parts("COMPLETING"))));
    let nothing = head().answers(empty(404));
    let gone = list_parts("0", 1000).answers(empty(404));
    let answer = complete(&sent(), &[&file, &nothing, &gone]).await;
    assert_eq!((answer.status, &answer.body["is_uploaded"]), (200, &json!(false)), "{answer:?}");
}

#[tokio::test]
async fn a_file_that_takes_no_bytes_any_more_says_so_in_words_the_client_can_parse() {
    for status in ["CANCELLED", "EXPIRED"] {
        let file = get(FILE).answers(read(Some(&item_in_parts(status))));
        let nothing = head().answers(empty(404));
        let answer = complete(&sent(), &[&file, &nothing]).await;
        assert_eq!(violation(&answer), (422, "path.id".to_owned(), "value_error"));
        assert!(answer.body["detail"][0]["msg"].as_str().unwrap().contains(status));
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_found() {
    let answer = complete(&sent(), &[&get(FILE).answers(read(None))]).await;
    assert_eq!(named(&answer), (404, "ResourceNotFound"));
}
