//! `GET /jobs/{job_id}`: how an upload stands.

use serde::Serialize;
use shared::domain::{FileId, Timestamp};
use shared::http::{Call, Reply};
use shared::uploads::{self, File, Status};
use shared::{BucketContext, Result};

#[derive(Serialize)]
struct JobStatus {
    id: String,
    status: &'static str,
    /// Slipway makes no datasets.
    dataset_id: Option<String>,
    source_filename: String,
    error_message: Option<&'static str>,
    can_retry: bool,
    retry_reason: Option<&'static str>,
    started_at: Option<String>,
    completed_at: Option<String>,
    created_at: String,
}

pub(crate) async fn job_status(ctx: BucketContext, call: Call, job: FileId) -> Result<Reply> {
    let file = uploads::read(&ctx, call.pending_caller(), job).await?;
    Reply::ok(&JobStatus::new(&file, ctx.now()))
}

impl JobStatus {
    fn new(file: &File, now: Timestamp) -> Self {
        let status = file.status(now);
        let has_expired = status == Status::Expired;
        let completed_at = file.completed(now).ok().map(|completed| completed.at.to_string());
        Self {
            id: file.id.to_uuid(),
            status: word(file, status),
            dataset_id: None,
            source_filename: file.filename.as_str().to_owned(),
            error_message: has_expired.then_some("The upload was not completed in time."),
            can_retry: false,
            retry_reason: has_expired.then_some("Start a new upload."),
            started_at: None,
            completed_at,
            created_at: file.created_at.to_string(),
        }
    }
}

/// In GeoLens an uploaded file stays `pending` until it is committed. Here nothing comes after the upload, so
/// the job ends with it, and a client that polls for the end sees it.
fn word(file: &File, status: Status) -> &'static str {
    match status {
        Status::Pending if file.is_completing() => "running",
        Status::Pending => "pending",
        Status::Completed => "complete",
        Status::Cancelled => "cancelled",
        Status::Expired => "failed",
    }
}
