//! `GET /v1/files`: a page of the workspace's files, newest first, and how many there are.

use shared::domain::{Category, Scope};
use shared::http::{self, Call, ListView, Reply};
use shared::listing;
use shared::listing::Page;
use shared::{Context, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(Scope::FilesRead, Category::Search, list_files).await
}

async fn list_files(ctx: Context, call: Call) -> Result<Reply> {
    let page = call.query::<Page>()?.checked()?;
    call.confirmed().await;
    let listing = listing::list(&ctx, call.workspace(), page).await?;
    listing::note_holes(&ctx, call.caller().await, &listing).await?;
    Reply::ok(&ListView::new(&listing.files, listing.total(), ctx.now()))
}

#[cfg(test)]
mod tests;
