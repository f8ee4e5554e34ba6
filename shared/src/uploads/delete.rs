//! Deleting a file for good.

use futures_util::future;

use crate::domain::FileId;
use crate::storage::Caller;
use crate::{BucketContext, Result};

/// Deletes a file in whatever state: its record first, then its bytes.
///
/// # Errors
///
/// [`Error::NotFound`](crate::Error::NotFound), or DynamoDB's failure.
pub async fn delete(ctx: &BucketContext, caller: &Caller, id: FileId) -> Result<()> {
    ctx.files().delete(caller, id, ctx.now()).await?;
    let authority = caller.authority(id);
    let key = authority.key();
    let bytes = ctx.bucket().delete(key);
    let parts = ctx.bucket().abort_uploads(key, None);
    let (bytes, parts) = future::join(bytes, parts).await;
    // The file is gone in any case. What could not be deleted now, the end of the session sweeps,
    // which the transaction that deleted the record has left.
    for failure in [bytes, parts].into_iter().filter_map(Result::err) {
        ctx.warn(&failure);
    }
    Ok(())
}
