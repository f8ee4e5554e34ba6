//! Giving an upload up.

use super::sweep::clear;
use super::{File, Status};
use crate::domain::FileId;
use crate::storage::{Caller, Update};
use crate::{BucketContext, Error, Result};

/// What a cancellation came to.
#[derive(Debug)]
pub enum Cancelled {
    /// This request has cancelled the file.
    Now(File),
    /// The file was cancelled before.
    Before(File),
}

/// Cancels an upload that is not completed, and deletes its bytes. To cancel it again changes nothing.
///
/// # Errors
///
/// [`Error::NotFound`], [`Error::FileNotPending`], or DynamoDB's failure.
pub async fn cancel(ctx: &BucketContext, caller: &Caller, id: FileId) -> Result<Cancelled> {
    let authority = caller.authority(id);
    let now = ctx.now();
    let (file, is_now) = match ctx.files().cancel(&authority, now).await? {
        Update::Applied(file) => (file, true),
        Update::Refused(file) if file.status(now) == Status::Cancelled => (file, false),
        Update::Refused(file) => return Err(Error::FileNotPending { status: file.status(now) }),
    };
    // The file is CANCELLED in any case. What cannot be done now, the end of its session does.
    if let Err(failure) = clear(ctx, &authority, &file).await {
        ctx.warn(&failure);
    }
    Ok(if is_now { Cancelled::Now(file) } else { Cancelled::Before(file) })
}
