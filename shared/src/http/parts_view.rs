//! What the API shows of multipart uploads.

use std::collections::BTreeMap;

use serde::Serialize;

use super::view::text;
use crate::domain::multipart::PartTicket;
use crate::domain::{Multipart, StoredPart, Timestamp};

/// How a file is cut into parts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartsView {
    part_size_bytes: u64,
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<Vec<PartTicketView>>,
}

impl PartsView {
    pub(super) fn new(multipart: &Multipart) -> Self {
        let plan = multipart.plan;
        Self { part_size_bytes: plan.part_size_bytes(), count: plan.count(), data: None }
    }
}

/// The PUT of one part.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartTicketView {
    part_number: u16,
    url: String,
    headers: BTreeMap<String, String>,
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
#[derive(Debug, Serialize)]
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
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredPartsView {
    object: &'static str,
    data: Vec<StoredPartView>,
    has_more: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StoredPartView {
    part_number: u16,
    size_bytes: u64,
    etag: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum_sha256: Option<String>,
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
