//! Opening a session again, after its bytes were rejected or lost.

use std::time::Duration;

use super::File;
use crate::domain::{Multipart, Timestamp};
use crate::storage::{Authority, Reopening, Update};
use crate::{BucketContext, Result};

/// Opens the session again, for another PUT or for the same parts: S3 holds no object, or would not
/// join the parts as they are.
pub(super) async fn reopen(ctx: &BucketContext, authority: &Authority, file: &File) -> Result<()> {
    let Some(multipart) = &file.multipart else {
        let reopening = reopening(ctx, authority, file, None).await?;
        return ctx.files().reopen(authority, None, &reopening, ctx.now()).await.map(|_| ());
    };
    // Too little time would be left for the parts that S3 still keeps.
    if ctx.now().after(ctx.config().session_lifetime / 2) > kept_until(file) {
        return replace_upload(ctx, authority, file, multipart).await;
    }
    let reopening = reopening(ctx, authority, file, None).await?;
    let (upload, now) = (Some(&multipart.upload_id), ctx.now());
    ctx.files().reopen(authority, upload, &reopening, now).await.map(|_| ())
}

/// Opens the session again for all parts: S3 does not know the upload any more.
pub(super) async fn replace_upload(
    ctx: &BucketContext,
    authority: &Authority,
    file: &File,
    multipart: &Multipart,
) -> Result<()> {
    let reopening = reopening(ctx, authority, file, Some(multipart)).await?;
    let (upload, now) = (Some(&multipart.upload_id), ctx.now());
    let update = ctx.files().reopen(authority, upload, &reopening, now).await?;
    abort_unless_recorded(ctx, authority, &update, &reopening).await
}

/// Aborts the fresh upload if the record does not name it, because another request was faster.
pub(super) async fn abort_unless_recorded(
    ctx: &BucketContext,
    authority: &Authority,
    update: &Update,
    reopening: &Reopening,
) -> Result<()> {
    let (Update::Applied(file) | Update::Refused(file)) = update;
    match (&reopening.upload, &file.multipart) {
        (Some(fresh), Some(recorded)) if *fresh != recorded.upload_id => {
            ctx.bucket().abort_upload(authority.key(), fresh).await
        }
        _ => Ok(()),
    }
}

/// What the session is opened again with: a fresh upload in the place of `used`, and a new end. The
/// completion may have outlived the first session, so the client gets a whole lifetime, but no more
/// than S3 keeps the parts that stay.
pub(super) async fn reopening(
    ctx: &BucketContext,
    authority: &Authority,
    file: &File,
    used: Option<&Multipart>,
) -> Result<Reopening> {
    let mut reopening = Reopening::default();
    if let Some(multipart) = used {
        let key = authority.key();
        let upload = ctx.bucket().open_upload(key, &file.mime_type, multipart.checksum);
        reopening.upload = Some(upload.await?);
    }
    if file.is_completing() {
        let mut expires_at = ctx.now().after(ctx.config().session_lifetime);
        if file.multipart.is_some() && used.is_none() {
            expires_at = expires_at.min(kept_until(file));
        }
        // The first session may be gone. It comes before the record, so that no open file lacks one.
        ctx.files().put_session(authority, expires_at).await?;
        reopening.expires_at = Some(expires_at);
    }
    Ok(reopening)
}

/// Until when S3 certainly keeps the parts of a file. The bucket's lifecycle rule aborts a multipart
/// upload eight days after it was opened, even if parts are still arriving. An upload that took the
/// place of another is younger than its file, so S3 keeps it longer than this.
fn kept_until(file: &File) -> Timestamp {
    const UPLOADS_ARE_KEPT: Duration = Duration::from_hours(8 * 24);
    file.created_at.after(UPLOADS_ARE_KEPT)
}
