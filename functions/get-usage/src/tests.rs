//! What `GET /v1/usage` promises.

use serde_json::{Value, json};
use shared::http::endpoints;
use shared::testing::dynamodb::{QUOTA, admitted, failure, get, read};
use shared::testing::gateway::{Answer, ask, request};
use shared::testing::{Answers as _, AwsAnswer, context};

use super::get_usage;

async fn usage(found: AwsAnswer) -> Answer {
    let (key, quota) = (admitted(&["files:read"]), get(QUOTA).answers(found));
    let request = request("GET /v1/usage");
    ask(&context(&[&key, &quota]), &endpoints::GET_USAGE, &get_usage, request).await
}

#[tokio::test]
async fn a_workspace_with_a_quota_is_told_what_it_keeps_and_may_keep() {
    let item = json!({
        "keptFiles": { "N": "3" }, "keptBytes": { "N": "33" }, "maxBytes": { "N": "1000" },
    });
    let answer = usage(read(Some(&item))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let told = json!({
        "object": "usage", "files": 3, "bytes": 33, "maxFiles": null, "maxBytes": 1000,
    });
    assert_eq!(answer.body, told);
}

#[tokio::test]
async fn nothing_is_counted_without_a_quota() {
    let answer = usage(read(None)).await;
    assert_eq!((answer.status, &answer.body["object"]), (200, &json!("usage")));
    for field in ["files", "bytes", "maxFiles", "maxBytes"] {
        assert_eq!(answer.body[field], Value::Null, "{field}");
    }
}

#[tokio::test]
async fn a_failure_of_the_table_is_told_as_such() {
    let answer = usage(failure(500, "InternalServerError")).await;
    assert_eq!(answer.error(), (503, "service_unavailable"));
}
