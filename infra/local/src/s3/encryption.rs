//! How the bucket encrypts, which is what decides whether an `ETag` is the MD5 of the content.

use data_encoding::HEXLOWER;
use md5::{Digest, Md5};
use s3s::dto::ServerSideEncryption;
use serde::{Deserialize, Serialize};

/// The bucket's default encryption. Nothing is in fact encrypted; the headers are as if it were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Encryption {
    /// SSE-S3: the `ETag` is the MD5.
    #[default]
    SseS3,
    /// SSE-KMS: the `ETag` looks like an MD5 and is none.
    Kms,
}

impl Encryption {
    /// The value of `x-amz-server-side-encryption`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SseS3 => ServerSideEncryption::AES256,
            Self::Kms => ServerSideEncryption::AWS_KMS,
        }
    }

    /// What the uploader asked for, or the bucket's default.
    pub(super) fn asked_for(asked: Option<&ServerSideEncryption>, default: Self) -> Self {
        match asked.map(ServerSideEncryption::as_str) {
            Some(ServerSideEncryption::AES256) => Self::SseS3,
            Some(ServerSideEncryption::AWS_KMS) => Self::Kms,
            _ => default,
        }
    }

    /// The `ETag` of a single PUT with this MD5: 32 hex digits.
    pub(super) fn etag(self, md5: [u8; 16]) -> String {
        match self {
            Self::SseS3 => HEXLOWER.encode(&md5),
            Self::Kms => {
                HEXLOWER.encode(&Md5::new().chain_update(b"kms").chain_update(md5).finalize())
            }
        }
    }

    /// The header as `s3s` wants it.
    pub(super) fn header(self) -> ServerSideEncryption {
        ServerSideEncryption::from_static(self.name())
    }
}
