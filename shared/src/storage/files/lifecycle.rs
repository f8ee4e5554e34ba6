//! Cancelling, expiring and renaming.

use super::{Files, Update};
use crate::domain::{Filename, Timestamp};
use crate::storage::Authority;
use crate::storage::table::text;
use crate::uploads::File;
use crate::uploads::state::StateName;
use crate::{Error, Result};

impl Files {
    /// → CANCELLED.
    pub(crate) async fn cancel(&self, authority: &Authority, now: Timestamp) -> Result<Update> {
        self.enter(authority, StateName::Cancelled, now).remove("expiresAt").apply().await
    }

    /// → EXPIRED, if the session's time is up.
    pub(crate) async fn expire(&self, authority: &Authority, now: Timestamp) -> Result<Update> {
        self.enter(authority, StateName::Expired, now).remove("expiresAt").apply().await
    }

    /// Gives a file another name, and another text to what a dialect keeps with it.
    pub(crate) async fn rename(
        &self,
        authority: &Authority,
        filename: &Filename,
        annotation: &str,
    ) -> Result<File> {
        let change = self
            .change(authority)
            .set("filename = :filename, annotation = :annotation")
            .value(":filename", text(filename.as_str()))
            .value(":annotation", text(annotation));
        match change.apply().await? {
            Update::Applied(file) => Ok(file),
            // Another file stands at this number.
            Update::Refused(_) => Err(Error::NotFound),
        }
    }
}
