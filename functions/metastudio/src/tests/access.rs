//! Who is let in, where to, and how others are told.

use serde_json::json;
use shared::domain::{ApiKey, Scope};
use shared::testing::dynamodb::{KEY, admitted, failure, key_item, key_revoked, refused, update};
use shared::testing::gateway::{GatewayRequest, ask_dialect, request};
use shared::testing::{Answers as _, SIGNING_SECRET, context, key};

use super::{MetaStudio, asking, dialect, error, send};
use crate::secrets::KnownSecrets;

/// All that there is.
const ENDPOINTS: [&str; 4] = [
    "POST /files",
    "POST /large-files",
    "POST /files/{file_id}/complete",
    "DELETE /files/{file_id}",
];

/// A POST of nothing to `/v1/p-1/files`, as the client signed it; see `signature/tests.rs`.
const SIGNED: &str = "SDK-HMAC-SHA256 \
    Access=acme.174a700e7ac567dcef64b0ec799bf93132748f764198fc90f35f3939efd49f22, \
    SignedHeaders=content-type;host;user-agent;x-project-id;x-sdk-date, \
    Signature=01b19937887132a888a34ecf00a3124206d9969d4f96c50e35944d62222dc23c";

#[tokio::test]
async fn nobody_is_let_in_without_a_key_or_a_right_signature() {
    let text = key().reveal().to_owned();
    for route in ENDPOINTS {
        let unauthorized = [
            asking(route).header("x-auth-token", ""),
            asking(route).header("x-auth-token", &text[1..]),
            asking(route).header("x-auth-token", &format!("Bearer {text}")),
            asking(route)
                .header("x-auth-token", "")
                .header("authorization", &format!("Bearer {text}")),
            signed(SIGNED).header("x-sdk-date", "20260408T120001Z"),
        ];
        for request in unauthorized {
            let answer = ask_dialect(&context(&[]), &dialect(), request).await;
            assert_eq!(error(&answer), (401, "MSS.00000001"));
            assert_eq!(answer.header("x-ratelimit-limit"), None);
        }
    }
}

#[tokio::test]
async fn a_request_that_is_signed_is_admitted_as_its_key_is() {
    let admission = admitted(&["files:create"]);
    let answer = ask_dialect(&context(&[&admission]), &dialect(), signed(SIGNED)).await;
    // What is signed has no fields that create asks for; but it was heard.
    assert_eq!((error(&answer), admission.num_calls()), ((400, "MSS.10000003"), 1));
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("24"));

    let answer = ask_dialect(&context(&[&key_revoked()]), &dialect(), signed(SIGNED)).await;
    assert_eq!(error(&answer), (401, "MSS.00000001"));
}

#[tokio::test]
async fn without_a_signing_secret_only_keys_are_taken() {
    let without = MetaStudio { secrets: KnownSecrets::of([]) };
    let answer = ask_dialect(&context(&[]), &without, signed(SIGNED)).await;
    assert_eq!(error(&answer), (401, "MSS.00000001"));
    let token = signed(SIGNED).header("x-auth-token", key().reveal());
    let answer = ask_dialect(&context(&[&admitted(&["files:create"])]), &without, token).await;
    assert_eq!(error(&answer), (400, "MSS.10000003"));
}

#[tokio::test]
async fn the_secret_before_the_current_one_is_still_good() {
    let other = SIGNING_SECRET.to_uppercase().parse().unwrap();
    let both = KnownSecrets::of([other, SIGNING_SECRET.parse().unwrap()]);
    let admission = admitted(&["files:create"]);
    let dialect = MetaStudio { secrets: both };
    let answer = ask_dialect(&context(&[&admission]), &dialect, signed(SIGNED)).await;
    assert_eq!((error(&answer), admission.num_calls()), ((400, "MSS.10000003"), 1));
}

