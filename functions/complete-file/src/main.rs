//! `POST /v1/files/{id}/complete`: check what S3 holds and finish the upload.

use serde::Deserialize;
use shared::domain::completion::Glimpse;
use shared::domain::file::Rejection;
use shared::domain::{
    Caller, Category, Claim, ETag, Md5, Milestone, Next, ObjectKey, Scope, Timestamp,
};
use shared::http::{self, Call, FileView, Reply};
use shared::storage::Update;
use shared::{Context, Error, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), lambda_http::Error> {
    http::serve(Scope::FilesCreate, Category::Write, complete_file).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompleteFile {
    md5: Option<Md5>,
}

async fn complete_file(ctx: Context, call: Call) -> Result<Reply> {
    let claim = Claim { file: call.path("id")?, md5: call.body::<CompleteFile>()?.md5 };
    let key = call.object_key(claim.file);
    let mut next = claim.judge(ctx.bucket().head(&key).await?, 0);
    let caller = call.caller().await;
    let removal = Removal { ctx: &ctx, caller, key: &key, request_id: call.id() };
    loop {
        let now = ctx.now();
        next = match next {
            Next::Save(completion) => match ctx.files().complete(caller, &completion, now).await? {
                Update::Applied(file) => {
                    let completed = Milestone::Completed { bytes: file.size_bytes };
                    return Ok(Reply::ok(&FileView::new(&file, now))?.marking(completed));
                }
                Update::Refused(file) => claim.explain(file, Some(completion.seen), now)?,
            },
            Next::Load => {
                let file = ctx.files().get(call.workspace(), claim.file).await?;
                claim.explain(file, None, now)?
            }
            Next::Hash(Glimpse { held, rejections }) => {
                let md5 = ctx.bucket().hash(&key, &held.etag).await?;
                claim.judge(md5.map(|md5| held.hashed(md5)), rejections)
            }
            Next::LookAgain { rejections } => {
                claim.judge(ctx.bucket().head(&key).await?, rejections)
            }
            Next::Reject(seen, error) => match removal.of(&seen.held.etag, now).await? {
                Update::Applied(_) => return Err(error),
                Update::Refused(file) => claim.explain(file, Some(seen), now)?,
            },
            Next::FinishRejection(rejection) => {
                removal.finish(&rejection).await?;
                return Err(Error::UploadMissing);
            }
            Next::Answer(file) => return Reply::ok(&FileView::new(&file, now)),
        }
    }
}

/// The removal of bytes that are not what was promised.
struct Removal<'a> {
    ctx: &'a Context,
    caller: &'a Caller,
    key: &'a ObjectKey,
    request_id: &'a str,
}

impl Removal<'_> {
    /// Removes the bytes that `etag` names, unless the record does not allow it.
    async fn of(&self, etag: &ETag, since: Timestamp) -> Result<Update> {
        let rejection = Rejection { etag: etag.clone(), since, by: self.request_id.to_owned() };
        let update =
            self.ctx.files().begin_rejection(self.caller, self.key.file, &rejection).await?;
        if let Update::Applied(_) = update {
            self.finish(&rejection).await?;
        }
        Ok(update)
    }

    /// Deletes the bytes of a rejection, and then its mark.
    async fn finish(&self, rejection: &Rejection) -> Result<()> {
        self.ctx.bucket().delete_exactly(self.key, &rejection.etag).await?;
        self.ctx.files().end_rejection(self.caller, self.key.file, rejection).await
    }
}

#[cfg(test)]
mod tests;
