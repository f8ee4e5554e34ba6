//! Signing the download of a completed file.

use super::File;
use crate::domain::{Download, FileId};
use crate::storage::PendingCaller;
use crate::{BucketContext, Result};

/// Signs the download of the file with this id. Runs beside the admission.
///
/// # Errors
///
/// [`Error::NotFound`](crate::Error::NotFound),
/// [`Error::FileNotCompleted`](crate::Error::FileNotCompleted), or DynamoDB's failure.
pub async fn sign_download(
    ctx: &BucketContext,
    caller: &PendingCaller,
    id: FileId,
) -> Result<(File, Download)> {
    let file = super::read(ctx, caller, id).await?;
    let download = download_of(ctx, caller, &file).await?;
    Ok((file, download))
}

/// Signs the download of a file whose record was read. Signing makes no call.
///
/// # Errors
///
/// [`Error::FileNotCompleted`](crate::Error::FileNotCompleted).
pub async fn download_of(
    ctx: &BucketContext,
    caller: &PendingCaller,
    file: &File,
) -> Result<Download> {
    let now = ctx.now();
    file.completed(now)?;
    let lifetime = ctx.config().download_lifetime;
    let key = caller.object_key(file.id);
    let url = ctx.bucket().sign_get(&key, file, now, lifetime).await?;
    Ok(Download { url, expires_at: now.after(lifetime) })
}
