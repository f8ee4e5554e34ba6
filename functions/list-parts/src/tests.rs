//! What `GET /v1/files/{id}/parts` promises.

use serde_json::{Value, json};
use shared::http::endpoints;
use shared::testing::dynamodb::{FILE, admitted, file_item, get, read, with};
use shared::testing::gateway::{Answer, GatewayRequest, ask, request};
use shared::testing::parts::{
    PARTS, item_in_parts, list_parts as s3_lists, listed, listed_part, listed_parts, s3_error,
};
use shared::testing::{Answers as _, NOW, Rule, context};

use super::list_parts;

async fn list(request: GatewayRequest, found: Option<&Value>, others: &[&Rule]) -> Answer {
    let (key, file) = (admitted(&["files:create"]), get(FILE).answers(read(found)));
    ask(&context(&[&[&key, &file], others].concat()), &endpoints::LIST_PARTS, &list_parts, request)
        .await
}

fn plain() -> GatewayRequest {
    request("GET /v1/files/{id}/parts")
}

async fn list_pending(query: &str, s3: &Rule) -> Answer {
    list(plain().query(query), Some(&item_in_parts("PENDING")), &[s3]).await
}

#[tokio::test]
async fn what_s3_holds_is_shown_in_the_order_of_numbers() {
    let s3 = s3_lists("0", 1000).answers(listed(&PARTS, false));
    let answer = list_pending("", &s3).await;
    let expected = json!({
        "object": "list",
        "data": [
            { "partNumber": 1, "sizeBytes": 6, "etag": "f814893777bcc2295fff05f00e508da6" },
            { "partNumber": 2, "sizeBytes": 5, "etag": "7d793037a0760186574b0282f2f435e7" },
        ],
        "hasMore": false,
    });
    assert_eq!((answer.status, answer.body), (200, expected));
    assert_eq!(s3.num_calls(), 1);
}

#[tokio::test]
async fn nothing_is_an_empty_list() {
    let answer = list_pending("", &s3_lists("0", 1000).answers(listed(&[], false))).await;
    assert_eq!(answer.body, json!({ "object": "list", "data": [], "hasMore": false }));
}

#[tokio::test]
async fn a_page_begins_after_a_part_and_says_whether_there_are_more() {
    for (query, after, limit, more) in [
        ("limit=1", "0", 1, true),
        ("limit=1&after=1", "1", 1, false),
        ("after=10000", "10000", 1000, false),
        ("limit=1000&after=0", "0", 1000, true),
    ] {
        let s3 = s3_lists(after, limit).answers(listed(&PARTS[..1], more));
        let answer = list_pending(query, &s3).await;
        assert_eq!((answer.status, &answer.body["hasMore"]), (200, &json!(more)), "{query}");
        assert_eq!(s3.num_calls(), 1, "{query}");
    }
}

#[tokio::test]
async fn the_checksums_that_s3_keeps_are_shown() {
    for (tag, name) in
        [("ChecksumSHA256", "checksumSha256"), ("ChecksumCRC64NVME", "checksumCrc64nvme")]
    {
        let part = listed_part(1, 6, "e", &format!("<{tag}>AAEC</{tag}>"));
        let s3 = s3_lists("0", 1000).answers(listed_parts([part], false));
        let answer = list_pending("", &s3).await;
        let part = json!({ "partNumber": 1, "sizeBytes": 6, "etag": "e", name: "AAEC" });
        assert_eq!(answer.body["data"], json!([part]));
    }
}

#[tokio::test]
async fn a_page_out_of_bounds_is_refused_before_anything_is_read() {
    let s3 = s3_lists("0", 1000).answers(listed(&PARTS, false));
    for (query, code, param) in [
        ("limit=0", "invalid_value", "limit"),
        ("limit=1001", "invalid_value", "limit"),
        ("limit=many", "invalid_type", "limit"),
        ("after=10001", "invalid_value", "after"),
        ("after=2&after=3", "invalid_value", "after"),
        ("offset=1", "unknown_field", "offset"),
    ] {
        let answer = list_pending(query, &s3).await;
        assert_eq!((answer.error(), answer.param()), ((400, code), Some(param)), "{query}");
    }
    // What no 16 bits hold, and what is negative.
    for query in ["limit=65536", "after=-1"] {
        assert_eq!(list_pending(query, &s3).await.status, 400, "{query}");
    }
    assert_eq!(s3.num_calls(), 0);
}

#[tokio::test]
async fn parts_are_listed_only_while_they_can_be_the_files() {
    let overdue = json!({ "expiresAt": { "N": NOW.millis().to_string() } });
    for (found, error) in [
        (None, (404, "not_found")),
        (Some(file_item("PENDING")), (409, "file_not_multipart")),
        (Some(item_in_parts("COMPLETING")), (409, "completion_begun")),
        (Some(with(item_in_parts("PENDING"), &overdue)), (409, "file_not_pending")),
        (Some(item_in_parts("COMPLETED")), (409, "file_not_pending")),
        (Some(item_in_parts("CANCELLED")), (409, "file_not_pending")),
    ] {
        let s3 = s3_lists("0", 1000).answers(listed(&PARTS, false));
        let answer = list(plain(), found.as_ref(), &[&s3]).await;
        assert_eq!((answer.error(), s3.num_calls()), (error, 0));
    }
}

#[tokio::test]
async fn an_upload_that_s3_does_not_know_has_no_parts_and_a_failure_is_told() {
    for (status, code, error) in [
        (404, "NoSuchUpload", (422, "upload_missing")),
        (503, "SlowDown", (503, "service_unavailable")),
    ] {
        let s3 = s3_lists("0", 1000).answers(s3_error(status, code));
        assert_eq!(list_pending("", &s3).await.error(), error);
    }
}
