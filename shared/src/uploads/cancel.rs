//! Giving an upload up.

use super::File;
use super::sweep::delete_bytes;
use crate::domain::FileId;
use crate::storage::{Caller, Update};
use crate::{BucketContext, Error, Result};

/// Cancels an upload that is not completed, and deletes its bytes.
///
/// # Errors
///
/// [`Error::NotFound`], [`Error::FileNotPending`], or DynamoDB's failure.
pub async fn cancel(ctx: &BucketContext, caller: &Caller, id: FileId) -> Result<File> {
    let authority = caller.authority(id);
    let now = ctx.now();
    let file = match ctx.files().cancel(&authority, now).await? {
        Update::Applied(file) => file,
        Update::Refused(file) => return Err(Error::FileNotPending { status: file.status(now) }),
    };
    // The file is CANCELLED in any case. If its bytes cannot be deleted now, the end of its session
    // sweeps them.
    if let Err(failure) = delete_bytes(ctx, &authority, &file).await {
        ctx.warn(&failure);
    }
    Ok(file)
}
