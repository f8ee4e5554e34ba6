//! `DELETE /v1/files/{id}`: remove a file, record and bytes, whatever its state.

use shared::domain::{Category, FileId, Milestone, Scope};
use shared::http::{self, Call, Reply};
use shared::uploads;
use shared::{Context, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(Scope::FilesDelete, Category::Write, delete_file).await
}

async fn delete_file(ctx: Context, call: Call) -> Result<Reply> {
    let id: FileId = call.path("id")?;
    uploads::delete(&ctx, call.caller().await, id).await?;
    Ok(Reply::no_content().marking(Milestone::Deleted))
}

#[cfg(test)]
mod tests;
