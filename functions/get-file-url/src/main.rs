//! `GET /v1/files/{id}/url`: sign a download of a completed file.

use shared::domain::{Category, FileId, Scope};
use shared::http::{self, Call, Reply, UrlView};
use shared::{Context, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(Scope::FilesRead, Category::Read, get_file_url).await
}

async fn get_file_url(ctx: Context, call: Call) -> Result<Reply> {
    let id: FileId = call.path("id")?;
    let file = ctx.files().get(call.workspace(), id).await?;

    let now = ctx.now();
    file.completed(now)?;
    let lifetime = ctx.config().download_lifetime;
    let url = ctx.bucket().sign_get(&call.object_key(id), &file, now, lifetime).await?;
    Reply::ok(&UrlView::new(&url, now.after(lifetime)))
}

#[cfg(test)]
mod tests;
