//! What the store knows of one object beside its bytes; written as JSON, so it survives a restart.

use std::collections::BTreeMap;

use hyper::HeaderMap;
use hyper::header::EXPIRES;
use s3s::dto::{ETag, Timestamp};
use serde::{Deserialize, Serialize};

use super::algorithm::Algorithm;
use super::content::Segment;
use crate::Encryption;
use crate::clock::system_time;

/// One published object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Object {
    /// The object key.
    pub(super) key: String,
    /// 16 hex digits, growing with every publication; also the name of the object's description, and of
    /// its content where that came in one PUT.
    pub(super) sequencer: String,
    /// The content's length in bytes.
    pub(super) size: u64,
    /// Without quotes: 32 hex digits, and of an assembled object the number of its parts behind a hyphen.
    pub(super) etag: String,
    /// Milliseconds since the Unix epoch.
    pub(super) last_modified_ms: u64,
    /// How it is kept, which decides whether the `ETag` is the MD5.
    pub(super) encryption: Encryption,
    /// The additional checksums, base64; of an assembled object perhaps checksums of its parts' checksums.
    pub(super) checksums: BTreeMap<Algorithm, String>,
    /// The headers that come back with the content.
    pub(super) headers: ContentHeaders,
    /// Whether `verify-upload` has acknowledged the object's creation.
    pub(super) announced: bool,
    /// What it was assembled from; `None` for content that came in one PUT.
    pub(super) assembled: Option<Assembled>,
}

/// The origin of an object that came in parts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Assembled {
    /// The multipart upload that was completed.
    pub(super) upload_id: String,
    /// The parts' files, in the order of the parts.
    pub(super) segments: Vec<Segment>,
}

/// The headers an uploader gives and a reader gets back.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct ContentHeaders {
    /// `content-type`.
    pub(super) content_type: Option<String>,
    /// `content-disposition`.
    pub(super) content_disposition: Option<String>,
    /// `content-encoding`.
    pub(super) content_encoding: Option<String>,
    /// `content-language`.
    pub(super) content_language: Option<String>,
    /// `cache-control`.
    pub(super) cache_control: Option<String>,
    /// `expires`, as it was sent: S3 does not parse it.
    pub(super) expires: Option<String>,
}

impl ContentHeaders {
    /// `content-encoding` without `aws-chunked`, which says how a request was sent and not what an
    /// object is.
    pub(super) fn encoding(sent: Option<String>) -> Option<String> {
        let sent = sent?;
        let kept = sent.split(',').map(str::trim).filter(|coding| *coding != "aws-chunked");
        let kept: Vec<_> = kept.collect();
        (!kept.is_empty()).then(|| kept.join(","))
    }

    /// `expires` of a request.
    pub(super) fn expires(sent: &HeaderMap) -> Option<String> {
        sent.get(EXPIRES)?.to_str().ok().map(str::to_owned)
    }
}

impl Object {
    /// The files that its bytes are in.
    pub(super) fn segments(&self) -> Vec<Segment> {
        match &self.assembled {
            Some(assembled) => assembled.segments.clone(),
            None => vec![Segment { file: self.sequencer.clone(), size: self.size }],
        }
    }

    /// The `ETag` as a header value.
    pub(super) fn e_tag(&self) -> ETag {
        ETag::Strong(self.etag.clone())
    }

    /// When it was published.
    pub(super) fn last_modified(&self) -> Timestamp {
        system_time(self.last_modified_ms).into()
    }
}
