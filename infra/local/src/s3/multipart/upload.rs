//! What the store knows of a multipart upload and its parts; written as JSON, so it survives a restart.

use std::collections::BTreeMap;

use s3s::dto::{ETag, PartNumber, Timestamp};
use serde::{Deserialize, Serialize};

use super::checksum::UploadChecksum;
use crate::Encryption;
use crate::clock::system_time;
use crate::s3::algorithm::Algorithm;
use crate::s3::content::Segment;
use crate::s3::object::ContentHeaders;

/// A multipart upload, and what its object will be like.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::s3) struct Upload {
    /// The upload id: a sequencer, so uploads are in the order of their creation.
    pub(super) id: String,
    /// The key of the object it is for.
    pub(super) key: String,
    /// When it was created, in milliseconds since the Unix epoch.
    pub(super) initiated_ms: u64,
    /// The checksum it was created for, if the creator asked for one.
    pub(super) asked_checksum: Option<UploadChecksum>,
    /// How the object will be kept.
    pub(super) encryption: Encryption,
    /// The headers that will come back with the content.
    pub(super) headers: ContentHeaders,
    /// What it ended in; `None` while it is open.
    pub(super) finished: Option<Finished>,
}

/// The end of a completed upload, to answer the same completion again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Finished {
    /// The number and `ETag` of each part that the object was made of.
    pub(super) parts: Vec<(PartNumber, String)>,
    /// The object's `ETag`.
    pub(super) etag: String,
    /// The object's checksums, base64.
    pub(super) checksums: BTreeMap<Algorithm, String>,
}

/// One part as it was last sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::s3) struct Part {
    /// 1 to 10,000.
    pub(super) number: PartNumber,
    /// Its bytes.
    pub(super) segment: Segment,
    /// 32 hex digits, without quotes.
    pub(super) etag: String,
    /// Its checksum by the upload's algorithm, base64.
    pub(super) checksum: String,
    /// Milliseconds since the Unix epoch.
    pub(super) last_modified_ms: u64,
}

impl Upload {
    /// The checksum of its parts and its object: the one asked for, or what S3 computes by itself.
    pub(super) fn checksum(&self) -> UploadChecksum {
        self.asked_checksum.unwrap_or_default()
    }

    /// When it was created.
    pub(super) fn initiated(&self) -> Timestamp {
        system_time(self.initiated_ms).into()
    }
}

impl Part {
    /// The `ETag` as a header value.
    pub(super) fn e_tag(&self) -> ETag {
        ETag::Strong(self.etag.clone())
    }

    /// When it was last sent.
    pub(super) fn last_modified(&self) -> Timestamp {
        system_time(self.last_modified_ms).into()
    }
}
