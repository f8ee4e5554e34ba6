//! What the API of GeoLens promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod completing;
mod jobs;
mod opening;

use shared::Config;
use shared::domain::FileId;
use shared::testing::dynamodb::admitted;
use shared::testing::gateway::{Answer, GatewayRequest, ask_dialect, request};
use shared::testing::{ID, NOW, Rule, config, context_of};

use super::GeoLens;

/// Sends a request of a key that may do everything.
async fn send(request: GatewayRequest, rules: &[&Rule]) -> Answer {
    send_to(config(), request, rules).await
}

/// Sends a request to another deployment.
async fn send_to(config: Config, request: GatewayRequest, rules: &[&Rule]) -> Answer {
    let key = admitted(&["files:create", "files:read"]);
    let context = context_of(config, || NOW, &[&[&key], rules].concat());
    ask_dialect(&context, &GeoLens, request).await
}

/// The id of the file's job.
fn job() -> String {
    ID.parse::<FileId>().unwrap().to_uuid()
}

/// A request about the file's job, which the route calls `{job_id}`.
fn of_job(route: &str) -> GatewayRequest {
    request(&route.replace("{job_id}", &job()))
}

/// The status and the sentence of a refusal, if it is one in the form of GeoLens.
fn problem(answer: &Answer) -> (u16, &str) {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer:?}");
    assert_eq!(answer.body["type"], "about:blank");
    assert_eq!(answer.body["status"], answer.status);
    assert!(answer.body["title"].as_str().is_some_and(|title| !title.is_empty()));
    (answer.status, answer.body["detail"].as_str().unwrap_or_default())
}
