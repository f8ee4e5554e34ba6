//! What `POST /v1/upload-tokens` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use shared::Config;
use shared::domain::{ApiKey, KeyKind};
use shared::http::endpoints;
use shared::testing::dynamodb::{TOKEN, admitted, done, put, token_item, update, updated};
use shared::testing::gateway::{Answer, GatewayRequest, ask, request};
use shared::testing::{Answers as _, NOW, Rule, config, context, context_of};

use super::create_upload_token;

fn plain() -> GatewayRequest {
    let request = request("POST /v1/upload-tokens");
    request.header("host", "api.test").header("x-forwarded-proto", "https")
}

async fn create(request: GatewayRequest, item: &Rule) -> Answer {
    let key = admitted(&["files:create"]);
    let context = context(&[&key, item]);
    ask(&context, &endpoints::CREATE_UPLOAD_TOKEN, &create_upload_token, request).await
}

#[tokio::test]
async fn a_token_is_for_one_file_within_an_hour_unless_more_is_asked_for() {
    for request in [plain(), plain().json(&json!({})), plain().json(&json!({ "maxFiles": null }))] {
        let item = put(
            TOKEN,
            &[
                "workspace = 'acme'",
                "filesLeft = 1",
                "expiresAt = 1775653200000",
                "ttl = 1775653200",
            ],
        );
        let item = item.answers(done());
        let answer = create(request, &item).await;
        assert_eq!((answer.status, item.num_calls()), (200, 1), "{answer:?}");
        let token: ApiKey = answer.body["token"].as_str().unwrap().parse().unwrap();
        assert_eq!((token.kind(), token.workspace().as_str()), (KeyKind::UploadToken, "acme"));
        assert_eq!(answer.body["id"], token.hash().as_str());
        assert_eq!(answer.body["expiresAt"], "2026-04-08T13:00:00.000Z");
        let page = format!("https://api.test/upload#token={}", token.reveal());
        assert_eq!(answer.body["uploadPageUrl"], page);
    }
}

#[tokio::test]
async fn bounds_are_recorded_as_the_admission_compares_them() {
    let item = put(
        TOKEN,
        &[
            "filesLeft = 1000",
            "maxSizeBytes = 1048576",
            "mimeTypes = L([S(\"image/*\"), S(\"application/pdf\")])",
            "expiresAt = 1776254400000",
        ],
    );
    let item = item.answers(done());
    let bounds = json!({
        "maxFiles": 1000,
        "maxSizeBytes": 1_048_576,
        "mimeTypes": ["Image/*", "application/PDF"],
        "expiresIn": 604_800,
    });
    let answer = create(plain().json(&bounds), &item).await;
    assert_eq!((answer.status, item.num_calls()), (200, 1), "{answer:?}");
}

#[tokio::test]
async fn a_bound_that_is_out_of_bounds_is_named_and_nothing_is_written() {
    let many: Vec<String> = (0..21).map(|n| format!("x/{n}")).collect();
    for (bounds, param) in [
        (json!({ "maxFiles": 0 }), "maxFiles"),
        (json!({ "maxFiles": 1001 }), "maxFiles"),
        (json!({ "maxSizeBytes": -1 }), "maxSizeBytes"),
        (json!({ "maxSizeBytes": 53_687_091_200_001_u64 }), "maxSizeBytes"),
        (json!({ "mimeTypes": [] }), "mimeTypes"),
        (json!({ "mimeTypes": many }), "mimeTypes"),
        (json!({ "mimeTypes": ["image/png", "*/*"] }), "mimeTypes[1]"),
        (json!({ "mimeTypes": ["image/png;q=1"] }), "mimeTypes[0]"),
        (json!({ "expiresIn": 59 }), "expiresIn"),
        (json!({ "expiresIn": 604_801 }), "expiresIn"),
    ] {
        let item = put(TOKEN, &[]).answers(done());
        let answer = create(plain().json(&bounds), &item).await;
        assert_eq!((answer.error(), answer.param()), ((400, "invalid_value"), Some(param)));
        assert_eq!(item.num_calls(), 0);
    }
}

#[tokio::test]
async fn a_deployment_without_pages_names_none() {
    let settings: [(Config, GatewayRequest); 2] = [
        (Config { serves_pages: false, ..config() }, plain()),
        // A host that no client of API Gateway can have sent.
        (config(), plain().header("host", "a b/c")),
    ];
    for (config, request) in settings {
        let (key, item) = (admitted(&["files:create"]), put(TOKEN, &[]).answers(done()));
        let context = context_of(config, || NOW, &[&key, &item]);
        let answer =
            ask(&context, &endpoints::CREATE_UPLOAD_TOKEN, &create_upload_token, request).await;
        assert_eq!((answer.status, &answer.body["uploadPageUrl"]), (200, &Value::Null));
    }
}

#[tokio::test]
async fn no_token_makes_another_one() {
    let key = update(TOKEN, &[]).answers(updated(&token_item(1)));
    let item = put(TOKEN, &[]).answers(done());
    let context = context(&[&key, &item]);
    let request = plain().by_token();
    let answer =
        ask(&context, &endpoints::CREATE_UPLOAD_TOKEN, &create_upload_token, request).await;
    assert_eq!((answer.error(), item.num_calls()), ((403, "missing_scope"), 0));
}
