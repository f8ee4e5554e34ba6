//! `DELETE /v1/files/{id}`: remove a file, record and bytes, whatever its state.

use shared::domain::{Category, FileId, Milestone, Scope};
use shared::http::{self, Call, Reply};
use shared::{Context, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), lambda_http::Error> {
    http::serve(Scope::FilesDelete, Category::Write, delete_file).await
}

async fn delete_file(ctx: Context, call: Call) -> Result<Reply> {
    let id: FileId = call.path("id")?;
    let caller = call.caller().await;

    ctx.files().delete(caller, id, ctx.now()).await?;
    if let Err(failure) = ctx.bucket().delete(&call.object_key(id)).await {
        ctx.warn(&failure); // The file is gone all the same; the end of its session sweeps again.
    }
    Ok(Reply::no_content().marking(Milestone::Deleted))
}

#[cfg(test)]
mod tests;
