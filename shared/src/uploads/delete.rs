//! Deleting a file for good.

use futures_util::future;

use crate::domain::FileId;
use crate::storage::Caller;
use crate::{Context, Result};

/// Deletes a file, whatever its state: its record first, then its bytes. If they do not go now, the
/// file is gone all the same, and the end of its session sweeps again.
///
/// # Errors
///
/// [`Error::NotFound`](crate::Error::NotFound), or DynamoDB's failure.
pub async fn delete(ctx: &Context, caller: &Caller, id: FileId) -> Result<()> {
    ctx.files().delete(caller, id, ctx.now()).await?;
    let authority = caller.authority(id);
    let key = authority.key();
    let bytes = ctx.bucket().delete(key);
    let (bytes, parts) = future::join(bytes, ctx.bucket().abort_uploads(key, None)).await;
    for failure in [bytes, parts].into_iter().filter_map(Result::err) {
        ctx.warn(&failure);
    }
    Ok(())
}
