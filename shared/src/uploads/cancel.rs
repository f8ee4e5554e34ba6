//! Giving an upload up.

use crate::storage::Authority;
use crate::uploads::File;
use crate::{Context, Result};

/// Cancels an open session; its bytes go with it. If they do not go now, the file is CANCELLED all the
/// same, and its session's end sweeps again.
///
/// # Errors
///
/// [`Error::NotFound`](crate::Error::NotFound), [`Error::FileNotPending`](crate::Error::FileNotPending),
/// or DynamoDB's failure.
pub async fn cancel(ctx: &Context, authority: &Authority) -> Result<File> {
    let file = ctx.files().cancel(authority, ctx.now()).await?;
    if let Err(failure) = remove_bytes(ctx, authority, &file).await {
        ctx.warn(&failure);
    }
    Ok(file)
}

/// Deletes whatever S3 holds of a file that will never be COMPLETED.
pub(super) async fn remove_bytes(ctx: &Context, authority: &Authority, file: &File) -> Result<()> {
    ctx.bucket().delete(authority.key()).await?;
    match &file.multipart {
        Some(multipart) => {
            ctx.bucket().abort_uploads(authority.key(), Some(&multipart.upload_id)).await
        }
        None => Ok(()),
    }
}
