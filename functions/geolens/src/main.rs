//! `/geolens`: the upload API of GeoLens, for its own clients.
//!
//! A job of GeoLens is a file here. The job's id is the file's, as a UUID.

mod cancel_job;
mod commit_job;
mod complete_upload;
mod errors;
mod extensions;
mod job_status;
mod open_upload;
mod paths;
mod problem;
mod upload_config;

use shared::domain::{Access, ApiKey, Category, Credentials, Scope};
use shared::http::{self, Call, Dialect, Reply, Request};
use shared::{BucketContext, Context, Error, Result};

use paths::Operation;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve_dialect(GeoLens).await
}

/// GeoLens' API.
struct GeoLens;

impl Dialect for GeoLens {
    type Resources = BucketContext;
    type Operation = Operation;

    fn operation(&self, request: &Request) -> Result<(Operation, Access)> {
        let operation = paths::operation(request)?;
        let (scope, category) = match operation {
            Operation::UploadConfig => (None, Category::Read),
            Operation::JobStatus(_) => (Some(Scope::FilesRead), Category::Read),
            Operation::OpenUpload
            | Operation::CompleteUpload(_)
            | Operation::CommitJob(_)
            | Operation::CancelJob(_) => (Some(Scope::FilesCreate), Category::Write),
        };
        Ok((operation, Access::by_key(scope, category)))
    }

    /// As in GeoLens, a key in `X-Api-Key` takes precedence over one in `Authorization`.
    async fn credentials(&self, request: &Request, _: &Context) -> Result<Credentials> {
        let key = match request.headers().get("x-api-key") {
            Some(header) => header.to_str().ok().and_then(|text| text.parse::<ApiKey>().ok()),
            None => http::bearer_key(request),
        };
        key.map(|key| Credentials::from(&key)).ok_or(Error::Unauthorized)
    }

    async fn handle(&self, ctx: BucketContext, call: Call, operation: Operation) -> Result<Reply> {
        match operation {
            Operation::UploadConfig => upload_config::upload_config(&ctx),
            Operation::OpenUpload => open_upload::open_upload(ctx, call).await,
            Operation::CompleteUpload(job) => {
                complete_upload::complete_upload(ctx, call, job.file()?).await
            }
            Operation::JobStatus(job) => job_status::job_status(ctx, call, job.file()?).await,
            Operation::CommitJob(job) => commit_job::commit_job(ctx, call, job.file()?).await,
            Operation::CancelJob(job) => cancel_job::cancel_job(ctx, call, job.file()?).await,
        }
    }

    fn refusal(&self, error: &Error) -> Reply {
        errors::refusal(error)
    }
}

#[cfg(test)]
mod tests;
