//! Listing the parts that S3 holds of an open multipart upload.

use super::sign_parts::open_parts;
use crate::domain::{FileId, StoredPart, UploadId};
use crate::storage::PendingCaller;
use crate::{BucketContext, Error, Result};

/// The parts after number `after`, at most `limit` (1,000) of them, and whether there are more.
///
/// # Errors
///
/// [`Error::NotFound`], the file takes no parts now, or AWS's failure.
pub async fn list_parts(
    ctx: &BucketContext,
    caller: &PendingCaller,
    id: FileId,
    after: u16,
    limit: u16,
) -> Result<(Vec<StoredPart>, bool)> {
    let upload = open_upload(ctx, caller, id).await?;
    let parts = ctx.bucket().parts(&caller.object_key(id), &upload, after, limit).await?;
    parts.ok_or(Error::UploadMissing)
}

/// All parts that S3 holds.
///
/// # Errors
///
/// As [`list_parts`].
pub async fn list_all_parts(
    ctx: &BucketContext,
    caller: &PendingCaller,
    id: FileId,
) -> Result<Vec<StoredPart>> {
    let upload = open_upload(ctx, caller, id).await?;
    let parts = ctx.bucket().all_parts(&caller.object_key(id), &upload).await?;
    parts.ok_or(Error::UploadMissing)
}

/// The upload whose parts are asked for.
async fn open_upload(ctx: &BucketContext, caller: &PendingCaller, id: FileId) -> Result<UploadId> {
    let file = super::read(ctx, caller, id).await?;
    // ListParts costs more than a forged key may cause.
    caller.confirmed().await;
    let (multipart, _) = open_parts(&file, ctx.now())?;
    Ok(multipart.upload_id.clone())
}
