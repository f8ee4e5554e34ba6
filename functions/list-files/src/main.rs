//! `GET /v1/files`: a page of the workspace's files, newest first, and how many there are.

use shared::http::{self, Call, ListView, PageQuery, Reply, endpoints};
use shared::listing;
use shared::{Context, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::LIST_FILES, list_files).await
}

async fn list_files(ctx: Context, call: Call) -> Result<Reply> {
    let page = call.query::<PageQuery>()?.page()?;
    let listing = listing::list(&ctx, call.pending_caller(), page).await?;
    Reply::ok(&ListView::new(&listing, ctx.now()))
}

#[cfg(test)]
mod tests;
