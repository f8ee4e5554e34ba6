//! Who is let in where, and what is said to the others.

use serde_json::json;
use shared::testing::dynamodb::{
    FILE, KEY, admitted, file_item, get, key_item, key_revoked, read, refused, update, with,
};
use shared::testing::gateway::{Answer, GatewayRequest, ask_dialect, request};
use shared::testing::{Answers as _, OTHER_ID, Rule, context, key};

use super::{job, of_job, problem, send};
use crate::GeoLens;

/// Every endpoint.
const ENDPOINTS: [&str; 5] = [
    "GET /geolens/ingest/upload/config",
    "POST /geolens/ingest/upload/presigned",
    "POST /geolens/ingest/upload/presigned/{job_id}/complete",
    "GET /geolens/jobs/{job_id}",
    "POST /geolens/jobs/{job_id}/cancel",
];

/// Sends a request of a key that the table knows so.
async fn send_as(key: &Rule, request: GatewayRequest) -> Answer {
    let record = get(FILE).answers(read(Some(&file_item("PENDING"))));
    let answer = ask_dialect(&context(&[key, &record]), &GeoLens, request).await;
    assert!(!answer.body.to_string().contains("hello.txt"));
    answer
}

#[tokio::test]
async fn nobody_is_let_in_without_a_valid_key() {
    for route in ENDPOINTS {
        let without = of_job(route).header("authorization", "");
        let wrong = of_job(route).header("x-api-key", "glk_1");
        let nonsense = request(&route.replace("{job_id}", "1")).header("authorization", "");
        for answer in [
            send(without, &[]).await,
            send_as(&key_revoked(), of_job(route)).await,
            send(wrong, &[]).await,
            send(nonsense, &[]).await,
        ] {
            assert_eq!(problem(&answer).0, 401, "{route}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
    }
}

#[tokio::test]
async fn a_key_may_come_in_either_header() {
    let secret = key().reveal().to_owned();
    let config = || request("GET /geolens/ingest/upload/config").header("authorization", "");
    let api_key = config().header("x-api-key", &secret);
    let bearer = config().header("authorization", &format!("bearer {secret}"));
    for request in [api_key, bearer] {
        assert_eq!(send(request, &[]).await.status, 200);
    }
}

#[tokio::test]
async fn every_endpoint_but_the_config_needs_its_scope() {
    for (route, other, status) in [
        (ENDPOINTS[0], "files:delete", 200),
        (ENDPOINTS[1], "files:read", 403),
        (ENDPOINTS[2], "files:read", 403),
        (ENDPOINTS[3], "files:create", 403),
        (ENDPOINTS[4], "files:read", 403),
    ] {
        let body = json!({ "filename": "a.csv", "file_size": 1 });
        let answer = send_as(&admitted(&[other]), of_job(route).json(&body)).await;
        assert_eq!(answer.status, status, "{route}: {answer:?}");
        if status == 403 {
            assert!(problem(&answer).1.contains("files:"), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a_key_over_its_limit_hears_when_to_come_again() {
    let busy = key_item(&["files:read"], 1500);
    let over = update(KEY, &[]).answers(refused(Some(&busy)));
    let answer = send_as(&over, of_job(ENDPOINTS[3])).await;
    assert_eq!(problem(&answer).0, 429);
    assert!(matches!(answer.retry_after(), Some(1 | 2)), "{answer:?}");
}

#[tokio::test]
async fn the_documented_paths_stand_below_the_prefix_and_below_api() {
    for base in ["/geolens", "/geolens/api"] {
        let route = format!("GET {base}/ingest/upload/config");
        assert_eq!(send(request(&route), &[]).await.status, 200, "{route}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let other = job().replace('8', "9");
    for route in [
        "GET /geolens/jobs/fil_000000070123456789abcdef".to_owned(),
        "GET /geolens/jobs/2489e9ad-2ee2-8e00-8ec9-32d5f69181c1".to_owned(),
        format!("GET /geolens/jobs/{other}"),
    ] {
        let answer = send(of_job(&route), &[]).await;
        assert_eq!(problem(&answer), (404, "Job not found"), "{route}");
    }
    for route in [
        "GET /geolens",
        "GET /geolens/api",
        "GET /geolens/api/api/ingest/upload/config",
        "GET /geolens/ingest/upload/config/",
        "POST /geolens/ingest/preview/{job_id}",
    ] {
        let answer = send(of_job(route), &[]).await;
        assert_eq!(problem(&answer), (404, "Not Found"), "{route}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones_whoever_asks() {
    for (route, allow) in [
        ("POST /geolens/ingest/upload/config", "GET, HEAD"),
        ("DELETE /geolens/jobs/{job_id}", "GET, HEAD"),
        ("GET /geolens/api/ingest/upload/presigned", "POST"),
    ] {
        let answer = send(of_job(route).header("authorization", ""), &[]).await;
        assert_eq!(problem(&answer), (405, "Method Not Allowed"), "{route}");
        assert_eq!(answer.header("allow"), Some(allow), "{route}");
    }
}

#[tokio::test]
async fn a_job_that_is_not_the_callers_is_not_there() {
    let theirs = with(file_item("PENDING"), &json!({ "id": { "S": OTHER_ID } }));
    for item in [None, Some(&theirs)] {
        for route in [ENDPOINTS[2], ENDPOINTS[3]] {
            let record = get(FILE).answers(read(item));
            let answer = send(of_job(route).json(&json!({})), &[&record]).await;
            assert_eq!(problem(&answer), (404, "Job not found"), "{route}");
        }
        let record = update(FILE, &["SET status = 'CANCELLED'"]).answers(refused(item));
        let answer = send(of_job(ENDPOINTS[4]), &[&record]).await;
        assert_eq!(problem(&answer), (404, "Job not found"));
    }
}
