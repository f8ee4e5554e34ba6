//! `DELETE /v1/files/{id}`: remove a file, record and bytes, whatever its state.

use shared::domain::{FileId, Milestone};
use shared::http::{self, Call, Reply, endpoints};
use shared::{BucketContext, Result, uploads};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::DELETE_FILE, delete_file).await
}

async fn delete_file(ctx: BucketContext, call: Call) -> Result<Reply> {
    let id: FileId = call.path("id")?;
    uploads::delete(&ctx, call.caller().await, id).await?;
    Ok(Reply::no_content().marking(Milestone::Deleted))
}

#[cfg(test)]
mod tests;
