//! What the API shows of multipart uploads.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::view::text;
use crate::domain::multipart::PartTicket;
use crate::domain::{ETag, Multipart, PartNumber, StoredPart, Timestamp};

/// How a PENDING file is cut into parts.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Parts")]
pub(super) struct PartsView {
    /// The size of every part but the last, which has the rest, in bytes.
    part_size_bytes: u64,
    /// How many parts there are.
    count: u64,
    /// The uploads of the first 100 parts. Only in the answer to create-file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<Vec<PartTicketView>>,
}

impl PartsView {
    pub(super) fn new(multipart: &Multipart) -> Self {
        let plan = multipart.plan;
        Self { part_size_bytes: plan.part_size_bytes(), count: plan.count(), data: None }
    }
}

/// What is needed to PUT one part.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PartUpload")]
pub(super) struct PartTicketView {
    #[schemars(with = "PartNumber")]
    part_number: u16,
    /// The presigned URL to PUT the part to. A secret: whoever has it can upload.
    #[schemars(extend("format" = "uri"))]
    url: String,
    /// The headers to send with the PUT, exactly these.
    headers: BTreeMap<String, String>,
    /// Until when the URL works.
    #[serde(serialize_with = "text")]
    expires_at: Timestamp,
}

impl PartTicketView {
    pub(super) fn new(part: PartTicket) -> Self {
        Self {
            part_number: part.number.get(),
            url: part.ticket.url.reveal().to_owned(),
            headers: part.ticket.headers,
            expires_at: part.expires_at,
        }
    }
}

impl std::fmt::Debug for PartTicketView {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "PartTicketView({}, ..)", self.part_number)
    }
}

/// The PUTs of some parts.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "SignedParts")]
pub struct SignedPartsView {
    data: Vec<PartTicketView>,
}

impl SignedPartsView {
    /// The PUTs of these parts.
    #[must_use]
    pub fn new(parts: Vec<PartTicket>) -> Self {
        Self { data: parts.into_iter().map(PartTicketView::new).collect() }
    }
}

/// Some of the parts that S3 holds.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "StoredPartList")]
pub struct StoredPartsView {
    #[schemars(extend("enum" = ["list"]))]
    object: &'static str,
    /// The parts, by their numbers.
    data: Vec<StoredPartView>,
    /// Whether there are parts after these: ask for them by `after`.
    has_more: bool,
}

/// A part that S3 holds.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "StoredPart")]
struct StoredPartView {
    #[schemars(with = "PartNumber")]
    part_number: u16,
    /// The size of the part in bytes.
    size_bytes: u64,
    #[schemars(with = "ETag")]
    etag: String,
    /// The SHA-256 of the part in base64, if the upload was opened for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum_sha256: Option<String>,
    /// The CRC-64/NVME of the part in base64, if the upload was opened for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum_crc64nvme: Option<String>,
}

impl StoredPartsView {
    /// These parts, after which there may be more.
    #[must_use]
    pub fn new(parts: Vec<StoredPart>, has_more: bool) -> Self {
        let view = |part: StoredPart| StoredPartView {
            part_number: part.number.get(),
            size_bytes: part.size_bytes,
            etag: part.etag.as_str().to_owned(),
            checksum_sha256: part.checksum_sha256,
            checksum_crc64nvme: part.checksum_crc64nvme,
        };
        Self { object: "list", data: parts.into_iter().map(view).collect(), has_more }
    }
}
