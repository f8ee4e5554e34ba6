//! `POST /ingest/commit/{job_id}`: what GeoLens makes a dataset with. Here nothing comes after the upload.

use shared::domain::FileId;
use shared::http::{Call, Reply};
use shared::{Context, Result, uploads};

use crate::errors::Refusal;

/// A job that has ended is refused in the words that GeoLens has for it, so that a client which commits
/// as it is used to hears that there is nothing left to do.
pub(crate) async fn commit_job(ctx: Context, call: Call, job: FileId) -> Result<Reply> {
    let file = uploads::read(&ctx, call.pending_caller(), job).await?;
    file.completed(ctx.now())?;
    Ok(Refusal::AlreadyProcessed.reply())
}
