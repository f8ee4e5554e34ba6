//! What `/metastudio` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod completing;
mod creating;

use serde_json::json;
use shared::domain::FileId;
use shared::testing::dynamodb::admitted;
use shared::testing::gateway::{Answer, GatewayRequest, ask_dialect, request};
use shared::testing::{ID, Rule, SIGNING_SECRET, context, key};

use super::MetaStudio;
use super::secrets::KnownSecrets;

/// The dialect in a deployment with a signing secret.
fn dialect() -> MetaStudio {
    let secret = SIGNING_SECRET.parse().unwrap();
    MetaStudio { secrets: KnownSecrets::of([secret]) }
}

/// The MD5 of the file's bytes, as `Content-MD5` has it.
const FILE_MD5: &str = "XrY7u+Ae7tCTyyK7j1rNww==";

/// A request of `route` below a project, with the file's id for `{file_id}` and the key as a token.
fn asking(route: &str) -> GatewayRequest {
    let (method, path) = route.split_once(' ').unwrap();
    let path = path.replace("{file_id}", &ID.parse::<FileId>().unwrap().to_uuid());
    request(&format!("{method} /v1/6a6a1f8354f64dd9b9a614def7b59d83{path}"))
        .header("authorization", "")
        .header("x-auth-token", key().reveal())
}

async fn send(request: GatewayRequest, rules: &[&Rule]) -> Answer {
    let key = admitted(&["files:create", "files:delete"]);
    ask_dialect(&context(&[&[&key], rules].concat()), &dialect(), request).await
}

/// The status and the code of an error in its envelope, which has no other fields.
#[track_caller]
fn error(answer: &Answer) -> (u16, &str) {
    let envelope = answer.body.as_object().unwrap();
    assert_eq!(envelope.keys().collect::<Vec<_>>(), ["error_code", "error_msg"]);
    assert_ne!(envelope["error_msg"], json!(""));
    assert!(answer.header("x-request-id").is_some());
    (answer.status, envelope["error_code"].as_str().unwrap())
}
