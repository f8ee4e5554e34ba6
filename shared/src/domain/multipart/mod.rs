//! Multipart uploads: how a file is cut into parts, and whether the parts that S3 holds are the file.
//!
//! S3's bounds: at most 10,000 parts, each of 5 MiB to 5 GiB but for the last, which may be smaller
//! (docs.aws.amazon.com, "Amazon S3 multipart upload limits").

mod check;
mod plan;

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;
use schemars::JsonSchema;
use serde::Deserialize;
use thiserror::Error;

use super::{ETag, Md5, Timestamp, UploadTicket};

pub use check::{PartFlaw, Problem};
pub use plan::{InvalidCut, InvalidPartSize, PartPlan};

/// The number of a part, 1 to 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "u64")]
pub struct PartNumber(u16);

/// The number does not name a part.
#[derive(Debug, Error)]
#[error("must be a part number from 1 to 10000")]
pub struct InvalidPartNumber;

impl PartNumber {
    /// The highest number there can be.
    pub const MAX: u16 = 10_000;

    /// The part as a number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u64> for PartNumber {
    type Error = InvalidPartNumber;

    fn try_from(number: u64) -> Result<Self, InvalidPartNumber> {
        let number = u16::try_from(number).map_err(|_| InvalidPartNumber)?;
        if (1..=Self::MAX).contains(&number) { Ok(Self(number)) } else { Err(InvalidPartNumber) }
    }
}

impl fmt::Display for PartNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// S3's name for an open multipart upload. It comes from our record only, never from a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadId(String);

impl UploadId {
    /// The id as S3 gave it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The id as S3 wants it back.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The checksum that S3 keeps of every part. An upload is opened for one: S3 refuses the others, but
/// takes an MD5 always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Deserialize)]
#[schemars(inline)]
pub enum PartChecksum {
    /// SHA-256, of each part by itself.
    #[serde(rename = "SHA256")]
    Sha256,
    /// CRC-64/NVME, which S3 combines to that of the whole file.
    #[serde(rename = "CRC64NVME")]
    Crc64Nvme,
}

impl PartChecksum {
    /// S3's name of the algorithm.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA256",
            Self::Crc64Nvme => "CRC64NVME",
        }
    }
}

/// There is no such algorithm.
#[derive(Debug, Error)]
#[error("must be SHA256 or CRC64NVME")]
pub struct UnknownChecksum;

impl FromStr for PartChecksum {
    type Err = UnknownChecksum;

    fn from_str(text: &str) -> Result<Self, UnknownChecksum> {
        [Self::Sha256, Self::Crc64Nvme]
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
            .ok_or(UnknownChecksum)
    }
}

/// How a file's bytes arrive, if not by a single PUT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multipart {
    /// The upload that is open in S3, or was the last to be.
    pub upload_id: UploadId,
    /// How the file is cut.
    pub plan: PartPlan,
    /// What the upload was opened for.
    pub checksum: Option<PartChecksum>,
}

/// A part as S3 holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPart {
    /// Which part.
    pub number: PartNumber,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// S3's name for its bytes; their MD5 where S3 manages the encryption.
    pub etag: ETag,
    /// Its SHA-256 in base64, if the upload was opened for that.
    pub checksum_sha256: Option<String>,
    /// Its CRC-64/NVME in base64, if the upload was opened for that.
    pub checksum_crc64nvme: Option<String>,
}

/// A part as a client believes to have sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedPart {
    /// Which part.
    pub number: PartNumber,
    /// The `ETag` that S3 answered.
    pub etag: ETag,
    /// The SHA-256 in base64, if the client computed it.
    pub checksum_sha256: Option<String>,
}

/// A checksum of `BYTES` bytes in base64, as S3 writes it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Checksum<const BYTES: usize>(String);

impl<const BYTES: usize> Checksum<BYTES> {
    /// The checksum in base64.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is not such a checksum.
#[derive(Debug, Error)]
#[error("must be {0} bytes in base64")]
pub struct InvalidChecksum(usize);

impl<const BYTES: usize> TryFrom<String> for Checksum<BYTES> {
    type Error = InvalidChecksum;

    fn try_from(text: String) -> Result<Self, InvalidChecksum> {
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| InvalidChecksum(BYTES))?;
        if bytes.len() == BYTES { Ok(Self(text)) } else { Err(InvalidChecksum(BYTES)) }
    }
}

/// The checksum that a part's bytes must have to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartDigest {
    /// MD5, sent as `Content-MD5`.
    Md5(Md5),
    /// SHA-256, sent as `x-amz-checksum-sha256`.
    Sha256(Checksum<32>),
    /// CRC-64/NVME, sent as `x-amz-checksum-crc64nvme`.
    Crc64Nvme(Checksum<8>),
}

impl PartDigest {
    /// The algorithm that the upload must have been opened for.
    #[must_use]
    pub const fn algorithm(&self) -> Option<PartChecksum> {
        match self {
            Self::Md5(_) => None,
            Self::Sha256(_) => Some(PartChecksum::Sha256),
            Self::Crc64Nvme(_) => Some(PartChecksum::Crc64Nvme),
        }
    }
}

/// What a client needs to PUT one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartTicket {
    /// Which part.
    pub number: PartNumber,
    /// Where to PUT it, with which headers.
    pub ticket: UploadTicket,
    /// Until when.
    pub expires_at: Timestamp,
}
