//! `POST /v1/files/{id}/uploaded`: check what S3 holds and finish the upload.

use serde::Deserialize;
use shared::domain::{ClaimedPart, ETag, FileId, Milestone, ObjectKey, PartNumber};
use shared::http::{Call, Reply};
use shared::uploads::{self, Claim, File, Outcome};
use shared::{BucketContext, Error, Result};

use crate::views::FileRead;

#[derive(Deserialize)]
struct CompleteUpload {
    id: String,
    path: String,
    parts: Vec<SentPart>,
}

#[derive(Deserialize)]
struct SentPart {
    number: PartNumber,
    checksum_etag: ETag,
    checksum_sha256_base64: Option<String>,
}

pub(crate) async fn complete_upload(ctx: BucketContext, call: Call, id: FileId) -> Result<Reply> {
    let body = call.body::<CompleteUpload>()?;
    let caller = call.pending_caller();
    let file = uploads::read(&ctx, caller, id).await?;
    body.check(&file, &caller.object_key(id))?;
    let parts = body.parts.into_iter().map(SentPart::claimed).collect();
    let claim = Claim { md5: None, parts: Some(parts), analyze: false };

    match uploads::complete(&ctx, caller, id, &claim).await? {
        Outcome::Completed(file) => {
            let completed = Milestone::Completed { bytes: file.size_bytes };
            Ok(Reply::ok(&FileRead::new(&ctx, &call, &file).await?)?.marking(completed))
        }
        // Polar has no 202, and its clients cannot parse one. S3 is still joining many parts, which needs no
        // further request. Until it has, `is_uploaded` is false here, in lists and when this is repeated.
        Outcome::Already(file) | Outcome::UnderWay(file) => {
            Reply::ok(&FileRead::new(&ctx, &call, &file).await?)
        }
    }
}

impl CompleteUpload {
    /// Polar joins whatever upload the client names. We know the file's own upload from its record, and
    /// refuse any other.
    fn check(&self, file: &File, key: &ObjectKey) -> Result<()> {
        let upload = file.multipart.as_ref().map(|multipart| multipart.upload_id.as_str());
        if upload != Some(self.id.as_str()) {
            return Err(foreign("id"));
        }
        if self.path != key.to_string() {
            return Err(foreign("path"));
        }
        Ok(())
    }
}

fn foreign(param: &str) -> Error {
    let reason = "is not that of the file's upload".to_owned();
    Error::InvalidValue { param: param.to_owned(), reason }
}

impl SentPart {
    fn claimed(self) -> ClaimedPart {
        let Self { number, checksum_etag: etag, checksum_sha256_base64: checksum_sha256 } = self;
        ClaimedPart { number, etag, checksum_sha256 }
    }
}
