//! Sweeping: what is left of uploads that came to nothing.

use super::cancel::remove_bytes;
use crate::domain::Milestone;
use crate::storage::Authority;
use crate::storage::Update;
use crate::uploads::File;
use crate::{Context, Error, Result};

/// Makes an overdue session EXPIRED, and then deletes the bytes of a file that will never be
/// COMPLETED: only a final state makes it certain that nobody completes with them. Answers the file as
/// it is then; there may be no such file at all.
///
/// # Errors
///
/// DynamoDB's or S3's failure.
pub async fn sweep(ctx: &Context, authority: &Authority) -> Result<Option<File>> {
    let now = ctx.now();
    let file = match ctx.files().expire(authority, now).await {
        Ok(Update::Applied(file)) => {
            ctx.count(Milestone::Expired);
            file
        }
        Ok(Update::Refused(file)) => file,
        Err(Error::NotFound) => {
            ctx.bucket().delete(authority.key()).await?;
            ctx.bucket().abort_uploads(authority.key(), None).await?;
            return Ok(None);
        }
        Err(failure) => return Err(failure),
    };
    if !file.status(now).keeps_bytes() {
        remove_bytes(ctx, authority, &file).await?;
    }
    Ok(Some(file))
}
