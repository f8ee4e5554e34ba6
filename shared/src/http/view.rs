//! The JSON of every answer.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::parts_view::{PartTicketView, PartsView};
use crate::domain::metadata::{Dimensions, Format, Metadata};
use crate::domain::{FileId, Filename, Labels, Md5, MimeType, Ticket, Timestamp};
use crate::listing::Listing;
use crate::uploads::evidence::Verified;
use crate::uploads::state::{Analysis, Completed};
use crate::uploads::{File, Status};

/// A file.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "File")]
pub struct FileView {
    #[serde(serialize_with = "text")]
    id: FileId,
    #[schemars(with = "Status")]
    status: &'static str,
    #[schemars(with = "Filename")]
    filename: String,
    #[schemars(with = "MimeType")]
    mime_type: String,
    /// The size that was announced, in bytes.
    size_bytes: u64,
    /// The application's own words about the file.
    #[schemars(with = "Labels")]
    labels: BTreeMap<String, String>,
    /// When the upload was opened.
    #[serde(serialize_with = "text")]
    created_at: Timestamp,
    /// When the file was completed; null unless it is COMPLETED.
    #[serde(serialize_with = "text_or_null")]
    completed_at: Option<Timestamp>,
    /// When the upload expires; null unless it can still expire.
    #[serde(serialize_with = "text_or_null")]
    expires_at: Option<Timestamp>,
    /// The MD5 of the bytes, as S3 holds them; null as long as it is not known.
    #[serde(serialize_with = "text_or_null")]
    md5: Option<Md5>,
    /// The bytes that have arrived for a PENDING file that is uploaded by a single PUT; null as long as S3 has
    /// told of none, after a rejection, and in every other status.
    received: Option<ReceivedView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<PartsView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification: Option<VerificationView>,
    /// The media type that the bytes themselves bear witness to. Only after a completion with
    /// `autoMetaAnalysis`.
    #[schemars(with = "Option<MimeType>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    detected_mime_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<MetadataView>,
}

impl FileView {
    /// The file as it is at `now`.
    #[must_use]
    pub fn new(file: &File, now: Timestamp) -> Self {
        let status = file.status(now);
        let completed = file.completed(now).ok();
        let findings = match completed.and_then(|completed| completed.analysis.as_ref()) {
            Some(Analysis::Done(findings)) => Some(findings),
            Some(Analysis::Requested) | None => None,
        };
        let detected = findings.and_then(|findings| findings.detected_mime_type.as_ref());
        let is_pending = status == Status::Pending;
        Self {
            id: file.id,
            status: status.as_str(),
            filename: file.filename.as_str().to_owned(),
            mime_type: file.mime_type.as_str().to_owned(),
            size_bytes: file.size_bytes,
            labels: file.labels.iter().map(|(name, value)| (name.into(), value.into())).collect(),
            created_at: file.created_at,
            completed_at: completed.map(|completed| completed.at),
            // A completion that has begun does not expire.
            expires_at: file.open_session(now).ok().map(|session| session.expires_at),
            md5: completed.and_then(Completed::md5),
            received: file.received(now).map(ReceivedView::new),
            parts: file.multipart.as_ref().filter(|_| is_pending).map(PartsView::new),
            verification: VerificationView::new(file, now),
            detected_mime_type: detected.map(|mime_type| mime_type.as_str().to_owned()),
            metadata: findings.and_then(|it| it.metadata.as_ref()).map(MetadataView::new),
        }
    }
}

/// What the bytes of an image, a video or a sound recording tell. Only after a completion with
/// `autoMetaAnalysis`.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Metadata")]
struct MetadataView {
    #[schemars(with = "Format")]
    format: &'static str,
    /// The width of the picture in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    /// The height of the picture in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    /// The length of the recording in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<u64>,
}

impl MetadataView {
    fn new(metadata: &Metadata) -> Self {
        Self {
            format: metadata.format.as_str(),
            width: metadata.dimensions.map(Dimensions::width),
            height: metadata.dimensions.map(Dimensions::height),
            duration_ms: metadata.duration_ms,
        }
    }
}

