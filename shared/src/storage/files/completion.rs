//! Completing: at once, or by way of COMPLETING where joining or reading the bytes takes time.

use super::change::Change;
use super::{Files, Update};
use crate::Result;
use crate::domain::{Timestamp, UploadId};
use crate::storage::Authority;
use crate::storage::table::{number, text};
use crate::uploads::decide::{Claim, Proof};
use crate::uploads::evidence::Seen;
use crate::uploads::state::StateName;

/// A completion that is about to be recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Completion<'a> {
    /// The object that S3 held.
    pub(crate) seen: &'a Seen,
    /// Why its bytes are the file.
    pub(crate) proof: Proof,
    /// Whether media metadata should be extracted from them.
    pub(crate) analyze: bool,
}

/// A completion that is about to begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beginning<'a> {
    /// The multipart upload that is about to be joined.
    pub(crate) upload: Option<&'a UploadId>,
    /// How many rejections were recorded before S3 was asked.
    pub(crate) rejections: u64,
    /// The client's claim.
    pub(crate) claim: &'a Claim,
}

/// Requests media analysis unless it was already requested.
const REQUEST_ANALYSIS: &str = "analysisWantedAt = if_not_exists(analysisWantedAt, :now)";

impl Files {
    /// → COMPLETED, if the object that was seen is certainly still there, has the announced size, and is
    /// what a completion that has begun claims.
    pub(crate) async fn complete(
        &self,
        authority: &Authority,
        completion: &Completion<'_>,
        now: Timestamp,
    ) -> Result<Update> {
        let Completion { seen, proof, analyze } = completion;
        let etag = text(seen.object.etag.as_str());
        let mut change = self
            .enter(authority, StateName::Completed, now)
            .rejected_no_more_than(seen.rejections)
            // The record has not been read in the usual case, so its size is compared here.
            .when("sizeBytes = :size")
            .value(":size", number(seen.object.size_bytes))
            .set("completedAt = :now, etag = :etag")
            .value(":etag", etag)
            .remove("expiresAt, completingSince, claimedMd5, refusedMd5");
        change = match proof {
            Proof::Md5(md5) => change
                // Another request may have begun a completion with another claim.
                .when("(attribute_not_exists(claimedMd5) OR claimedMd5 = :md5)")
                .set("md5 = :md5")
                .value(":md5", text(md5.to_string())),
            Proof::Recorded { claimed } => {
                // A recorded MD5 that spells the ETag was taken from it, and here the ETag is none.
                change = change
                    .when("verifiedEtag = :etag AND verifiedMd5 <> :etag")
                    .when("(attribute_not_exists(claimedMd5) OR claimedMd5 = verifiedMd5)")
                    .set("md5 = verifiedMd5");
                match claimed {
                    None => change,
                    Some(claimed) => change
                        .when("verifiedMd5 = :claimed")
                        .value(":claimed", text(claimed.to_string())),
                }
            }
            Proof::Event { md5, is_certain } => {
                let declared = if *is_certain {
                    "(attribute_not_exists(declaredMd5) OR declaredMd5 = :md5)"
                } else {
                    "declaredMd5 = :md5"
                };
                change
                    .when("attribute_exists(autoComplete)")
                    .when(declared)
                    .when("(attribute_not_exists(claimedMd5) OR claimedMd5 = :md5)")
                    .set("md5 = :md5")
                    .value(":md5", text(md5.to_string()))
            }
            Proof::Parts => {
                // A claimed MD5 makes the parts no proof: the bytes must be read.
                change.when("attribute_exists(uploadId) AND attribute_not_exists(claimedMd5)")
            }
        };
        if *analyze {
            change = change.set(REQUEST_ANALYSIS);
        }
        change.apply().await
    }

    /// → COMPLETING, or again: from now on the session does not end. A completion keeps the claim that it
    /// began with.
    pub(crate) async fn begin_completion(
        &self,
        authority: &Authority,
        beginning: Beginning<'_>,
        now: Timestamp,
    ) -> Result<Update> {
        let Beginning { upload, rejections, claim } = beginning;
        let mut change = self
            .enter(authority, StateName::Completing, now)
            .rejected_no_more_than(rejections)
            // A repeated complete does not make a stalled completion look alive.
            .set("completingSince = if_not_exists(completingSince, :now)")
            .remove("refusedMd5");
        if let Some(upload) = upload {
            change = change.when("uploadId = :upload").value(":upload", text(upload.as_str()));
        }
        if let Some(claimed) = claim.md5 {
            change = change
                .when("(attribute_not_exists(claimedMd5) OR claimedMd5 = :claimed)")
                .set("claimedMd5 = :claimed")
                .value(":claimed", text(claimed.to_string()));
        }
        if claim.analyze {
            change = change.set(REQUEST_ANALYSIS);
        }
        change.apply().await
    }
}

impl Change {
    /// Demands that nothing is being rejected, and that nothing was since `rejections` were recorded.
    /// The object that was seen could be gone otherwise.
    pub(super) fn rejected_no_more_than(self, rejections: u64) -> Self {
        if rejections == 0 {
            return self.when("attribute_not_exists(rejections)");
        }
        self.when("rejections = :rejections AND attribute_not_exists(rejected)")
            .value(":rejections", number(rejections))
    }
}
