//! `POST /v1/files/{id}/parts`: say where to PUT parts of a multipart upload.

use shared::domain::FileId;
use shared::http::{self, Call, Reply, SignParts, SignedPartsView, endpoints};
use shared::{BucketContext, Result, uploads};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::SIGN_PARTS, sign_parts).await
}

async fn sign_parts(ctx: BucketContext, call: Call) -> Result<Reply> {
    let id: FileId = call.path("id")?;
    let parts = call.body::<SignParts>()?.into_parts()?;
    let tickets = uploads::sign_parts(&ctx, call.pending_caller(), id, &parts).await?;
    Reply::ok(&SignedPartsView::new(tickets))
}

#[cfg(test)]
mod tests;