/// Bytes that S3 has told of, a moment after their PUT. Nothing is proven of them before the file is COMPLETED.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Received")]
struct ReceivedView {
    /// How many they are.
    size_bytes: u64,
    /// Their MD5.
    #[serde(serialize_with = "text")]
    md5: Md5,
    /// When S3 told of them.
    #[serde(serialize_with = "text")]
    at: Timestamp,
}

impl ReceivedView {
    fn new(received: &Verified) -> Self {
        Self { size_bytes: received.size_bytes, md5: received.md5, at: received.at }
    }
}

/// The progress or the failure of the proof of a PENDING file.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Verification")]
struct VerificationView {
    /// HASHING: the bytes are being read, and the file will be COMPLETED or rejected. REJECTED: the stored
    /// bytes had another MD5 than was claimed; they are gone, and the upload can be sent again.
    #[schemars(extend("enum" = ["HASHING", "REJECTED"]))]
    state: &'static str,
    /// How many bytes have been read.
    bytes_hashed: u64,
    /// The MD5 of the bytes that were rejected.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "text_or_null")]
    stored_md5: Option<Md5>,
}

impl VerificationView {
    fn new(file: &File, now: Timestamp) -> Option<Self> {
        if file.is_completing() {
            let bytes_hashed = file.progress().map_or(0, |progress| progress.midway.bytes_hashed);
            return Some(Self { state: "HASHING", bytes_hashed, stored_md5: None });
        }
        let stored_md5 = Some(file.open_session(now).ok()?.evidence.rejections.md5()?);
        Some(Self { state: "REJECTED", bytes_hashed: file.size_bytes, stored_md5 })
    }
}

/// A file whose upload may begin. Where the request repeats an earlier one with the same `Idempotency-Key`, the file
/// is as it is now, and without URLs unless it still takes bytes.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CreatedFile")]
pub struct CreatedView {
    #[serde(flatten)]
    file: FileView,
    /// The presigned URL to PUT the bytes to, until `expiresAt`. A secret: whoever has it can upload.
    /// Absent if the file is uploaded in parts, or takes no bytes any more.
    #[schemars(extend("format" = "uri"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    upload_url: Option<String>,
    /// The headers to send with the PUT, exactly these. Your HTTP library sets `content-length` itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    upload_headers: Option<BTreeMap<String, String>>,
}

impl CreatedView {
    /// The file as it is at `now`, with what its upload needs.
    #[must_use]
    pub fn new(file: &File, ticket: Option<Ticket>, now: Timestamp) -> Self {
        let mut file = FileView::new(file, now);
        match ticket {
            None => Self { file, upload_url: None, upload_headers: None },
            Some(Ticket::Put(ticket)) => Self {
                file,
                upload_url: Some(ticket.url.reveal().to_owned()),
                upload_headers: Some(ticket.headers),
            },
            Some(Ticket::Parts(tickets)) => {
                if let Some(parts) = &mut file.parts {
                    parts.data = Some(tickets.into_iter().map(PartTicketView::new).collect());
                }
                Self { file, upload_url: None, upload_headers: None }
            }
        }
    }
}

/// A page of files.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "FileList")]
pub struct ListView {
    #[schemars(extend("enum" = ["list"]))]
    object: &'static str,
    /// The files, newest first.
    data: Vec<FileView>,
    /// How many files the workspace has, in every status.
    total_count: u64,
    /// The `after` of the next page; null if no file is older than those in `data`.
    #[serde(serialize_with = "text_or_null")]
    next_after: Option<FileId>,
}

impl ListView {
    /// The page as it is at `now`.
    #[must_use]
    pub fn new(listing: &Listing, now: Timestamp) -> Self {
        let data = listing.files.iter().map(|file| FileView::new(file, now)).collect();
        Self {
            object: "list",
            data,
            total_count: listing.total(),
            next_after: listing.next_after(),
        }
    }
}

pub(super) fn text<S: Serializer>(value: &impl ToString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.to_string())
}

#[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
pub(super) fn text_or_null<S: Serializer>(
    value: &Option<impl ToString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => text(value, serializer),
        None => serializer.serialize_none(),
    }
}
