//! Rejecting an object under a mark, and opening the session again.

use super::change::Change;
use super::verification::{PROGRESS, VERIFIED};
use super::{Files, Update};
use crate::Result;
use crate::domain::{Timestamp, UploadId};
use crate::storage::Authority;
use crate::storage::table::{number, text};
use crate::uploads::evidence::Rejection;
use crate::uploads::state::{Mark, StateName};

/// What a session is opened again with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reopening {
    /// The multipart upload that takes the place of one that was used up.
    pub(crate) upload: Option<UploadId>,
    /// When the session ends, if the file was COMPLETING, which does not end.
    pub(crate) expires_at: Option<Timestamp>,
}

impl Files {
    /// Marks an object as being rejected, and counts it, so that a request that saw the object before the
    /// mark learns that it may be gone. Bytes that are what a completion which has begun claims are not
    /// rejected for another claim.
    pub(crate) async fn begin_rejection(
        &self,
        authority: &Authority,
        rejection: &Rejection,
    ) -> Result<Update> {
        let change = self
            .mark(authority, Mark::Rejection, rejection.since)
            .when("attribute_not_exists(rejected)")
            .set("rejected = :etag, rejectedAt = :now, rejectedBy = :by")
            .remove(VERIFIED)
            .add("rejections :one")
            .value(":etag", text(rejection.etag.as_str()))
            .value(":by", text(&rejection.by))
            .value(":one", number(1));
        let change = match rejection.stored {
            None => change.remove("refusedMd5"),
            Some(stored) => change
                .set("refusedMd5 = :stored")
                // For the claim that a completion has begun with, these bytes may be right.
                .when("(attribute_not_exists(claimedMd5) OR claimedMd5 <> :stored)")
                .value(":stored", text(stored.to_string())),
        };
        Ok(match change.apply().await? {
            // Our own mark: the SDK sent the update again, because the first answer was lost.
            Update::Refused(file) if file.rejection() == Some(rejection) => Update::Applied(file),
            update => update,
        })
    }

    /// → OPEN: clears the mark of a rejection whose object is gone. Changes nothing if the mark or the
    /// session is gone already.
    pub(crate) async fn end_rejection(
        &self,
        authority: &Authority,
        rejection: &Rejection,
        reopening: &Reopening,
    ) -> Result<Update> {
        self.enter(authority, StateName::Open, rejection.since)
            // Another request may have taken an abandoned mark over and cleared it.
            .when("rejectedBy = :by")
            .value(":by", text(&rejection.by))
            .remove("rejected, rejectedAt, rejectedBy")
            .reopened_with(reopening)
            .apply()
            .await
    }

    /// → OPEN: S3 would not join the parts of `upload`, or does not know it any more. Without `upload`,
    /// S3 lost the object of a single PUT.
    pub(crate) async fn reopen(
        &self,
        authority: &Authority,
        upload: Option<&UploadId>,
        reopening: &Reopening,
        now: Timestamp,
    ) -> Result<Update> {
        let mut change = self.enter(authority, StateName::Open, now);
        if let Some(upload) = upload {
            change = change.when("uploadId = :upload").value(":upload", text(upload.as_str()));
        }
        // Whoever set a mark opens the session again when it clears it.
        change.when("attribute_not_exists(rejected)").reopened_with(reopening).apply().await
    }
}

impl Change {
    /// The rest of entering OPEN again.
    fn reopened_with(mut self, reopening: &Reopening) -> Self {
        if let Some(upload) = &reopening.upload {
            self = self.set("uploadId = :fresh").value(":fresh", text(upload.as_str()));
        }
        if let Some(expires_at) = reopening.expires_at {
            self = self.set("expiresAt = :until").value(":until", number(expires_at.millis()));
        }
        self.remove("completingSince, claimedMd5").remove(PROGRESS).remove(VERIFIED)
    }
}
