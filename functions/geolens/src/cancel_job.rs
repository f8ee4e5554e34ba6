//! `POST /jobs/{job_id}/cancel`: give an upload up; its bytes go with it.

use serde::Serialize;
use shared::domain::{FileId, Milestone};
use shared::http::{Call, Reply};
use shared::uploads::{self, Status};
use shared::{BucketContext, Error, Result};

#[derive(Serialize)]
struct Cancelled {
    id: String,
    status: &'static str,
    /// Uploads have no runs.
    run_id: Option<String>,
    /// Whether it was cancelled before.
    already: bool,
}

pub(crate) async fn cancel_job(ctx: BucketContext, call: Call, job: FileId) -> Result<Reply> {
    match uploads::cancel(&ctx, call.caller().await, job).await {
        Ok(_) => Ok(Reply::ok(&Cancelled::new(job, false))?.marking(Milestone::Cancelled)),
        Err(Error::FileNotPending { status: Status::Cancelled }) => {
            Reply::ok(&Cancelled::new(job, true))
        }
        Err(error) => Err(error),
    }
}

impl Cancelled {
    fn new(job: FileId, already: bool) -> Self {
        Self { id: job.to_uuid(), status: "cancelled", run_id: None, already }
    }
}
