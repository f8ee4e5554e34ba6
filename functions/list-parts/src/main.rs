//! `GET /v1/files/{id}/parts`: show which parts of a multipart upload S3 holds.

use shared::domain::FileId;
use shared::http::{self, Call, PartsPage, Reply, StoredPartsView, endpoints};
use shared::{BucketContext, Result, uploads};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::LIST_PARTS, list_parts).await
}

async fn list_parts(ctx: BucketContext, call: Call) -> Result<Reply> {
    let id: FileId = call.path("id")?;
    let PartsPage { limit, after } = call.query::<PartsPage>()?.checked()?;
    let (parts, has_more) =
        uploads::list_parts(&ctx, call.pending_caller(), id, after, limit).await?;
    Reply::ok(&StoredPartsView::new(parts, has_more))
}

#[cfg(test)]
mod tests;
