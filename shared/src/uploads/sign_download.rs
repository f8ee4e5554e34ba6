//! Signing the download of a completed file.

use super::File;
use crate::domain::{Disposition, Download, FileId};
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
    asked: Disposition,
) -> Result<(File, Download)> {
    let file = super::read(ctx, caller, id).await?;
    let download = download_of(ctx, caller, &file, asked).await?;
    Ok((file, download))
}

/// Signs the download of a file whose record was read. Signing makes no call. A browser opens the file in
/// place only if that is asked for, and the file can run no script.
///
/// # Errors
///
/// [`Error::FileNotCompleted`](crate::Error::FileNotCompleted).
pub async fn download_of(
    ctx: &BucketContext,
    caller: &PendingCaller,
    file: &File,
    asked: Disposition,
) -> Result<Download> {
    let now = ctx.now();
    file.completed(now)?;
    let lifetime = ctx.config().download_lifetime;
    let key = caller.object_key(file.id);
    let disposition = if file.mime_type.is_safe_inline() { asked } else { Disposition::Attachment };
    let url = ctx.bucket().sign_get(&key, file, disposition, now, lifetime).await?;
    Ok(Download { url, expires_at: now.after(lifetime) })
}
