//! What the API takes: the bodies of requests, beside the views of answers.
//!
//! Their fields are domain types whose `Deserialize` is their parser, so a body is valid or does not
//! exist. What depends on the deployment's settings is checked when a body becomes what a use case
//! takes.

use serde::Deserialize;

use crate::domain::multipart::PartChecksum;
use crate::domain::purpose::PurposeMismatch;
use crate::domain::{ClaimedPart, ETag, Filename, Md5, MimeType, PartNumber, PartPlan, Purpose};
use crate::uploads::{Arrival, Claim, NewFile};
use crate::{Config, Error, Result};

/// The body of create-file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateFile {
    filename: Filename,
    mime_type: MimeType,
    size_bytes: u64,
    purpose: Option<Purpose>,
    md5: Option<Md5>,
    multipart: Option<InParts>,
}

/// How a client wants to send a file in parts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct InParts {
    part_size_bytes: Option<u64>,
    checksum_algorithm: Option<PartChecksum>,
    /// Only if the file is larger than the deployment's threshold.
    #[serde(default)]
    auto: bool,
}

/// How many parts create-file signs. sign-parts signs the others.
const FIRST_PARTS: usize = 100;

impl CreateFile {
    /// The file that is to be created, if this deployment takes it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`], [`Error::PurposeMimeType`], [`Error::PurposeSize`] or
    /// [`Error::MultipartRequired`].
    pub fn into_new_file(self, config: &Config) -> Result<NewFile> {
        let max_size_bytes = config.max_size_bytes;
        if !(1..=max_size_bytes).contains(&self.size_bytes) {
            return Err(invalid("sizeBytes", format!("must be between 1 and {max_size_bytes}")));
        }
        if let Some(purpose) = self.purpose {
            purpose.check(&self.mime_type, self.size_bytes).map_err(|mismatch| match mismatch {
                PurposeMismatch::MimeType => {
                    Error::PurposeMimeType { mime_type: self.mime_type.clone() }
                }
                PurposeMismatch::Size { max_bytes } => Error::PurposeSize { max_bytes },
            })?;
        }
        let arrival = self.arrival(config)?;
        let Self { filename, mime_type, size_bytes, .. } = self;
        Ok(NewFile { filename, mime_type, size_bytes, arrival, annotation: None })
    }

    fn arrival(&self, config: &Config) -> Result<Arrival> {
        let is_small = self.size_bytes <= config.multipart_threshold_bytes;
        match &self.multipart {
            Some(parts) if !(parts.auto && is_small) => {
                if self.md5.is_some() {
                    return Err(invalid("md5", "is claimed at complete for a multipart upload"));
                }
                let plan = PartPlan::choose(self.size_bytes, parts.part_size_bytes)
                    .map_err(|error| invalid("multipart.partSizeBytes", error.to_string()))?;
                let checksum = parts.checksum_algorithm;
                // Parts with a checksum are signed once it is known.
                let first = if checksum.is_none() { FIRST_PARTS } else { 0 };
                let signed = plan.parts().take(first).map(|part| (part, None)).collect();
                Ok(Arrival::Parts { plan, checksum, signed })
            }
            _ if self.size_bytes > PartPlan::MAX_PUT_BYTES => {
                Err(Error::MultipartRequired { max_bytes: PartPlan::MAX_PUT_BYTES })
            }
            _ => Ok(Arrival::Put(self.md5)),
        }
    }
}

/// The body of complete-file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompleteFile {
    md5: Option<Md5>,
    parts: Option<Vec<SentPart>>,
    #[serde(default)]
    auto_meta_analysis: bool,
}

/// A part, as the client believes to have sent it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SentPart {
    part_number: PartNumber,
    etag: ETag,
    checksum_sha256: Option<String>,
}

impl CompleteFile {
    /// What the client claims.
    #[must_use]
    pub fn into_claim(self) -> Claim {
        let parts = self.parts.map(|parts| parts.into_iter().map(SentPart::into_claimed).collect());
        Claim { md5: self.md5, parts, analyze: self.auto_meta_analysis }
    }
}

impl SentPart {
    fn into_claimed(self) -> ClaimedPart {
        let Self { part_number: number, etag, checksum_sha256 } = self;
        ClaimedPart { number, etag, checksum_sha256 }
    }
}

/// The body of cancel-file, which may be absent.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelFile {}

pub(super) fn invalid(param: &str, reason: impl Into<String>) -> Error {
    Error::InvalidValue { param: param.to_owned(), reason: reason.into() }
}
