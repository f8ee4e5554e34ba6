//! Rejecting: bytes that are not the file are deleted under a mark, and the session is open again.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;

use super::lifecycle::LIVE;
use super::verification::PROGRESS;
use super::{Files, Update};
use crate::Result;
use crate::domain::{Timestamp, UploadId};
use crate::storage::Authority;
use crate::storage::item::COMPLETING;
use crate::storage::table::{number, text};
use crate::uploads::file::Rejection;

/// A session that takes bytes again.
#[derive(Clone, Debug, Default)]
pub struct Reopening {
    /// The multipart upload that takes the place of one that was used up.
    pub upload: Option<UploadId>,
    /// When the session ends now, if it had not been one that ends.
    pub expires_at: Option<Timestamp>,
}

impl Files {
    /// Marks an object as being rejected, so that nothing can complete with it. Counts it, so that
    /// whoever saw it before the mark learns that it may be gone. Bytes that are what a completion
    /// which has begun claims are not rejected for another claim.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound), or DynamoDB's failure.
    pub async fn begin_rejection(
        &self,
        authority: &Authority,
        rejection: &Rejection,
    ) -> Result<Update> {
        let mut update = self
            .live_session(authority, rejection.since)
            .expression_attribute_values(":etag", text(rejection.etag.as_str()))
            .expression_attribute_values(":by", text(&rejection.by))
            .expression_attribute_values(":one", number(1));
        let mut set = "SET rejected = :etag, rejectedAt = :now, rejectedBy = :by".to_owned();
        let mut conditions = vec![LIVE, "attribute_not_exists(rejected)"];
        if let Some(stored) = rejection.stored {
            set.push_str(", refusedMd5 = :stored");
            conditions.push("(attribute_not_exists(claimedMd5) OR claimedMd5 <> :stored)");
            update = update.expression_attribute_values(":stored", text(stored.to_string()));
        } else {
            set.push_str(" REMOVE refusedMd5");
        }
        let update = update
            .update_expression(format!("{set} ADD rejections :one"))
            .condition_expression(conditions.join(" AND "));
        Ok(match self.apply(update, authority).await? {
            // Our own mark: only the answer to a first attempt was lost.
            Update::Refused(file) if file.rejecting() == Some(rejection) => Update::Applied(file),
            update => update,
        })
    }

    /// Takes the mark of a rejection away, once its object is gone, and opens the session again. If
    /// the mark or the session is gone already, nothing changes.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound), or DynamoDB's failure.
    pub async fn end_rejection(
        &self,
        authority: &Authority,
        rejection: &Rejection,
        reopening: &Reopening,
    ) -> Result<Update> {
        let condition = "id = :id AND rejectedBy = :by AND #status IN (:pending, :completing)";
        let update = self
            .reopened(authority, reopening, "rejected, rejectedAt, rejectedBy, ")
            .condition_expression(condition)
            .expression_attribute_values(":by", text(&rejection.by));
        self.apply(update, authority).await
    }

    /// COMPLETING → PENDING: S3 would not join the parts of `upload`, or does not know it any more. For
    /// a single PUT, which has none, S3 lost the object.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound), or DynamoDB's failure.
    pub async fn reopen(
        &self,
        authority: &Authority,
        upload: Option<&UploadId>,
        reopening: &Reopening,
    ) -> Result<Update> {
        let mut conditions = vec!["id = :id AND #status IN (:pending, :completing)"];
        let mut update = self.reopened(authority, reopening, "");
        if let Some(upload) = upload {
            conditions.push("uploadId = :upload");
            update = update.expression_attribute_values(":upload", text(upload.as_str()));
        }
        conditions.push("attribute_not_exists(rejected)");
        self.apply(update.condition_expression(conditions.join(" AND ")), authority).await
    }

    fn reopened(
        &self,
        authority: &Authority,
        reopening: &Reopening,
        mark: &str,
    ) -> UpdateItemFluentBuilder {
        let mut set = "SET #status = :pending".to_owned();
        let mut update = self
            .record(authority)
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":pending", text("PENDING"))
            .expression_attribute_values(":completing", text(COMPLETING));
        if let Some(upload) = &reopening.upload {
            set.push_str(", uploadId = :fresh");
            update = update.expression_attribute_values(":fresh", text(upload.as_str()));
        }
        if let Some(expires_at) = reopening.expires_at {
            set.push_str(", expiresAt = :until");
            update = update.expression_attribute_values(":until", number(expires_at.millis()));
        }
        update.update_expression(format!(
            "{set} REMOVE {mark}completingSince, claimedMd5, {PROGRESS}"
        ))
    }
}
