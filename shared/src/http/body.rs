//! What the API takes: the bodies of requests, beside the views of answers.
//!
//! Their fields are domain types whose `Deserialize` is their parser, so a body is valid or does not
//! exist. What depends on the deployment's settings is checked when a body becomes what a use case
//! takes.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use serde_json::json;

use crate::domain::multipart::PartChecksum;
use crate::domain::purpose::PurposeMismatch;
use crate::domain::{
    BodyHash, ClaimedPart, ETag, Filename, LabelChanges, Labels, Md5, MimeType, PartNumber,
    PartPlan, Purpose,
};
use crate::error::check_bounds;
use crate::uploads::{Arrival, Claim, Details, File, NewFile};
use crate::{Config, Error, Result};

/// A file that is to be uploaded.
#[derive(Debug, JsonSchema, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateFile {
    filename: Filename,
    mime_type: MimeType,
    /// The size of the file in bytes. The deployment sets the most that it takes, 512 MiB by default; a
    /// file over 5 GiB is uploaded in parts.
    #[schemars(range(min = 0, max = 53_687_091_200_000_u64))]
    size_bytes: u64,
    /// What the file is for. Each purpose bounds the type and the size; it is neither stored nor shown.
    purpose: Option<Purpose>,
    /// The MD5 of the bytes, if you know it. S3 itself then refuses other bytes. Not together with
    /// `multipart`, where complete-file takes it.
    md5: Option<Md5>,
    multipart: Option<InParts>,
    /// Whether the file is completed as soon as S3 holds what was announced: the bytes' size, and their MD5 if
    /// you give `md5`. It takes about a second; complete-file stays allowed. Changes nothing for a file that is
    /// uploaded in parts: only complete-file joins them. If absent or false, complete-file completes the file.
    #[serde(default)]
    auto_complete: bool,
    /// Your own words about the file, such as its id in your application: at most 2,048 bytes of names and values.
    /// Every answer repeats them, and update-file changes them.
    #[serde(default)]
    labels: Labels,
}

/// How a file is to be uploaded in parts. An empty object leaves all choices to the service.
#[derive(Debug, JsonSchema, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct InParts {
    /// The size of every part but the last, in bytes: 5 MiB to 5 GiB, and at most 10,000 parts.
    #[schemars(range(min = 5_242_880_u64, max = 5_368_709_120_u64))]
    part_size_bytes: Option<u64>,
    /// The checksum that S3 keeps of every part. With one, sign-parts signs all URLs.
    checksum_algorithm: Option<PartChecksum>,
    /// Use parts only if the file is larger than the deployment's threshold, 100 MiB by default. If absent
    /// or false, a file of any size is uploaded in parts.
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
        check_bounds("sizeBytes", self.size_bytes, 0..=config.max_size_bytes)?;
        if let Some(purpose) = self.purpose {
            purpose.check(&self.mime_type, self.size_bytes).map_err(|mismatch| match mismatch {
                PurposeMismatch::MimeType => {
                    Error::PurposeMimeType { mime_type: self.mime_type.clone() }
                }
                PurposeMismatch::Size { max_bytes } => Error::PurposeSize { max_bytes },
            })?;
        }
        let arrival = self.arrival(config)?;
        let Self { filename, mime_type, size_bytes, auto_complete, labels, .. } = self;
        let annotation = None;
        Ok(NewFile { filename, mime_type, size_bytes, arrival, auto_complete, labels, annotation })
    }

    /// The hash by which a repetition with the same `Idempotency-Key` is told from another request.
    #[must_use]
    pub fn hash(&self) -> BodyHash {
        // Each field is named, so that a new one cannot be forgotten.
        let Self {
            filename,
            mime_type,
            size_bytes,
            purpose,
            md5,
            multipart,
            auto_complete,
            labels,
        } = self;
        let parts = multipart.as_ref();
        let parts = parts.map(|InParts { part_size_bytes, checksum_algorithm, auto }| {
            json!([part_size_bytes, checksum_algorithm.map(PartChecksum::as_str), auto])
        });
        let canonical = json!([
            filename.as_str(),
            mime_type.as_str(),
            size_bytes,
            purpose.map(|purpose| format!("{purpose:?}")),
            md5.map(|md5| md5.to_string()),
            parts,
            auto_complete,
            labels.iter().collect::<Vec<_>>(),
        ]);
        BodyHash::of(&canonical.to_string())
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

/// What is claimed of the bytes that were uploaded.
#[derive(Debug, JsonSchema, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompleteFile {
    /// The MD5 of the whole file. The file is COMPLETED only if the stored bytes have it.
    md5: Option<Md5>,
    /// Every part that was sent. Without it, the parts that S3 holds are taken.
    #[schemars(length(max = 10_000))]
    parts: Option<Vec<SentPart>>,
    /// Whether to extract `metadata` and `detectedMimeType` from images, video and audio. get-file shows
    /// them shortly after. If absent, they are not extracted.
    #[serde(default)]
    auto_meta_analysis: bool,
}

/// A part that was sent.
#[derive(Debug, JsonSchema, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SentPart {
    part_number: PartNumber,
    etag: ETag,
    /// The SHA-256 of the part in base64, if the upload was opened for that.
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

/// What is to change of a file. What is absent stays as it is.
#[derive(Debug, JsonSchema, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateFile {
    /// Its new name.
    #[schemars(with = "Filename")]
    #[serde(default, deserialize_with = "given")]
    filename: Option<Filename>,
    /// The labels that change: a text sets one, null removes one, and null in place of the object removes all
    /// (JSON merge patch, RFC 7396). At most 2,048 bytes of names and values are left.
    #[schemars(with = "Option<LabelChanges>")]
    #[serde(default, deserialize_with = "given")]
    labels: Option<LabelPatch>,
}

/// Changes of labels, or null, which removes all of them.
#[derive(Debug, Deserialize)]
#[serde(from = "Option<LabelChanges>")]
enum LabelPatch {
    Merge(LabelChanges),
    RemoveAll,
}

impl From<Option<LabelChanges>> for LabelPatch {
    fn from(changes: Option<LabelChanges>) -> Self {
        changes.map_or(Self::RemoveAll, Self::Merge)
    }
}

/// A field that is there: null is a value of its own, or wrong.
fn given<'de, T, D>(field: D) -> std::result::Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(field).map(Some)
}

impl UpdateFile {
    /// What is said of `file` after the change.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`]: the labels would exceed their bounds.
    pub fn applied_to(&self, file: &File) -> Result<Details> {
        let mut details = file.details();
        if let Some(filename) = &self.filename {
            details.filename = filename.clone();
        }
        match &self.labels {
            None => {}
            Some(LabelPatch::RemoveAll) => details.labels = Labels::default(),
            Some(LabelPatch::Merge(changes)) => {
                let merged = details.labels.merged(changes);
                details.labels = merged.map_err(|bounds| invalid("labels", bounds.to_string()))?;
            }
        }
        Ok(details)
    }
}

/// Nothing: the body may be left out.
#[derive(Debug, Default, JsonSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoBody {}

pub(super) fn invalid(param: &str, reason: impl Into<String>) -> Error {
    Error::InvalidValue { param: param.to_owned(), reason: reason.into() }
}
