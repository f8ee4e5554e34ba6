//! Completing: at once, or by way of COMPLETING where joining or reading the bytes takes time.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;

use super::lifecycle::LIVE;
use super::{Files, Update};
use crate::Result;
use crate::domain::Timestamp;
use crate::storage::Authority;
use crate::storage::table::{number, text};
use crate::uploads::Completion;
use crate::uploads::completion::{Beginning, Glimpse, Proof};

/// What a session that is over has no use for.
const SESSION: &str = "expiresAt, completingSince, claimedMd5, refusedMd5";

/// What asks for the analysis of a file, unless it is done. The value is one that is there anyway.
const ANALYZE: &str = ", analysisWantedAt = if_not_exists(analysisWantedAt, :now)";

impl Files {
    /// PENDING, COMPLETING → COMPLETED, if what `completion` saw is certainly still there and is what
    /// was promised.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound), or DynamoDB's failure.
    pub async fn complete(
        &self,
        authority: &Authority,
        completion: &Completion,
        now: Timestamp,
    ) -> Result<Update> {
        let Completion { seen: Glimpse { held, rejections }, proof, analyze } = completion;
        let (mut update, undisturbed) = undisturbed(self.live_session(authority, now), *rejections);
        let mut conditions = vec![LIVE, undisturbed, "sizeBytes = :size"];
        let mut set = "SET #status = :completed, completedAt = :now, etag = :etag".to_owned();
        match proof {
            Proof::Md5(md5) => {
                conditions.push("(attribute_not_exists(claimedMd5) OR claimedMd5 = :md5)");
                update = update.expression_attribute_values(":md5", text(md5.to_string()));
                set.push_str(", md5 = :md5");
            }
            Proof::Recorded { claimed } => {
                // A recorded MD5 that spells the ETag was taken from it, and here the ETag is none.
                conditions.push("verifiedEtag = :etag AND verifiedMd5 <> :etag");
                conditions.push("(attribute_not_exists(claimedMd5) OR claimedMd5 = verifiedMd5)");
                if let Some(claimed) = claimed {
                    conditions.push("verifiedMd5 = :claimed");
                    update =
                        update.expression_attribute_values(":claimed", text(claimed.to_string()));
                }
                set.push_str(", md5 = verifiedMd5");
            }
            Proof::Parts => {
                conditions.push("attribute_exists(uploadId) AND attribute_not_exists(claimedMd5)");
            }
        }
        if *analyze {
            set.push_str(ANALYZE);
        }
        let update = update
            .condition_expression(conditions.join(" AND "))
            .update_expression(format!("{set} REMOVE {SESSION}"))
            .expression_attribute_values(":completed", text("COMPLETED"))
            .expression_attribute_values(":size", number(held.size_bytes))
            .expression_attribute_values(":etag", text(held.etag.as_str()));
        self.apply(update, authority).await
    }

    /// PENDING → COMPLETING, or again: from now on the session does not end by itself.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound), or DynamoDB's failure.
    pub async fn begin_completion(
        &self,
        authority: &Authority,
        beginning: Beginning<'_>,
        now: Timestamp,
    ) -> Result<Update> {
        let Beginning { upload, rejections, claim } = beginning;
        let (mut update, undisturbed) = undisturbed(self.live_session(authority, now), rejections);
        let mut conditions = vec![LIVE, undisturbed];
        let mut set = "SET #status = :completing, \
                       completingSince = if_not_exists(completingSince, :now)"
            .to_owned();
        if let Some(upload) = upload {
            conditions.push("uploadId = :upload");
            update = update.expression_attribute_values(":upload", text(upload.as_str()));
        }
        if let Some(claimed) = claim.md5 {
            conditions.push("(attribute_not_exists(claimedMd5) OR claimedMd5 = :claimed)");
            set.push_str(", claimedMd5 = :claimed");
            update = update.expression_attribute_values(":claimed", text(claimed.to_string()));
        }
        if claim.analyze {
            set.push_str(ANALYZE);
        }
        let update = update
            .condition_expression(conditions.join(" AND "))
            .update_expression(format!("{set} REMOVE refusedMd5"));
        self.apply(update, authority).await
    }
}

/// Adds the demand that nothing is being rejected, and that nothing was since the file was known to
/// have had so many rejections.
fn undisturbed(
    update: UpdateItemFluentBuilder,
    rejections: u64,
) -> (UpdateItemFluentBuilder, &'static str) {
    if rejections == 0 {
        return (update, "attribute_not_exists(rejections)");
    }
    let update = update.expression_attribute_values(":rejections", number(rejections));
    (update, "rejections = :rejections AND attribute_not_exists(rejected)")
}
