//! The answers that hold a presigned URL and nothing else.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::view::text;
use crate::domain::{Disposition, Download, Timestamp, UploadTicket};

/// How a file is to be downloaded.
#[derive(Debug, JsonSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DownloadUrlQuery {
    /// `inline` lets a browser show the file in place, if it is of a type that can run no script: an image other
    /// than SVG, audio, video, PDF or plain text. Every other file, and every file by default, is an
    /// attachment that is saved.
    #[serde(default)]
    pub disposition: Disposition,
}

/// A URL to download from.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DownloadUrl")]
pub struct UrlView {
    /// The presigned URL. A secret: whoever has it can download.
    #[schemars(extend("format" = "uri"))]
    url: String,
    /// Until when the URL works.
    #[serde(serialize_with = "text")]
    expires_at: Timestamp,
}

impl UrlView {
    /// A download that was signed.
    #[must_use]
    pub fn new(download: &Download) -> Self {
        Self { url: download.url.reveal().to_owned(), expires_at: download.expires_at }
    }
}

/// A URL to PUT the bytes of a pending file to.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "UploadUrl")]
pub struct UploadUrlView {
    /// The presigned URL to PUT the bytes to. A secret: whoever has it can upload.
    #[schemars(extend("format" = "uri"))]
    upload_url: String,
    /// The headers to send with the PUT, exactly these. Your HTTP library sets `content-length` itself.
    upload_headers: BTreeMap<String, String>,
    /// When the upload expires, and until when the URL works.
    #[serde(serialize_with = "text")]
    expires_at: Timestamp,
}

impl UploadUrlView {
    /// An upload that was signed once more.
    #[must_use]
    pub fn new(ticket: UploadTicket, expires_at: Timestamp) -> Self {
        let upload_url = ticket.url.reveal().to_owned();
        Self { upload_url, upload_headers: ticket.headers, expires_at }
    }
}
