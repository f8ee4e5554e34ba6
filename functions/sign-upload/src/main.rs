//! `POST /v1/files/{id}/upload-url`: sign the PUT of a pending file once more.

use shared::domain::FileId;
use shared::http::{self, Call, NoBody, Reply, UploadUrlView, endpoints};
use shared::{BucketContext, Result, uploads};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::SIGN_UPLOAD, sign_upload).await
}

async fn sign_upload(ctx: BucketContext, call: Call) -> Result<Reply> {
    let id: FileId = call.path("id")?;
    let NoBody {} = call.optional_body()?;
    let (ticket, expires_at) = uploads::sign_upload(&ctx, call.pending_caller(), id).await?;
    Reply::ok(&UploadUrlView::new(ticket, expires_at))
}

#[cfg(test)]
mod tests;
