//! Signing the PUT of a pending file once more.

use super::url_end;
use crate::domain::{FileId, Timestamp, UploadTicket};
use crate::storage::PendingCaller;
use crate::{BucketContext, Error, Result};

/// Signs the single PUT of a pending file, whose first URL was lost or is dead before its time: a URL ends
/// with the credentials of whoever signed it. The new one works until the session's end, which is returned
/// with it. Runs beside the admission.
///
/// # Errors
///
/// [`Error::NotFound`], [`Error::FileMultipart`], the file takes no bytes now, or DynamoDB's failure.
pub async fn sign_upload(
    ctx: &BucketContext,
    caller: &PendingCaller,
    id: FileId,
) -> Result<(UploadTicket, Timestamp)> {
    let file = super::read(ctx, caller, id).await?;
    let now = ctx.now();
    let session = file.open_session(now)?;
    if file.multipart.is_some() {
        return Err(Error::FileMultipart);
    }
    let expires_at = url_end(session, now)?;
    let key = caller.object_key(id);
    let ticket = ctx.bucket().sign_put(&key, &file, now, expires_at).await?;
    Ok((ticket, expires_at))
}
