//! `GET /v1/files`: a page of the workspace's files, newest first, and how many there are.

use futures_util::future;
use shared::domain::{Category, Counter, File, Page, Scope, Workspace};
use shared::http::{self, Call, ListView, Reply};
use shared::{Context, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), lambda_http::Error> {
    http::serve(Scope::FilesRead, Category::Search, list_files).await
}

async fn list_files(ctx: Context, call: Call) -> Result<Reply> {
    let page = call.query::<Page>()?.checked()?;
    let Listing { files, counter, missing } = if page.is_newest() {
        newest(&ctx, call.workspace(), page).await?
    } else {
        older(&ctx, call.workspace(), page).await?
    };

    let now = ctx.now();
    let holes = counter.settled(&missing, &files, now);
    if !holes.is_empty() {
        ctx.files().note_holes(call.caller().await, &holes).await?;
    }
    Reply::ok(&ListView::new(&files, counter.total(), now))
}

/// A page, the counter it was made with, and the numbers that should have had a row.
struct Listing {
    files: Vec<File>,
    counter: Counter,
    missing: Vec<u64>,
}

/// The newest page needs no arithmetic, so counter and rows are read at once.
async fn newest(ctx: &Context, workspace: &Workspace, page: Page) -> Result<Listing> {
    let counter = ctx.files().counter(workspace);
    let files = ctx.files().newest(workspace, page.limit());
    let (mut counter, files) = future::try_join(counter, files).await?;
    if counter.disowns_any(&files) {
        return older(ctx, workspace, page).await;
    }
    counter.raise_to(files.first());
    let missing = counter.overlook_missing(&counter.newest(&files, page.limit()), &files);
    Ok(Listing { files, counter, missing })
}

/// Rows that are missing are stepped over, and the page filled up from below.
async fn older(ctx: &Context, workspace: &Workspace, page: Page) -> Result<Listing> {
    let mut counter = ctx.files().counter(workspace).await?;
    let mut missing = Vec::new();
    loop {
        let expected = counter.page(page);
        let files = ctx.files().at(workspace, &expected).await?;
        let more = counter.overlook_missing(&expected, &files);
        if more.is_empty() {
            return Ok(Listing { files, counter, missing });
        }
        missing.extend(more);
    }
}

#[cfg(test)]
mod tests;
