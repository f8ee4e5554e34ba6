//! `DELETE /v1/upload-tokens/{id}`: end an upload token at once.

use shared::domain::KeyHash;
use shared::http::{self, Call, Reply, endpoints};
use shared::{Context, Error, Result, upload_tokens};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::REVOKE_UPLOAD_TOKEN, revoke_upload_token).await
}

async fn revoke_upload_token(ctx: Context, call: Call) -> Result<Reply> {
    let token: KeyHash = call.path("id").map_err(|_| Error::NoSuchToken)?;
    upload_tokens::revoke(&ctx, call.caller().await, &token).await?;
    Ok(Reply::no_content())
}

#[cfg(test)]
mod tests;
