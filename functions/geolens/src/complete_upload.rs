//! `POST /ingest/upload/presigned/{job_id}/complete`: check what S3 holds and finish the upload.

use serde::{Deserialize, Serialize};
use shared::domain::multipart::{PartFlaw, Problem};
use shared::domain::{ClaimedPart, ETag, FileId, Milestone, PartNumber};
use shared::http::{Call, Reply};
use shared::uploads::{self, Claim, File, Outcome, Status};
use shared::{BucketContext, Error, Result};

use crate::errors::Refusal;

#[derive(Deserialize)]
struct CompleteUpload {
    #[serde(default)]
    parts: Vec<SentPart>,
}

#[derive(Deserialize)]
struct SentPart {
    etag: ETag,
    part_number: PartNumber,
}

#[derive(Serialize)]
struct Upload {
    job_id: String,
    status: &'static str,
    message: &'static str,
}

pub(crate) async fn complete_upload(ctx: BucketContext, call: Call, job: FileId) -> Result<Reply> {
    let sent = call.body::<CompleteUpload>()?.parts;
    let caller = call.pending_caller();
    let file = uploads::read(&ctx, caller, job).await?;
    if let Some(refusal) = refusal(&file, &sent, file.status(ctx.now())) {
        return Ok(refusal.reply());
    }
    let parts = (!sent.is_empty()).then(|| sent.into_iter().map(SentPart::claimed).collect());
    let claim = Claim { md5: None, parts, analyze: false };

    let outcome = uploads::complete(&ctx, caller, job, &claim).await;

    match outcome.map_err(|error| reworded(error, &file))? {
        Outcome::Completed(file) => {
            let completed = Milestone::Completed { bytes: file.size_bytes };
            Ok(Reply::ok(&Upload::arrived(job))?.marking(completed))
        }
        // The file was not completed when this request read it. Either this request completed it and lost
        // DynamoDB's answer, or a concurrent one did.
        Outcome::Already(_) => Reply::ok(&Upload::arrived(job)),
        Outcome::UnderWay(_) => Reply::ok(&Upload::being_joined(job)),
    }
}

/// What GeoLens refuses by the job's status, before it looks at the bytes.
///
/// Repeating complete would be harmless here, but GeoLens refuses it, and its clients rely on that
/// answer. The same holds for a complete that does not list its parts.
fn refusal(file: &File, sent: &[SentPart], status: Status) -> Option<Refusal> {
    match status {
        Status::Completed => Some(Refusal::AlreadyCompleted),
        Status::Cancelled => Some(Refusal::Cancelled),
        Status::Expired => Some(Refusal::Expired),
        Status::Pending if file.is_completing() => None,
        Status::Pending => (sent.is_empty() && count(file) > 1).then_some(Refusal::NoParts),
    }
}

/// If no part has arrived, GeoLens says that the upload is missing and lists no parts.
fn reworded(error: Error, file: &File) -> Error {
    let is_missing = |flaw: &PartFlaw| flaw.problem == Problem::Missing;
    match error {
        Error::PartsMismatch { flaws }
            if flaws.len() as u64 == count(file) && flaws.iter().all(is_missing) =>
        {
            Error::UploadMissing
        }
        other => other,
    }
}

/// How many parts the file has; 1 if it is sent by a single PUT.
fn count(file: &File) -> u64 {
    file.multipart.as_ref().map_or(1, |multipart| multipart.plan.count())
}

impl SentPart {
    fn claimed(self) -> ClaimedPart {
        let Self { part_number: number, etag } = self;
        ClaimedPart { number, etag, checksum_sha256: None }
    }
}

impl Upload {
    fn arrived(job: FileId) -> Self {
        let message = "File uploaded and ready for preview";
        Self { job_id: job.to_uuid(), status: "pending", message }
    }

    /// `running` is GeoLens' status for jobs that the server still works on.
    fn being_joined(job: FileId) -> Self {
        let message = "File uploaded; its parts are being joined";
        Self { job_id: job.to_uuid(), status: "running", message }
    }
}
