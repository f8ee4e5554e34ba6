//! The API's bodies, as far as the tool reads or writes them.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a file is to be, as `create` is told.
#[derive(Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewFile {
    /// Its name.
    pub(crate) filename: String,
    /// Its type, `type/subtype`.
    pub(crate) mime_type: String,
    /// Its size in bytes.
    pub(crate) size_bytes: u64,
}

/// How an upload token is to be bounded.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewToken {
    /// How many files can be created with it.
    pub(crate) max_files: u16,
    /// The largest file in bytes.
    pub(crate) max_size_bytes: Option<u64>,
    /// The media types that it admits.
    pub(crate) mime_types: Option<Vec<String>>,
    /// In how many seconds it ends.
    pub(crate) expires_in: u64,
}

/// An upload token that was made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreatedToken {
    /// Its id, which opens nothing.
    pub(crate) id: String,
    /// When it ends.
    pub(crate) expires_at: String,
    /// The page on which anybody can upload with it.
    pub(crate) upload_page_url: Option<String>,
}

#[derive(Serialize)]
pub(super) struct CreateFile<'a> {
    #[serde(flatten)]
    pub(super) file: &'a NewFile,
    pub(super) multipart: Multipart,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Multipart {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) auto: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) part_size_bytes: Option<NonZeroU64>,
}

/// A new file, and where its bytes go: either one URL or several.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Created {
    /// The file's id.
    pub(crate) id: String,
    /// The URL for all of the bytes.
    upload_url: Option<String>,
    #[serde(default)]
    upload_headers: BTreeMap<String, String>,
    parts: Option<CreatedParts>,
}

#[derive(Deserialize)]
struct CreatedParts {
    #[serde(flatten)]
    plan: PartPlan,
    data: Vec<SignedPart>,
}

/// Where the bytes of a new file go.
pub(crate) enum Ticket {
    /// All to one place.
    Put(UploadTicket),
    /// In parts, and the first of their places.
    Parts(PartPlan, Vec<(u32, UploadTicket)>),
}

impl Created {
    /// Where the bytes go; nothing if the answer does not say.
    pub(crate) fn into_ticket(self) -> Option<Ticket> {
        if let Some(parts) = self.parts {
            let tickets = parts.data.into_iter().map(SignedPart::into_numbered).collect();
            return Some(Ticket::Parts(parts.plan, tickets));
        }
        let headers = self.upload_headers;
        self.upload_url.map(|url| Ticket::Put(UploadTicket { url, headers }))
    }
}

/// Where a PUT goes, and exactly what it must say.
#[derive(Clone, Deserialize)]
pub(crate) struct UploadTicket {
    pub(super) url: String,
    pub(super) headers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignedPart {
    part_number: u32,
    #[serde(flatten)]
    ticket: UploadTicket,
}

impl SignedPart {
    fn into_numbered(self) -> (u32, UploadTicket) {
        (self.part_number, self.ticket)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignParts<'a> {
    pub(super) part_numbers: &'a [u32],
}

#[derive(Deserialize)]
pub(super) struct SignedParts {
    data: Vec<SignedPart>,
}

impl SignedParts {
    pub(super) fn into_tickets(self) -> Vec<(u32, UploadTicket)> {
        self.data.into_iter().map(SignedPart::into_numbered).collect()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredParts {
    pub(super) data: Vec<StoredPart>,
    pub(super) has_more: bool,
}

/// A part that S3 holds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoredPart {
    /// Its number, from 1.
    pub(crate) part_number: u32,
    /// Its size in bytes.
    pub(crate) size_bytes: u64,
    /// Its entity tag, with or without quotes.
    pub(crate) etag: String,
}

#[derive(Serialize)]
pub(super) struct CompleteFile {
    pub(super) md5: String,
}

#[derive(Deserialize)]
pub(super) struct DownloadUrl {
    pub(super) url: String,
}

/// The File, whole: what the tool does not know of is kept, and said again.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct File {
    /// Its id.
    pub(crate) id: String,
    /// How far it is.
    pub(crate) status: Status,
    /// Its name.
    pub(crate) filename: String,
    /// Its type.
    pub(crate) mime_type: String,
    /// Its size in bytes.
    pub(crate) size_bytes: u64,
    /// The digest of its bytes, once it is known.
    pub(crate) md5: Option<String>,
    /// How an open multipart upload is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parts: Option<PartPlan>,
    /// How far the proof is, once completion has begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verification: Option<Verification>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl File {
    /// What `create` was told of it.
    pub(crate) fn announced(&self) -> NewFile {
        NewFile {
            filename: self.filename.clone(),
            mime_type: self.mime_type.clone(),
            size_bytes: self.size_bytes,
        }
    }
}

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Status {
    /// Its bytes are on their way, or being proven.
    Pending,
    /// Its bytes are proven.
    Completed,
    /// It was given up.
    Cancelled,
    /// It was not completed in time.
    Expired,
}

/// How a file is cut into parts: all of one size, but for the last.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PartPlan {
    /// The size of a part, in bytes.
    pub(crate) part_size_bytes: NonZeroU64,
    /// How many parts there are.
    pub(crate) count: u32,
}

/// How far the proof of a file's bytes is.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verification {
    /// What is being done.
    pub(crate) state: VerificationState,
    /// The bytes that have been read of the whole.
    #[serde(default)]
    pub(crate) bytes_hashed: u64,
    /// The digest that was found, if it is the wrong one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stored_md5: Option<String>,
}

/// What is being done with the bytes of a file.
#[derive(Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum VerificationState {
    /// The object is read.
    Hashing,
    /// It was the wrong one, and is gone.
    Rejected,
}

#[derive(Deserialize)]
pub(super) struct ErrorBody {
    pub(super) error: ErrorDetail,
}

#[derive(Default, Deserialize)]
pub(super) struct ErrorDetail {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    pub(super) parts: Vec<WrongPart>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WrongPart {
    pub(super) part_number: u32,
}
