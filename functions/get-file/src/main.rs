//! `GET /v1/files/{id}`: show one file.

use shared::http::{self, Call, FileView, Reply, endpoints};
use shared::{Context, Result, uploads};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::GET_FILE, get_file).await
}

async fn get_file(ctx: Context, call: Call) -> Result<Reply> {
    let file = uploads::read(&ctx, call.pending_caller(), call.path("id")?).await?;
    Reply::ok(&FileView::new(&file, ctx.now()))
}

#[cfg(test)]
mod tests;
