//! The moves of the state machine. Each repeats in its condition what the domain decides: the file
//! must be PENDING, its time must not be up, and nothing may be about to delete its bytes.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;

use super::rows::found;
use super::{Files, Update};
use crate::domain::completion::Glimpse;
use crate::domain::file::Rejection;
use crate::domain::{Caller, Completion, File, FileId, ObjectKey, StoredObject, Timestamp};
use crate::storage::table::{Conditional, ItemKey, conditional, number, text};
use crate::{Error, Result};

/// The session is open.
const OPEN: &str = "id = :id AND #status = :pending AND expiresAt > :now";

impl Files {
    /// PENDING → COMPLETED, if what `completion` saw is certainly still there and is what was
    /// promised. Where S3 did not tell the MD5, the one recorded for exactly these bytes counts.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or DynamoDB's failure.
    pub async fn complete(
        &self,
        caller: &Caller,
        completion: &Completion,
        now: Timestamp,
    ) -> Result<Update> {
        let key = ObjectKey { workspace: caller.workspace().clone(), file: completion.file };
        let Glimpse { held, rejections } = &completion.seen;
        let mut conditions = vec![OPEN, "sizeBytes = :size"];
        let mut update = self
            .open_session(&key, now)
            .expression_attribute_values(":completed", text("COMPLETED"))
            .expression_attribute_values(":size", number(held.size_bytes))
            .expression_attribute_values(":etag", text(held.etag.as_str()));
        if *rejections == 0 {
            conditions.push("attribute_not_exists(rejections)");
        } else {
            conditions.push("rejections = :rejections AND attribute_not_exists(rejected)");
            update = update.expression_attribute_values(":rejections", number(*rejections));
        }
        let md5 = if let Some(md5) = held.md5 {
            update = update.expression_attribute_values(":md5", text(md5.to_string()));
            ":md5"
        } else {
            // A recorded MD5 that spells the ETag was taken from it, and here the ETag is none.
            conditions.push("verifiedEtag = :etag AND verifiedMd5 <> :etag");
            if let Some(claimed) = completion.claimed {
                conditions.push("verifiedMd5 = :claimed");
                update = update.expression_attribute_values(":claimed", text(claimed.to_string()));
            }
            "verifiedMd5"
        };
        let update = update.condition_expression(conditions.join(" AND ")).update_expression(format!(
            "SET #status = :completed, completedAt = :now, etag = :etag, md5 = {md5} REMOVE expiresAt"
        ));
        self.apply(update, completion.file).await
    }

    /// PENDING → CANCELLED.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::FileNotPending`], or DynamoDB's failure.
    pub async fn cancel(&self, caller: &Caller, id: FileId, now: Timestamp) -> Result<File> {
        let key = ObjectKey { workspace: caller.workspace().clone(), file: id };
        let update = self
            .open_session(&key, now)
            .update_expression("SET #status = :cancelled REMOVE expiresAt")
            .condition_expression(OPEN)
            .expression_attribute_values(":cancelled", text("CANCELLED"));
        match self.apply(update, id).await? {
            Update::Applied(file) => Ok(file),
            Update::Refused(file) => Err(Error::FileNotPending { status: file.status(now) }),
        }
    }

    /// PENDING → EXPIRED, for a session whose time is up; a file in any other state stays as it is.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or DynamoDB's failure.
    pub async fn expire(&self, key: &ObjectKey, now: Timestamp) -> Result<Update> {
        let update = self
            .open_session(key, now)
            .update_expression("SET #status = :expired REMOVE expiresAt")
            .condition_expression("id = :id AND #status = :pending AND expiresAt <= :now")
            .expression_attribute_values(":expired", text("EXPIRED"));
        self.apply(update, key.file).await
    }

    /// Records the MD5 of an object, for completions that S3 does not tell it. An event that is older
    /// than the one recorded last changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or DynamoDB's failure.
    pub async fn record_verified(
        &self,
        key: &ObjectKey,
        object: &StoredObject,
        sequencer: &str,
        now: Timestamp,
    ) -> Result<Update> {
        let md5 =
            object.md5.ok_or_else(|| Error::internal("an object without MD5 was recorded"))?;
        let newest = "(attribute_not_exists(verifiedBy) OR verifiedBy < :by)";
        let update = self
            .open_session(key, now)
            .update_expression("SET verifiedEtag = :etag, verifiedMd5 = :md5, verifiedBy = :by")
            .condition_expression(format!("{OPEN} AND {newest}"))
            .expression_attribute_values(":etag", text(object.etag.as_str()))
            .expression_attribute_values(":md5", text(md5.to_string()))
            .expression_attribute_values(":by", text(sequencer));
        self.apply(update, key.file).await
    }

    /// Marks an object as being rejected, so that nothing can complete with it. Counts it, so that
    /// whoever saw it before the mark learns that it may be gone.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or DynamoDB's failure.
    pub async fn begin_rejection(
        &self,
        caller: &Caller,
        id: FileId,
        rejection: &Rejection,
    ) -> Result<Update> {
        let key = ObjectKey { workspace: caller.workspace().clone(), file: id };
        let update = self
            .open_session(&key, rejection.since)
            .update_expression(
                "SET rejected = :etag, rejectedAt = :now, rejectedBy = :by ADD rejections :one",
            )
            .condition_expression(format!("{OPEN} AND attribute_not_exists(rejected)"))
            .expression_attribute_values(":etag", text(rejection.etag.as_str()))
            .expression_attribute_values(":by", text(&rejection.by))
            .expression_attribute_values(":one", number(1));
        Ok(match self.apply(update, id).await? {
            // Our own mark: only the answer to a first attempt was lost.
            Update::Refused(file) if file.is_rejected_by(rejection) => Update::Applied(file),
            update => update,
        })
    }

    /// Takes the mark of a rejection away, once its object is gone. If it is gone already, fine.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn end_rejection(
        &self,
        caller: &Caller,
        id: FileId,
        rejection: &Rejection,
    ) -> Result<()> {
        let outcome = self
            .table
            .update(&ItemKey::File(caller.workspace(), id.sequence()))
            .update_expression("REMOVE rejected, rejectedAt, rejectedBy")
            .condition_expression("id = :id AND rejectedBy = :by")
            .expression_attribute_values(":id", text(id.to_string()))
            .expression_attribute_values(":by", text(&rejection.by))
            .send()
            .await;
        conditional(outcome, "dynamodb:UpdateItem on a file").map(|_| ())
    }

    /// An update of a file that may use the values which [`OPEN`] names.
    fn open_session(&self, key: &ObjectKey, now: Timestamp) -> UpdateItemFluentBuilder {
        self.table
            .update(&ItemKey::File(&key.workspace, key.file.sequence()))
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":id", text(key.file.to_string()))
            .expression_attribute_values(":pending", text("PENDING"))
            .expression_attribute_values(":now", number(now.millis()))
    }

    async fn apply(&self, update: UpdateItemFluentBuilder, id: FileId) -> Result<Update> {
        match conditional(update.send().await, "dynamodb:UpdateItem on a file")? {
            Conditional::Applied(item) => found(Some(item), id).map(Update::Applied),
            Conditional::Refused(item) => found(item, id).map(Update::Refused),
        }
    }
}
