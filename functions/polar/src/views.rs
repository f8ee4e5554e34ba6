//! What Polar shows of a file: the JSON of its answers.

use std::collections::BTreeMap;

use data_encoding::{BASE64, HEXLOWER};
use serde::Serialize;
use shared::domain::multipart::PartTicket;
use shared::domain::{self, Disposition, Multipart, Ticket};
use shared::http::Call;
use shared::uploads::{self, File, Opened, State};
use shared::{BucketContext, Error, Result};

use crate::annotation::Annotation;
use crate::organization;
use crate::service::Service;

/// What every answer shows of a file.
#[derive(Serialize)]
struct Shown {
    id: String,
    organization_id: String,
    name: String,
    path: String,
    mime_type: String,
    size: u64,
    size_readable: String,
    /// The bucket keeps no versions.
    storage_version: Option<String>,
    checksum_etag: Option<String>,
    checksum_sha256_base64: Option<String>,
    checksum_sha256_hex: Option<String>,
    last_modified_at: Option<String>,
    version: Option<String>,
    service: Service,
    is_uploaded: bool,
}

impl Shown {
    fn new(call: &Call, file: &File) -> Self {
        let fields = Annotation::of(file).polar;
        let caller = call.pending_caller();
        let completed = match &file.state {
            State::Completed(completed) => Some(completed),
            State::Open(_) | State::Completing(_) | State::Cancelled | State::Expired => None,
        };
        let own = || organization::of_workspace(caller.workspace()).to_string();
        let sha256 = fields.checksum_sha256_base64;
        let bytes = sha256.as_ref().and_then(|text| BASE64.decode(text.as_bytes()).ok());
        Self {
            id: file.id.to_uuid(),
            organization_id: fields.organization_id.unwrap_or_else(own),
            name: file.filename.as_str().to_owned(),
            path: caller.object_key(file.id).to_string(),
            mime_type: file.mime_type.as_str().to_owned(),
            size: file.size_bytes,
            size_readable: readable(file.size_bytes),
            storage_version: None,
            checksum_etag: completed.map(|completed| completed.etag.as_str().to_owned()),
            checksum_sha256_base64: sha256,
            checksum_sha256_hex: bytes.map(|bytes| HEXLOWER.encode(&bytes)),
            last_modified_at: completed.map(|completed| completed.at.to_string()),
            version: fields.version,
            service: fields.service,
            is_uploaded: completed.is_some(),
        }
    }
}

/// A size as people read it, as Polar writes it: `1.5 MB`, by powers of 1,024.
fn readable(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let mut number = bytes as f64;
    for unit in ["B", "KB", "MB", "GB"] {
        if number < 1024.0 {
            return format!("{number:.1} {unit}");
        }
        number /= 1024.0;
    }
    format!("{number:.1} TB")
}

/// A file.
#[derive(Serialize)]
pub(crate) struct FileRead {
    #[serde(flatten)]
    shown: Shown,
    created_at: String,
    /// Files are not scanned for malware.
    flagged_malicious_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_url: Option<String>,
}

impl FileRead {
    /// `file` as Polar shows it. Clients cannot parse a picture without a `public_url`. Nothing is public
    /// here, so it is a download URL, or empty if there is nothing to download.
    ///
    /// # Errors
    ///
    /// The download cannot be signed: an internal error.
    pub(crate) async fn new(ctx: &BucketContext, call: &Call, file: &File) -> Result<Self> {
        let shown = Shown::new(call, file);
        let public_url = match (shown.service.is_public(), shown.is_uploaded) {
            (false, _) => None,
            (true, false) => Some(String::new()),
            (true, true) => {
                let download =
                    uploads::download_of(ctx, call.pending_caller(), file, Disposition::Attachment)
                        .await?;
                Some(download.url.reveal().to_owned())
            }
        };
        let created_at = file.created_at.to_string();
        Ok(Self { shown, created_at, flagged_malicious_at: None, public_url })
    }
}

/// A file whose upload may begin. Not `Debug`: whoever has the URLs may upload.
#[derive(Serialize)]
pub(crate) struct FileUpload {
    #[serde(flatten)]
    shown: Shown,
    upload: Upload,
}

#[derive(Serialize)]
struct Upload {
    id: String,
    path: String,
    parts: Vec<UploadPart>,
}

#[derive(Serialize)]
struct UploadPart {
    number: u16,
    chunk_start: u64,
    chunk_end: u64,
    checksum_sha256_base64: Option<String>,
    url: String,
    expires_at: String,
    headers: BTreeMap<String, String>,
}

impl FileUpload {
    /// What was opened, with the URLs of all its parts.
    ///
    /// # Errors
    ///
    /// It is not an upload in parts: an internal error.
    pub(crate) fn new(call: &Call, opened: Opened) -> Result<Self> {
        let Opened { file, ticket } = opened;
        let (Some(multipart), Ticket::Parts(tickets)) = (&file.multipart, ticket) else {
            return Err(Error::Internal { what: "Polar's uploads are in parts".to_owned() });
        };
        let shown = Shown::new(call, &file);
        let parts = tickets.into_iter().filter_map(|ticket| UploadPart::new(multipart, ticket));
        let upload = Upload {
            id: multipart.upload_id.as_str().to_owned(),
            path: shown.path.clone(),
            parts: parts.collect(),
        };
        Ok(Self { shown, upload })
    }
}

impl UploadPart {
    fn new(multipart: &Multipart, part: PartTicket) -> Option<Self> {
        let range = multipart.plan.range_of(part.number)?;
        let mut headers = part.ticket.headers;
        // Browsers forbid scripts to set it, and every HTTP client sends it without being told.
        headers.remove("content-length");
        Some(Self {
            number: part.number.get(),
            chunk_start: range.start,
            chunk_end: range.end,
            checksum_sha256_base64: headers.get("x-amz-checksum-sha256").cloned(),
            url: part.ticket.url.reveal().to_owned(),
            expires_at: part.expires_at.to_string(),
            headers,
        })
    }
}

/// A file that can be downloaded. Not `Debug`: whoever has the URL may download.
#[derive(Serialize)]
pub(crate) struct FileDownload {
    #[serde(flatten)]
    shown: Shown,
    download: Download,
}

#[derive(Serialize)]
struct Download {
    url: String,
    headers: BTreeMap<String, String>,
    expires_at: String,
}

impl FileDownload {
    /// `file`, whose download was signed.
    pub(crate) fn new(call: &Call, file: &File, download: &domain::Download) -> Self {
        let download = Download {
            url: download.url.reveal().to_owned(),
            headers: BTreeMap::new(),
            expires_at: download.expires_at.to_string(),
        };
        Self { shown: Shown::new(call, file), download }
    }
}

/// A page of files.
#[derive(Serialize)]
pub(crate) struct FileList {
    items: Vec<FileRead>,
    pagination: Pagination,
}

#[derive(Serialize)]
struct Pagination {
    total_count: u64,
    max_page: u64,
}

impl FileList {
    /// A page of `limit` files, of `total_count` in all.
    pub(crate) fn new(items: Vec<FileRead>, total_count: u64, limit: u64) -> Self {
        let max_page = total_count.div_ceil(limit);
        Self { items, pagination: Pagination { total_count, max_page } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_written_as_people_read_it() {
        for (bytes, text) in [
            (0, "0.0 B"),
            (1023, "1023.0 B"),
            (1024, "1.0 KB"),
            (1_572_864, "1.5 MB"),
            (5 << 30, "5.0 GB"),
            (2048 << 40, "2048.0 TB"),
        ] {
            assert_eq!(readable(bytes), text);
        }
    }
}
