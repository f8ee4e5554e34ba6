//! `POST /v1/files`: open an upload session and say where to PUT the bytes.

use shared::domain::Milestone;
use shared::http::{self, Call, CreateFile, CreatedView, Reply, endpoints};
use shared::{BucketContext, Result, uploads};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::CREATE_FILE, create_file).await
}

async fn create_file(ctx: BucketContext, call: Call) -> Result<Reply> {
    let new = call.body::<CreateFile>()?.into_new_file(ctx.config())?;
    let opened = uploads::open(&ctx, call.pending_caller(), new).await?;
    let view = CreatedView::new(&opened.file, opened.ticket, ctx.now());
    Ok(Reply::ok(&view)?.marking(Milestone::Created))
}

#[cfg(test)]
mod tests;