#[tokio::test]
async fn a_key_counts_whatever_is_signed_beside_it_and_a_wrong_one_is_not_made_good() {
    let other = ApiKey::new(&"other".parse().unwrap(), &[7; 20]);
    let spoilt = signed("SDK-HMAC-SHA256 Access=a, SignedHeaders=b, Signature=c");
    let request = spoilt.header("x-auth-token", key().reveal());
    assert_eq!(error(&send(request, &[]).await), (400, "MSS.10000003"));
    let unknown = update(KEY, &[]).answers(refused(None));
    let request = signed(SIGNED).header("x-auth-token", other.reveal());
    let answer = ask_dialect(&context(&[&unknown]), &dialect(), request).await;
    assert_eq!(error(&answer), (401, "MSS.00000001"));
}

#[tokio::test]
async fn each_endpoint_asks_for_its_scope() {
    for route in ENDPOINTS {
        let needed =
            if route.starts_with("DELETE") { Scope::FilesDelete } else { Scope::FilesCreate };
        let others: Vec<_> = ["files:create", "files:read", "files:delete"]
            .into_iter()
            .filter(|scope| *scope != needed.as_str())
            .collect();
        let answer = ask_dialect(&context(&[&admitted(&others)]), &dialect(), asking(route)).await;
        assert_eq!(error(&answer), (403, "MSS.00000001"), "{route}");
        assert!(answer.body["error_msg"].as_str().unwrap().contains(needed.as_str()));
    }
}

#[tokio::test]
async fn a_limit_that_is_reached_says_when_to_come_again() {
    let busy = key_item(&["files:create"], 1000);
    let key = update(KEY, &[]).answers(refused(Some(&busy)));
    let answer = ask_dialect(&context(&[&key]), &dialect(), asking("POST /files")).await;
    assert_eq!(error(&answer), (429, "APIGW.0308"));
    assert!(matches!(answer.retry_after(), Some(1 | 2)), "{answer:?}");
}

#[tokio::test]
async fn the_same_paths_are_there_below_the_prefix() {
    let prefixed = request("POST /metastudio/v1/p-1/files")
        .header("x-auth-token", key().reveal())
        .json(&json!({}));
    assert_eq!(error(&send(prefixed, &[]).await), (400, "MSS.10000003"));
}

#[tokio::test]
async fn what_is_no_path_of_the_api_is_said_to_be_none() {
    for path in [
        "POST /v1/p-1/files/",
        "POST /v1//files",
        "POST /v2/p-1/files",
        "POST /metastudio",
        "POST /metastudio/metastudio/v1/p-1/files",
    ] {
        let request = request(path).header("x-auth-token", key().reveal());
        assert_eq!(error(&send(request, &[]).await), (404, "MSS.00010003"), "{path}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones_whoever_asks() {
    for (route, allow) in [("DELETE /v1/p-1/files", "POST"), ("GET /v1/p-1/files/x", "DELETE")] {
        let answer = send(request(route), &[]).await;
        assert_eq!(error(&answer), (405, "MSS.00010004"), "{route}");
        assert_eq!(answer.header("allow"), Some(allow), "{route}");
    }
}

#[tokio::test]
async fn an_id_that_can_be_no_files_is_not_found() {
    for id in ["24bad716-87b1-45e5-8912-6102f7693265", "fil_000000070123456789abcdef", "x"] {
        let request = asking(&format!("DELETE /files/{id}"));
        assert_eq!(error(&send(request, &[]).await), (400, "MSS.10001004"), "{id}");
    }
}

#[tokio::test]
async fn the_text_of_a_failure_of_ours_stays_in_the_log() {
    let down = update(KEY, &[]).answers(failure(500, "InternalServerError"));
    let answer = ask_dialect(&context(&[&down]), &dialect(), asking("POST /files")).await;
    assert_eq!(error(&answer), (503, "MSS.00000004"));
    assert_eq!(answer.body["error_msg"], "Internal Error");
    assert_eq!(answer.header("retry-after"), Some("1"));
}

fn signed(authorization: &str) -> GatewayRequest {
    request("POST /v1/p-1/files")
        .header("authorization", authorization)
        .header("user-agent", "huaweicloud-usdk-python/3.0; test")
        .header("x-project-id", "p-1")
        .header("x-sdk-date", "20260408T120000Z")
        .header("host", "api.example.com:9000")
        .json(&json!({ "state": "CREATED" }))
}
