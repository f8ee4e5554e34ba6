//! `GET /v1/files/{id}`: show one file.

use shared::domain::{Category, FileId, Scope};
use shared::http::{self, Call, FileView, Reply};
use shared::{Context, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(Scope::FilesRead, Category::Read, get_file).await
}

async fn get_file(ctx: Context, call: Call) -> Result<Reply> {
    let id: FileId = call.path("id")?;
    let file = ctx.files().get(call.workspace(), id).await?;
    Reply::ok(&FileView::new(&file, ctx.now()))
}

#[cfg(test)]
mod tests;
