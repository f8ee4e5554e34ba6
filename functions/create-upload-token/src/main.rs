//! `POST /v1/upload-tokens`: make a token with which people without keys can upload.

use shared::http::{self, Call, CreateUploadToken, Reply, UploadTokenView, endpoints};
use shared::{Context, Result, upload_tokens};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::CREATE_UPLOAD_TOKEN, create_upload_token).await
}

async fn create_upload_token(ctx: Context, call: Call) -> Result<Reply> {
    let new = call.optional_body::<CreateUploadToken>()?.into_token()?;
    let created = upload_tokens::create(&ctx, call.caller().await, new).await?;
    let pages = call.origin().filter(|_| ctx.config().serves_pages);
    Reply::ok(&UploadTokenView::new(&created, pages.as_deref()))
}

#[cfg(test)]
mod tests;
