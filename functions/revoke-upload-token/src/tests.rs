//! What `DELETE /v1/upload-tokens/{id}` promises.

use shared::http::endpoints;
use shared::testing::dynamodb::{admitted, refused, token_item, update, updated};
use shared::testing::gateway::{Answer, ask, request};
use shared::testing::{Answers as _, AwsAnswer, context, key, token};

use super::revoke_upload_token;

/// Only a token of the workspace is revoked by this.
const REVOKE: &[&str] = &["SET revokedAt = if_not_exists(revokedAt, 1775649600000) \
    IF workspace = 'acme'"];

async fn revoke(id: &str, found: AwsAnswer) -> (Answer, usize) {
    let item: &'static str = format!("TOKEN#{id}/TOKEN").leak();
    let (admission, token) = (admitted(&["files:create"]), update(item, REVOKE).answers(found));
    let context = context(&[&token, &admission]);
    let request = request("DELETE /v1/upload-tokens/{id}").of_file(id);
    let answer =
        ask(&context, &endpoints::REVOKE_UPLOAD_TOKEN, &revoke_upload_token, request).await;
    (answer, token.num_calls())
}

#[tokio::test]
async fn a_token_of_the_workspace_is_revoked() {
    let (answer, calls) = revoke(token().hash().as_str(), updated(&token_item(1))).await;
    assert_eq!((answer.status, calls), (204, 1));
}

#[tokio::test]
async fn what_is_no_token_of_the_workspace_is_not_there() {
    for id in [token().hash(), key().hash()] {
        let (answer, calls) = revoke(id.as_str(), refused(None)).await;
        assert_eq!((answer.error(), calls), ((404, "not_found"), 1));
        assert_eq!(answer.body["error"]["message"], "There is no upload token with this id.");
    }
    let (answer, calls) = revoke("slt_acme", refused(None)).await;
    assert_eq!((answer.error(), calls), ((404, "not_found"), 0));
}
