//! `POST /ingest/commit/{job_id}`: makes a dataset in GeoLens. Here nothing comes after the upload.

use shared::domain::FileId;
use shared::http::{Call, Reply};
use shared::{BucketContext, Result, uploads};

use crate::errors::Refusal;

/// Answers as GeoLens does for a job that was committed before, so that a client which commits every upload
/// learns that there is nothing left to do.
pub(crate) async fn commit_job(ctx: BucketContext, call: Call, job: FileId) -> Result<Reply> {
    let file = uploads::read(&ctx, call.pending_caller(), job).await?;
    file.completed(ctx.now())?;
    Ok(Refusal::AlreadyProcessed.reply())
}
