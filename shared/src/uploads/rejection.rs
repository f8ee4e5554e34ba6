//! Removing bytes that are not what was promised, and opening the session again.

use std::time::Duration;

use crate::domain::{Multipart, Timestamp};
use crate::storage::Authority;
use crate::storage::{Reopening, Update};
use crate::uploads::File;
use crate::uploads::completion::Glimpse;
use crate::uploads::file::Rejection;
use crate::{Context, Error, Result};

/// The removal of a file's bytes.
pub(super) struct Removal<'a> {
    pub(super) ctx: &'a Context,
    pub(super) authority: &'a Authority,
}

impl Removal<'_> {
    /// Removes the bytes that were seen, for the reason that `error` gives, unless the record does not
    /// allow it.
    pub(super) async fn of(&self, seen: &Glimpse, error: &Error) -> Result<Update> {
        let rejection = Rejection {
            etag: seen.held.etag.clone(),
            since: self.ctx.now(),
            by: self.ctx.request_id().to_owned(),
            stored: match error {
                Error::ChecksumMismatch { stored } => Some(*stored),
                _ => None,
            },
        };
        let update = self.ctx.files().begin_rejection(self.authority, &rejection).await?;
        if let Update::Applied(file) = &update {
            self.finish(file, &rejection).await?;
        }
        Ok(update)
    }

    /// Deletes the bytes of a rejection, and then its mark.
    pub(super) async fn finish(&self, file: &File, rejection: &Rejection) -> Result<()> {
        self.ctx.bucket().delete_exactly(self.authority.key(), &rejection.etag).await?;
        let reopening = self.reopening(file, file.multipart.as_ref()).await?;
        let update = self.ctx.files().end_rejection(self.authority, rejection, &reopening).await?;
        self.tidy(&update, &reopening).await
    }

    /// Opens the session again, for another PUT or for the same parts: S3 holds no object, or would
    /// not join the parts as they are.
    pub(super) async fn reopen(&self, file: &File) -> Result<()> {
        let Some(multipart) = &file.multipart else {
            let reopening = self.reopening(file, None).await?;
            return self.ctx.files().reopen(self.authority, None, &reopening).await.map(|_| ());
        };
        if self.ctx.now().after(self.ctx.config().session_lifetime / 2) > kept_until(file) {
            return self.replace(file, multipart).await;
        }
        let reopening = self.reopening(file, None).await?;
        let upload = Some(&multipart.upload_id);
        self.ctx.files().reopen(self.authority, upload, &reopening).await.map(|_| ())
    }

    /// Opens the session again for all parts: S3 does not know the upload any more.
    pub(super) async fn replace(&self, file: &File, multipart: &Multipart) -> Result<()> {
        let reopening = self.reopening(file, Some(multipart)).await?;
        let upload = Some(&multipart.upload_id);
        let update = self.ctx.files().reopen(self.authority, upload, &reopening).await?;
        self.tidy(&update, &reopening).await
    }

    /// Gives a fresh upload up that the record does not name: somebody else was faster.
    async fn tidy(&self, update: &Update, reopening: &Reopening) -> Result<()> {
        let (Update::Applied(file) | Update::Refused(file)) = update;
        match (&reopening.upload, &file.multipart) {
            (Some(fresh), Some(recorded)) if *fresh != recorded.upload_id => {
                self.ctx.bucket().abort_upload(self.authority.key(), fresh).await
            }
            _ => Ok(()),
        }
    }

    /// A fresh upload in the place of a used one. A completion may have outlived its session: its
    /// client begins with a whole lifetime, but with no more than S3 keeps the parts that stay.
    async fn reopening(&self, file: &File, used: Option<&Multipart>) -> Result<Reopening> {
        let mut reopening = Reopening::default();
        if let Some(multipart) = used {
            let key = self.authority.key();
            let upload = self.ctx.bucket().open_upload(key, &file.mime_type, multipart.checksum);
            reopening.upload = Some(upload.await?);
        }
        if file.is_completing() {
            let mut expires_at = self.ctx.now().after(self.ctx.config().session_lifetime);
            if file.multipart.is_some() && used.is_none() {
                expires_at = expires_at.min(kept_until(file));
            }
            self.ctx.files().put_session(self.authority, expires_at).await?;
            reopening.expires_at = Some(expires_at);
        }
        Ok(reopening)
    }
}

/// Until when S3 keeps the parts of a file at least. A rule of the bucket's lifecycle aborts a multipart
/// upload that is eight days old, whatever is going on with it. An upload that took the place of
/// another is younger than its file, and is kept longer.
fn kept_until(file: &File) -> Timestamp {
    const UPLOADS_ARE_KEPT: Duration = Duration::from_hours(8 * 24);
    file.created_at.after(UPLOADS_ARE_KEPT)
}
