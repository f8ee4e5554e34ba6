//! `POST /v1/files/{id}/complete`: check what S3 holds and finish the upload.

use serde::Deserialize;
use shared::domain::completion::Glimpse;
use shared::domain::file::Rejection;
use shared::domain::{Caller, Category, Claim, Md5, Next, ObjectKey, Scope};
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
    loop {
        let now = ctx.now();
        next = match next {
            Next::Save(completion) => match ctx.files().complete(caller, &completion, now).await? {
                Update::Applied(file) => Next::Answer(file),
                Update::Refused(file) => claim.explain(file, Some(completion.seen), now)?,
            },
            Next::Load => {
                let file = ctx.files().get(call.workspace(), claim.file).await?;
                claim.explain(file, None, now)?
            }
            Next::Hash(seen) => hash(&ctx, claim, &key, seen).await?,
            Next::LookAgain { rejections } => {
                claim.judge(ctx.bucket().head(&key).await?, rejections)
            }
            Next::Reject(seen, error) => reject(&ctx, caller, claim, &key, seen, error).await?,
            Next::FinishRejection(rejection) => {
                remove(&ctx, caller, &key, &rejection).await?;
                return Err(Error::UploadMissing);
            }
            Next::Answer(file) => return Reply::ok(&FileView::new(&file, now)),
        }
    }
}

/// Reads the bytes that `seen` describes, and judges anew.
async fn hash(ctx: &Context, claim: Claim, key: &ObjectKey, seen: Glimpse) -> Result<Next> {
    let md5 = ctx.bucket().hash(key, &seen.held.etag).await?;
    Ok(claim.judge(md5.map(|md5| seen.held.hashed(md5)), seen.rejections))
}

/// Deletes the bytes that `seen` describes and answers `error`, unless the record says otherwise.
async fn reject(
    ctx: &Context,
    caller: &Caller,
    claim: Claim,
    key: &ObjectKey,
    seen: Glimpse,
    error: Error,
) -> Result<Next> {
    let rejection = Rejection { etag: seen.held.etag.clone(), since: ctx.now() };
    match ctx.files().begin_rejection(caller, claim.file, &rejection).await? {
        Update::Refused(file) => claim.explain(file, Some(seen), rejection.since),
        Update::Applied(_) => {
            remove(ctx, caller, key, &rejection).await?;
            Err(error)
        }
    }
}

/// Deletes the bytes of a rejection, and then its mark.
async fn remove(
    ctx: &Context,
    caller: &Caller,
    key: &ObjectKey,
    rejection: &Rejection,
) -> Result<()> {
    ctx.bucket().delete_exactly(key, &rejection.etag).await?;
    ctx.files().end_rejection(caller, key.file, rejection).await
}

#[cfg(test)]
mod tests;
