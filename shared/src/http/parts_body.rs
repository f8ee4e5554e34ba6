//! What the API takes about the parts of multipart uploads.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::invalid;
use crate::Result;
use crate::domain::multipart::{Checksum, PartDigest};
use crate::domain::{Md5, PartNumber};
use crate::error::check_bounds;

/// The most parts that sign-parts signs at once.
const MAX_SIGNED: usize = 1000;

/// The parts to sign URLs for.
#[derive(Debug, JsonSchema, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignParts {
    /// The numbers of the parts, each once.
    #[schemars(length(min = 1, max = 1000), extend("uniqueItems" = true))]
    part_numbers: Vec<PartNumber>,
    /// The checksums of some or all of these parts, at most one each. S3 then refuses other bytes.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    checksums: Vec<SignedChecksum>,
}

/// The checksum that a part will be sent with: exactly one of the three. SHA-256 and CRC-64/NVME are for
/// uploads that were created with that `checksumAlgorithm`; MD5 is for all.
#[derive(Debug, JsonSchema, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignedChecksum {
    part_number: PartNumber,
    md5: Option<Md5>,
    checksum_sha256: Option<Checksum<32>>,
    checksum_crc64nvme: Option<Checksum<8>>,
}

impl SignParts {
    /// The parts to sign, each with its digest, if it has one.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`](crate::Error::InvalidValue): too few or too many parts, one of them
    /// twice, or checksums that do not belong to them.
    pub fn into_parts(self) -> Result<Vec<(PartNumber, Option<PartDigest>)>> {
        if !(1..=MAX_SIGNED).contains(&self.part_numbers.len()) {
            return Err(invalid("partNumbers", format!("must be 1 to {MAX_SIGNED} part numbers")));
        }
        let distinct: BTreeSet<_> = self.part_numbers.iter().collect();
        if distinct.len() < self.part_numbers.len() {
            return Err(invalid("partNumbers", "must name each part once"));
        }
        let mut digests = BTreeMap::new();
        for (at, checksum) in self.checksums.into_iter().enumerate() {
            let part = checksum.part_number;
            if !self.part_numbers.contains(&part) || digests.contains_key(&part) {
                let reason = "must be of a part among partNumbers, once each";
                return Err(invalid(&format!("checksums[{at}].partNumber"), reason));
            }
            digests.insert(part, checksum.into_digest(at)?);
        }
        let parts = self.part_numbers.into_iter();
        Ok(parts.map(|part| (part, digests.remove(&part))).collect())
    }
}

impl SignedChecksum {
    fn into_digest(self, at: usize) -> Result<PartDigest> {
        match (self.md5, self.checksum_sha256, self.checksum_crc64nvme) {
            (Some(md5), None, None) => Ok(PartDigest::Md5(md5)),
            (None, Some(sha256), None) => Ok(PartDigest::Sha256(sha256)),
            (None, None, Some(crc)) => Ok(PartDigest::Crc64Nvme(crc)),
            _ => {
                let reason = "must have one of md5, checksumSha256 and checksumCrc64nvme";
                Err(invalid(&format!("checksums[{at}]"), reason))
            }
        }
    }
}

/// The query of list-parts: parts after a number, in the order of their numbers.
#[derive(Clone, Copy, Debug, JsonSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartsPage {
    /// The most parts wanted.
    #[schemars(range(min = 1, max = 1000))]
    #[serde(default = "default_limit")]
    pub limit: u16,
    /// The number after which the parts begin.
    #[schemars(range(min = 0, max = 10_000))]
    #[serde(default)]
    pub after: u16,
}

const fn default_limit() -> u16 {
    PartsPage::MAX_LIMIT
}

impl PartsPage {
    /// The most parts on a page, which is S3's own bound, and the default.
    const MAX_LIMIT: u16 = 1000;

    /// Refuses a limit or a number out of bounds.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`](crate::Error::InvalidValue).
    pub fn checked(self) -> Result<Self> {
        check_bounds("limit", self.limit.into(), 1..=Self::MAX_LIMIT.into())?;
        check_bounds("after", self.after.into(), 0..=PartNumber::MAX.into())?;
        Ok(self)
    }
}
