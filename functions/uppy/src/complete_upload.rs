//! `POST /s3/multipart/{uploadId}/complete`: check what S3 holds and finish the upload.

use serde::{Deserialize, Serialize};
use shared::domain::{ClaimedPart, ETag, FileId, Milestone, PartNumber};
use shared::http::{Call, Reply};
use shared::uploads::{self, Claim, Outcome};
use shared::{BucketContext, Result};

#[derive(Deserialize)]
struct CompleteUpload {
    parts: Vec<SentPart>,
}

#[derive(Deserialize)]
struct SentPart {
    #[serde(rename = "PartNumber")]
    number: PartNumber,
    #[serde(rename = "ETag")]
    etag: ETag,
}

/// Where the file is, and the `key` that it was created with.
#[derive(Serialize)]
struct CompletedUpload {
    location: String,
    key: String,
}

pub(crate) async fn complete_upload(ctx: BucketContext, call: Call, id: FileId) -> Result<Reply> {
    let body = call.body::<CompleteUpload>()?;
    let caller = call.pending_caller();
    let claimed = |SentPart { number, etag }| ClaimedPart { number, etag, checksum_sha256: None };
    let parts = body.parts.into_iter().map(claimed).collect();
    let claim = Claim { md5: None, parts: Some(parts), analyze: false };

    let outcome = uploads::complete(&ctx, caller, id, &claim).await?;

    // A browser cannot open this without a token or a key. It tells the application which file it is.
    let location = format!("{}/v1/files/{id}", call.origin().unwrap_or_default());
    let key = caller.object_key(id).to_string();
    let reply = Reply::ok(&CompletedUpload { location, key })?;
    Ok(match outcome {
        Outcome::Completed(file) => reply.marking(Milestone::Completed { bytes: file.size_bytes }),
        // Companion has no 202. S3 is still joining many parts, which needs no further request; until it has, the
        // file is shown as PENDING.
        Outcome::Already(_) | Outcome::UnderWay(_) => reply,
    })
}
