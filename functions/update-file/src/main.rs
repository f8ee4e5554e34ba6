//! `PATCH /v1/files/{id}`: give a file another name or other labels.

use shared::domain::FileId;
use shared::http::{self, Call, FileView, Reply, UpdateFile, endpoints};
use shared::{Context, Result, uploads};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::UPDATE_FILE, update_file).await
}

async fn update_file(ctx: Context, call: Call) -> Result<Reply> {
    let id: FileId = call.path("id")?;
    let body: UpdateFile = call.body()?;
    let caller = call.pending_caller();
    let file = uploads::update(&ctx, caller, id, |file| body.applied_to(file)).await?;
    Reply::ok(&FileView::new(&file, ctx.now()))
}

#[cfg(test)]
mod tests;
