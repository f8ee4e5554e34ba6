//! What Uppy's `endpoint` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod uploading;

use shared::testing::dynamodb::{TOKEN, token_item, update, updated};
use shared::testing::gateway::{Answer, GatewayRequest, ask_dialect, request};
use shared::testing::{Answers as _, Rule, context, token};

use super::Uppy;

/// A request of the token's holder; `path` begins after the token.
fn by_token(method: &str, path: &str) -> GatewayRequest {
    let path = format!("/uppy/{}{path}", token().reveal());
    request(&format!("{method} /uppy/{{proxy+}}")).path(&path)
}

async fn send(request: GatewayRequest, rules: &[&Rule]) -> Answer {
    let key = update(TOKEN, &["attribute_not_exists(revokedAt)"]).answers(updated(&token_item(1)));
    ask_dialect(&context(&[&[&key], rules].concat()), &Uppy, request).await
}
