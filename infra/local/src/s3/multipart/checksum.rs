//! The checksum that an upload was created for: what it asks of the parts and makes of theirs.

use std::collections::BTreeSet;

use crc_fast::{CrcAlgorithm, checksum_combine};
use data_encoding::BASE64;
use s3s::dto::{ChecksumAlgorithm, ChecksumType};
use s3s::{S3Error, S3Result, s3_error};
use serde::{Deserialize, Serialize};

use super::upload::Part;
use crate::s3::algorithm::Algorithm;
use crate::s3::digests::Digests;

/// The algorithm, and whether the object's checksum is one of its parts' checksums or of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct UploadChecksum {
    /// The algorithm of the parts' checksums and the object's.
    pub(super) algorithm: Algorithm,
    /// `COMPOSITE` rather than `FULL_OBJECT`.
    pub(super) composite: bool,
}

/// What S3 computes where nobody asked for anything.
impl Default for UploadChecksum {
    fn default() -> Self {
        Self { algorithm: Algorithm::Crc64nvme, composite: false }
    }
}

impl UploadChecksum {
    /// What the creator of an upload asked for.
    pub(super) fn asked_for(
        algorithm: Option<&ChecksumAlgorithm>,
        kind: Option<&ChecksumType>,
    ) -> S3Result<Option<Self>> {
        let Some(algorithm) = algorithm else {
            return Ok(None);
        };
        let algorithm = Algorithm::named(algorithm.as_str())?;
        let composite = match kind.map(ChecksumType::as_str) {
            None => algorithm != Algorithm::Crc64nvme,
            Some(kind) => kind == ChecksumType::COMPOSITE,
        };
        let possible =
            if composite { algorithm != Algorithm::Crc64nvme } else { crc(algorithm).is_some() };
        if !possible {
            return Err(s3_error!(
                InvalidRequest,
                "The checksum type you asked for cannot be used with the {algorithm} checksum algorithm."
            ));
        }
        Ok(Some(Self { algorithm, composite }))
    }

    /// The value of `x-amz-checksum-algorithm`.
    pub(super) fn algorithm_name(self) -> ChecksumAlgorithm {
        self.algorithm.to_string().to_uppercase().into()
    }

    /// The value of `x-amz-checksum-type`.
    pub(super) fn type_name(self) -> ChecksumType {
        let name = if self.composite { ChecksumType::COMPOSITE } else { ChecksumType::FULL_OBJECT };
        ChecksumType::from_static(name)
    }

    /// The object's checksum, base64, with the number of parts behind it if it is one of checksums.
    pub(super) fn of_object(self, parts: &[&Part]) -> S3Result<String> {
        let decoded = parts.iter().map(|part| BASE64.decode(part.checksum.as_bytes()));
        let checksums = decoded.collect::<Result<Vec<_>, _>>().map_err(S3Error::internal_error)?;
        match crc(self.algorithm).filter(|_| !self.composite) {
            Some(crc) => Ok(BASE64.encode(&combined(crc, &checksums, parts))),
            None => self.composite(&checksums),
        }
    }

    fn composite(self, checksums: &[Vec<u8>]) -> S3Result<String> {
        let mut digests = Digests::of(&BTreeSet::from([self.algorithm]));
        digests.update(&checksums.concat());
        let computed = digests.finish();
        let checksum = computed.checksum(self.algorithm).ok_or_else(|| s3_error!(InternalError))?;
        Ok(format!("{checksum}-{}", checksums.len()))
    }
}

/// Refuses a part whose checksums are not by the algorithm the upload was created for.
pub(super) fn check_given(
    asked: Option<UploadChecksum>,
    given: &BTreeSet<Algorithm>,
) -> S3Result<()> {
    let expected = asked.map(|asked| asked.algorithm);
    // The AWS SDKs add a CRC-32 by themselves, which S3 takes where nobody asked for an algorithm.
    let is_taken = |given| Some(given) == expected || asked.is_none() && given == Algorithm::Crc32;
    if let Some(other) = given.iter().find(|given| !is_taken(**given)) {
        return Err(mismatch(expected, Some(*other)));
    }
    // Without parts' checksums a checksum of them cannot be; one of the bytes can.
    if given.is_empty() && asked.is_some_and(|asked| asked.composite) {
        return Err(mismatch(expected, None));
    }
    Ok(())
}

fn mismatch(expected: Option<Algorithm>, actual: Option<Algorithm>) -> S3Error {
    let name = |algorithm: Option<Algorithm>| {
        algorithm.map_or_else(|| "null".to_owned(), |algorithm| algorithm.to_string())
    };
    let (expected, actual) = (name(expected), name(actual));
    s3_error!(
        InvalidRequest,
        "Checksum Type mismatch occurred, expected checksum Type: {expected}, actual checksum Type: {actual}"
    )
}

/// The algorithms whose checksums of parts tell the checksum of the whole.
fn crc(algorithm: Algorithm) -> Option<CrcAlgorithm> {
    match algorithm {
        Algorithm::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
        Algorithm::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
        Algorithm::Crc64nvme => Some(CrcAlgorithm::Crc64Nvme),
        Algorithm::Md5 | Algorithm::Sha1 | Algorithm::Sha256 => None,
    }
}

/// The checksum of the parts' bytes one after the other, as many bytes wide as theirs.
fn combined(crc: CrcAlgorithm, checksums: &[Vec<u8>], parts: &[&Part]) -> Vec<u8> {
    let number = |bytes: &Vec<u8>| bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    let width = checksums.first().map_or(0, Vec::len);
    let sized = checksums.iter().zip(parts).map(|(sum, part)| (number(sum), part.segment.size));
    let whole = sized.reduce(|(sum, size), (next, next_size)| {
        (checksum_combine(crc, sum, next, next_size), size + next_size)
    });
    let bytes = whole.map_or(0, |(sum, _)| sum).to_be_bytes();
    bytes[bytes.len() - width..].to_vec()
}
