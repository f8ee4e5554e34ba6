//! `POST /jobs/{job_id}/cancel`: give an upload up; its bytes go with it.

use serde::Serialize;
use shared::domain::{FileId, Milestone};
use shared::http::{Call, Reply};
use shared::uploads::{self, Cancelled};
use shared::{BucketContext, Result};

#[derive(Serialize)]
struct CancelledJob {
    id: String,
    status: &'static str,
    /// Uploads have no runs.
    run_id: Option<String>,
    /// Whether it was cancelled before.
    already: bool,
}

pub(crate) async fn cancel_job(ctx: BucketContext, call: Call, job: FileId) -> Result<Reply> {
    match uploads::cancel(&ctx, call.caller().await, job).await? {
        Cancelled::Now(_) => {
            Ok(Reply::ok(&CancelledJob::new(job, false))?.marking(Milestone::Cancelled))
        }
        Cancelled::Before(_) => Reply::ok(&CancelledJob::new(job, true)),
    }
}

impl CancelledJob {
    fn new(job: FileId, already: bool) -> Self {
        Self { id: job.to_uuid(), status: "cancelled", run_id: None, already }
    }
}
