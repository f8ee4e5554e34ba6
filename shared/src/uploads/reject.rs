//! Rejecting: deleting an object that is not what was announced or claimed.
//!
//! The object is deleted under a mark in the record, which blocks every completion. So no request can
//! complete the file with an object that another one is deleting. Then the session is open again.

use super::File;
use super::evidence::{Rejection, Seen};
use super::reopen::{abort_unless_recorded, reopening};
use crate::storage::{Authority, Update};
use crate::{BucketContext, Error, Result};

/// Deletes the object that was seen, for the reason that `reason` gives, and opens the session again.
/// Changes nothing if the record does not allow it: the update is refused then.
pub(super) async fn reject(
    ctx: &BucketContext,
    authority: &Authority,
    seen: &Seen,
    reason: &Error,
) -> Result<Update> {
    let mark = Rejection {
        etag: seen.object.etag.clone(),
        since: ctx.now(),
        by: ctx.request_id().to_owned(),
        stored: match reason {
            Error::ChecksumMismatch { stored } => Some(*stored),
            _ => None,
        },
    };
    let update = ctx.files().begin_rejection(authority, &mark).await?;
    if let Update::Applied(file) = &update {
        finish_rejection(ctx, authority, file, &mark).await?;
    }
    Ok(update)
}

/// Deletes the object of a rejection whose mark stands, then opens the session again and clears the
/// mark. Repeats harmlessly what a request that died has done of it.
pub(super) async fn finish_rejection(
    ctx: &BucketContext,
    authority: &Authority,
    file: &File,
    mark: &Rejection,
) -> Result<()> {
    ctx.bucket().delete_exactly(authority.key(), &mark.etag).await?;
    // Joining has used the multipart upload up, so the client needs a fresh one.
    let reopening = reopening(ctx, authority, file, file.multipart.as_ref()).await?;
    let update = ctx.files().end_rejection(authority, mark, &reopening).await?;
    abort_unless_recorded(ctx, authority, &update, &reopening).await
}
