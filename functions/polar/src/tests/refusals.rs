//! Who is let in, what there is, and how failures are told.

use serde_json::json;
use shared::Error;
use shared::testing::Answers as _;
use shared::testing::context;
use shared::testing::dynamodb::{
    FILE, KEY, admitted, failure, file_item, get, key_item, key_revoked, read, refused, update,
};
use shared::testing::gateway::{GatewayRequest, ask_dialect, request};

use super::{named, of_file, send, violation};
use crate::{Polar, errors};

/// Every endpoint, and the scope that it needs.
fn endpoints() -> [(GatewayRequest, &'static str); 6] {
    [
        (request("POST /polar/v1/files/"), "files:create"),
        (of_file("POST /polar/v1/files/{id}/uploaded"), "files:create"),
        (request("GET /polar/v1/files/"), "files:read"),
        (of_file("PATCH /polar/v1/files/{id}"), "files:create"),
        (of_file("DELETE /polar/v1/files/{id}"), "files:delete"),
        (of_file("GET /polar/v1/files/{id}/download"), "files:read"),
    ]
}

#[tokio::test]
async fn nobody_is_let_in_without_a_key() {
    for (request, _) in endpoints() {
        for wrong in ["", "Bearer polar_oat_none", "Basic dXNlcg=="] {
            let request = request.clone().header("authorization", wrong);
            let answer = ask_dialect(&context(&[]), &Polar, request).await;
            assert_eq!(named(&answer), (401, "Unauthorized"));
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
    }
    let (key, file) = (key_revoked(), get(FILE).answers(read(None)));
    let request = of_file("GET /polar/v1/files/{id}/download");
    let answer = ask_dialect(&context(&[&key, &file]), &Polar, request).await;
    assert_eq!(named(&answer), (401, "Unauthorized"));
}

#[tokio::test]
async fn a_key_without_the_scope_is_told_which_it_lacks() {
    for (request, needed) in endpoints() {
        let others = ["files:create", "files:read", "files:delete"];
        let others: Vec<&str> = others.into_iter().filter(|scope| *scope != needed).collect();
        let (key, file) = (admitted(&others), get(FILE).answers(read(None)));
        let context = context(&[&key, &file]);
        let answer = ask_dialect(&context, &Polar, request.json(&json!({}))).await;
        assert_eq!(named(&answer), (403, "NotPermitted"));
        let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{needed}\"");
        assert_eq!(answer.header("www-authenticate"), Some(challenge.as_str()));
    }
}

#[tokio::test]
async fn a_path_that_polar_does_not_have_is_not_found() {
    for route in [
        "GET /polar/v1/files",
        "POST /polar/v1/files/{id}/uploaded/",
        "POST /polar/v1/files/00000000-0000-4000-8000-000000000000/uploaded",
        "DELETE /polar/v1/files/fil_000000070123456789abcdef",
        "GET /polar/v2/files/",
    ] {
        assert_eq!(named(&send(of_file(route), &[]).await), (404, "ResourceNotFound"), "{route}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones_whoever_asks() {
    for (route, allow) in [
        ("GET /polar/v1/files/{id}", "PATCH, DELETE"),
        ("PUT /polar/v1/files/", "GET, HEAD, POST"),
        ("PATCH /polar/v1/files/{id}/uploaded", "POST"),
    ] {
        let answer = send(of_file(route).header("authorization", ""), &[]).await;
        assert_eq!(named(&answer), (405, "MethodNotAllowed"), "{route}");
        assert_eq!(answer.header("allow"), Some(allow), "{route}");
    }
}

#[tokio::test]
async fn every_answer_repeats_the_version_that_was_asked_for() {
    for (route, status) in [("GET /polar/v1/none", 404), ("GET /polar/v1/files/{id}/download", 200)]
    {
        let completed = file_item("COMPLETED");
        let file = get(FILE).answers(read(Some(&completed)));
        let asked = of_file(route).header("polar-version", "2026-04");
        let answer = send(asked, &[&file]).await;
        assert_eq!((answer.status, answer.header("polar-version")), (status, Some("2026-04")));
        assert_eq!(send(of_file(route), &[&file]).await.header("polar-version"), None);
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_a_validation_error() {
    let create = || request("POST /polar/v1/files/");
    for request in [create(), create().body("{}"), create().json(&json!([]))] {
        let answer = send(request, &[]).await;
        assert_eq!(violation(&answer), (422, "body".to_owned(), "json_invalid"));
    }
}

#[tokio::test]
async fn who_comes_too_often_is_told_when_to_come_again() {
    let used_up = refused(Some(&key_item(&["files:read"], 60_000)));
    let key = update(KEY, &["attribute_not_exists(revokedAt)"]).answers(used_up);
    let file = get(FILE).answers(read(None));
    let request = of_file("GET /polar/v1/files/{id}/download");
    let answer = ask_dialect(&context(&[&key, &file]), &Polar, request).await;
    assert_eq!(named(&answer), (429, "TooManyRequests"));
    assert!(answer.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
}

#[tokio::test]
async fn what_failed_inside_is_not_told_outside() {
    let down = get(FILE).answers(failure(500, "InternalServerError"));
    let answer = send(of_file("GET /polar/v1/files/{id}/download"), &[&down]).await;
    assert_eq!(named(&answer), (503, "ServiceUnavailable"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(!answer.body.to_string().contains("dynamodb"), "{answer:?}");

    let ours = errors::refusal(&Error::Internal { what: "secret".to_owned() });
    assert!(!format!("{ours:?}").contains("secret"), "{ours:?}");
}
