//! The parts that a client has cut its file into.

use serde::Deserialize;
use shared::domain::multipart::{Checksum, PartChecksum, PartDigest};
use shared::domain::{PartNumber, PartPlan};
use shared::uploads::Arrival;
use shared::{Error, Result};

/// All URLs are in one answer, and Lambda's may have 6 MB: with a role's token, a part has some 2.5 KB.
const MOST_PARTS: usize = 2000;

/// The parts of an upload.
#[derive(Debug, Deserialize)]
pub(crate) struct Parts {
    parts: Vec<Part>,
}

/// A part: the file's bytes from `chunk_start` up to but not including `chunk_end`.
#[derive(Debug, Deserialize)]
struct Part {
    number: PartNumber,
    chunk_start: u64,
    chunk_end: u64,
    checksum_sha256_base64: Option<Checksum<32>>,
}

impl Parts {
    /// How a file of `size_bytes` arrives in these parts, all of which are signed at once. The client says
    /// where each part begins and ends, and S3 accepts only equal parts, so each is checked.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`]: they are not the whole file, cut as S3 takes it.
    pub(crate) fn arrival(mut self, size_bytes: u64) -> Result<Arrival> {
        if !(1..=MOST_PARTS).contains(&self.parts.len()) {
            return Err(invalid(format!("must be 1 to {MOST_PARTS} parts")));
        }
        self.parts.sort_by_key(|part| part.number);
        let plan = self.plan(size_bytes)?;
        let checksum = self.checksum()?;
        let signed = self
            .parts
            .into_iter()
            .map(|part| (part.number, part.checksum_sha256_base64.map(PartDigest::Sha256)));
        Ok(Arrival::Parts { plan, checksum, signed: signed.collect() })
    }

    fn plan(&self, size_bytes: u64) -> Result<PartPlan> {
        let part_size_bytes = self.parts.first().map_or(0, |part| part.chunk_end);
        let plan = PartPlan::cut(size_bytes, part_size_bytes)
            .map_err(|error| invalid(error.to_string()))?;
        let cut = plan.parts().map(|number| (number, plan.range_of(number)));
        let given = self.parts.iter();
        if given.map(|part| (part.number, Some(part.chunk_start..part.chunk_end))).eq(cut) {
            return Ok(plan);
        }
        let rule = "must be numbered from 1 and follow one another from 0 to the size, all as large as \
                    the first but the last";
        Err(invalid(rule.to_owned()))
    }

    /// The checksum that every part is sent with. S3 accepts either no part checksums or one on every part,
    /// depending on how the upload was opened.
    fn checksum(&self) -> Result<Option<PartChecksum>> {
        let with = self.parts.iter().filter(|part| part.checksum_sha256_base64.is_some()).count();
        if with == 0 {
            Ok(None)
        } else if with == self.parts.len() {
            Ok(Some(PartChecksum::Sha256))
        } else {
            Err(invalid("must have a checksum_sha256_base64 each, or none".to_owned()))
        }
    }
}

fn invalid(reason: String) -> Error {
    Error::InvalidValue { param: "upload.parts".to_owned(), reason }
}
