//! What the event function learns: MD5s, and how far it has come with one.

use std::fmt::Write as _;

use super::lifecycle::OPEN;
use super::{Files, Update};
use crate::domain::metadata::Findings;
use crate::domain::{ETag, Md5, Midway, StoredObject, Timestamp};
use crate::storage::Authority;
use crate::storage::table::{number, text};
use crate::{Error, Result};

/// The attributes that tell how far an object has been read.
pub(super) const PROGRESS: &str = "hashedEtag, bytesHashed, md5State, hashedAt";

impl Files {
    /// Records the MD5 of an object, for completions that S3 does not tell it. An event that is older
    /// than the one recorded last changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or DynamoDB's failure.
    pub async fn record_verified(
        &self,
        authority: &Authority,
        object: &StoredObject,
        sequencer: &str,
        now: Timestamp,
    ) -> Result<Update> {
        let md5 =
            object.md5.ok_or_else(|| Error::internal("an object without MD5 was recorded"))?;
        let newest = "(attribute_not_exists(verifiedBy) OR verifiedBy < :by)";
        let update = self
            .session(authority, now)
            .update_expression("SET verifiedEtag = :etag, verifiedMd5 = :md5, verifiedBy = :by")
            .condition_expression(format!("{OPEN} AND {newest}"))
            .expression_attribute_values(":etag", text(object.etag.as_str()))
            .expression_attribute_values(":md5", text(md5.to_string()))
            .expression_attribute_values(":by", text(sequencer));
        self.apply(update, authority).await
    }

    /// Notes how far an object has been read, unless somebody has come further or its MD5 is known.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or DynamoDB's failure.
    pub async fn note_progress(
        &self,
        authority: &Authority,
        midway: &Midway,
        now: Timestamp,
    ) -> Result<Update> {
        let further = "(attribute_not_exists(hashedEtag) OR hashedEtag <> :etag \
                        OR bytesHashed < :bytes)";
        let update = self
            .record(authority)
            .update_expression(
                "SET hashedEtag = :etag, bytesHashed = :bytes, md5State = :state, hashedAt = :now",
            )
            .condition_expression(format!("id = :id AND attribute_not_exists(md5) AND {further}"))
            .expression_attribute_values(":etag", text(midway.etag.as_str()))
            .expression_attribute_values(":bytes", number(midway.bytes_hashed))
            .expression_attribute_values(":state", text(midway.state.to_string()))
            .expression_attribute_values(":now", number(now.millis()));
        self.apply(update, authority).await
    }

    /// Records what the bytes tell of a file, whose analysis was wanted.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or DynamoDB's failure.
    pub async fn record_findings(
        &self,
        authority: &Authority,
        findings: &Findings,
        now: Timestamp,
    ) -> Result<Update> {
        let metadata = findings.metadata.as_ref();
        let dimensions = metadata.and_then(|metadata| metadata.dimensions);
        let known = [
            ("detectedMimeType", findings.detected_mime_type.as_ref().map(|it| text(it.as_str()))),
            ("mediaFormat", metadata.map(|metadata| text(metadata.format.as_str()))),
            ("mediaWidth", dimensions.map(|size| number(size.width().into()))),
            ("mediaHeight", dimensions.map(|size| number(size.height().into()))),
            ("mediaDurationMs", metadata.and_then(|it| it.duration_ms).map(number)),
        ];
        let mut set = "SET analyzedAt = :now".to_owned();
        let mut update = self.record(authority);
        for (name, value) in known.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            let _ = write!(set, ", {name} = :{name}");
            update = update.expression_attribute_values(format!(":{name}"), value);
        }
        let update = update
            .update_expression(set)
            .condition_expression("id = :id AND attribute_exists(analysisWantedAt)")
            .expression_attribute_values(":now", number(now.millis()));
        self.apply(update, authority).await
    }

    /// Adds the MD5 to a file that was completed without.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or DynamoDB's failure.
    pub async fn amend(&self, authority: &Authority, etag: &ETag, md5: Md5) -> Result<Update> {
        let update = self
            .record(authority)
            .update_expression(format!("SET md5 = :md5 REMOVE {PROGRESS}"))
            .condition_expression("id = :id AND #status = :completed AND etag = :etag")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":completed", text("COMPLETED"))
            .expression_attribute_values(":etag", text(etag.as_str()))
            .expression_attribute_values(":md5", text(md5.to_string()));
        self.apply(update, authority).await
    }
}
