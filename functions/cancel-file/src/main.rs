//! `POST /v1/files/{id}/cancel`: give a pending upload up; its bytes go with it.

use serde::Deserialize;
use shared::domain::{Category, FileId, Milestone, Scope};
use shared::http::{self, Call, FileView, Reply};
use shared::uploads;
use shared::{Context, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(Scope::FilesCreate, Category::Write, cancel_file).await
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CancelFile {}

async fn cancel_file(ctx: Context, call: Call) -> Result<Reply> {
    let id: FileId = call.path("id")?;
    let CancelFile {} = call.optional_body()?;
    let authority = call.caller().await.authority(id);

    let file = uploads::cancel(&ctx, &authority).await?;
    Ok(Reply::ok(&FileView::new(&file, ctx.now()))?.marking(Milestone::Cancelled))
}

#[cfg(test)]
mod tests;
