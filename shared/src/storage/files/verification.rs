//! What is learnt by reading the bytes: MD5s, how far the reading has come, and media metadata.

use super::{Files, Update};
use crate::Result;
use crate::domain::metadata::Findings;
use crate::domain::{ETag, Md5, Midway, Timestamp};
use crate::storage::Authority;
use crate::storage::table::{number, text};
use crate::uploads::File;
use crate::uploads::evidence::Seen;
use crate::uploads::state::Mark;

/// The attributes that tell how far an object has been read.
pub(super) const PROGRESS: &str = "hashedEtag, bytesHashed, md5State, hashedAt";

/// The attributes that tell of the bytes that arrived.
pub(super) const VERIFIED: &str = "verifiedEtag, verifiedMd5, verifiedBytes, verifiedAt";

impl Files {
    /// Records the MD5 of an object, for completions that S3 does not tell it. `sequencer` is the
    /// event's: an event that is older than the one recorded last changes nothing.
    pub(crate) async fn record_verified(
        &self,
        authority: &Authority,
        seen: &Seen,
        md5: Md5,
        sequencer: &str,
        now: Timestamp,
    ) -> Result<Update> {
        let change = self
            .mark(authority, Mark::Verified, now)
            // An event may tell of bytes that were rejected since.
            .rejected_no_more_than(seen.rejections)
            // S3 delivers events in any order, and more than once.
            .when("(attribute_not_exists(verifiedBy) OR verifiedBy < :by)")
            .set("verifiedEtag = :etag, verifiedMd5 = :md5, verifiedBy = :by")
            .set("verifiedBytes = :bytes, verifiedAt = :now")
            .value(":etag", text(seen.object.etag.as_str()))
            .value(":bytes", number(seen.object.size_bytes))
            .value(":md5", text(md5.to_string()))
            .value(":by", text(sequencer));
        Ok(match change.apply().await? {
            // The session is open and nothing was rejected, so a newer event was recorded first: this one is
            // history.
            Update::Refused(file) if is_as_seen(&file, seen, now) => Update::Applied(file),
            update => update,
        })
    }

    /// Records how far an object has been read, unless another invocation has come further or the MD5 is known.
    pub(crate) async fn note_progress(
        &self,
        authority: &Authority,
        midway: &Midway,
        now: Timestamp,
    ) -> Result<Update> {
        self.change(authority)
            // Two invocations can read the same bytes at once, if an event came twice.
            .when("attribute_not_exists(md5)")
            .when(
                "(attribute_not_exists(hashedEtag) OR hashedEtag <> :etag OR bytesHashed < :bytes)",
            )
            .set("hashedEtag = :etag, bytesHashed = :bytes, md5State = :state, hashedAt = :now")
            .value(":etag", text(midway.etag.as_str()))
            .value(":bytes", number(midway.bytes_hashed))
            .value(":state", text(midway.state.to_string()))
            .value(":now", number(now.millis()))
            .apply()
            .await
    }

    /// Records the MD5 of a file that was completed without one.
    pub(crate) async fn record_completed_md5(
        &self,
        authority: &Authority,
        etag: &ETag,
        md5: Md5,
        now: Timestamp,
    ) -> Result<Update> {
        self.mark(authority, Mark::CompletedMd5, now)
            .when("etag = :etag")
            .set("md5 = :md5")
            .remove(PROGRESS)
            .value(":etag", text(etag.as_str()))
            .value(":md5", text(md5.to_string()))
            .apply()
            .await
    }

    /// Records the media metadata that was requested of a file.
    pub(crate) async fn record_findings(
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
        let mut change = self
            .change(authority)
            .when("attribute_exists(analysisWantedAt)")
            .set("analyzedAt = :now")
            .value(":now", number(now.millis()));
        for (name, value) in known.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            change = change.set(format!("{name} = :{name}")).value(format!(":{name}"), value);
        }
        change.apply().await
    }
}

/// Whether the session takes bytes, and no object was rejected since this one was seen.
fn is_as_seen(file: &File, seen: &Seen, now: Timestamp) -> bool {
    let is_untouched = file.rejections() == seen.rejections && file.rejection().is_none();
    is_untouched && file.open_session(now).is_ok()
}
