//! Whether what S3 holds is every part of the file, and what the client believes to have sent.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::{ClaimedPart, PartNumber, PartPlan, StoredPart};

/// What is wrong with a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartFlaw {
    /// Which part.
    pub part: PartNumber,
    /// What is wrong with it.
    pub problem: Problem,
}

/// The ways in which a part can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
pub enum Problem {
    /// S3 does not hold it, or the client's list lacks it.
    Missing,
    /// The client's list has it more than once.
    Doubled,
    /// S3 holds it in another size.
    WrongSize,
    /// The file has no such part.
    Foreign,
    /// S3 holds other bytes than the client's `ETag` or checksum names.
    Changed,
    /// The client names a SHA-256, and S3 has none to compare: the upload was not opened for it.
    NoChecksum,
}

impl Problem {
    /// The word for it in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Doubled => "doubled",
            Self::WrongSize => "wrong_size",
            Self::Foreign => "foreign",
            Self::Changed => "changed",
            Self::NoChecksum => "no_checksum",
        }
    }
}

impl PartPlan {
    /// What keeps the parts that S3 holds from being the file, in the order of their numbers. A client
    /// that lists its parts must list them all, and as S3 holds them; without a list, what S3 holds is
    /// the truth.
    #[must_use]
    pub fn flaws(self, stored: &[StoredPart], claimed: Option<&[ClaimedPart]>) -> Vec<PartFlaw> {
        let stored: BTreeMap<_, _> = stored.iter().map(|part| (part.number, part)).collect();
        let mut flaws = BTreeMap::new();
        for part in self.parts() {
            match stored.get(&part) {
                None => flaws.insert(part, Problem::Missing),
                Some(held) if self.size_of(part) != Some(held.size_bytes) => {
                    flaws.insert(part, Problem::WrongSize)
                }
                Some(_) => None,
            };
        }
        for part in stored.keys().filter(|part| self.size_of(**part).is_none()) {
            flaws.insert(*part, Problem::Foreign);
        }
        if let Some(claimed) = claimed {
            self.compare(&stored, claimed, &mut flaws);
        }
        flaws.into_iter().map(|(part, problem)| PartFlaw { part, problem }).collect()
    }

    fn compare(
        self,
        stored: &BTreeMap<PartNumber, &StoredPart>,
        claimed: &[ClaimedPart],
        flaws: &mut BTreeMap<PartNumber, Problem>,
    ) {
        let mut seen = BTreeMap::new();
        for claim in claimed {
            if seen.insert(claim.number, claim).is_some() {
                flaws.entry(claim.number).or_insert(Problem::Doubled);
            }
            if self.size_of(claim.number).is_none() {
                flaws.entry(claim.number).or_insert(Problem::Foreign);
            }
            if let Some(problem) = stored.get(&claim.number).and_then(|held| held.belies(claim)) {
                flaws.entry(claim.number).or_insert(problem);
            }
        }
        for part in self.parts().filter(|part| !seen.contains_key(part)) {
            flaws.entry(part).or_insert(Problem::Missing);
        }
    }
}

impl StoredPart {
    /// Why these are not the bytes that the client means.
    fn belies(&self, claim: &ClaimedPart) -> Option<Problem> {
        if self.etag != claim.etag {
            return Some(Problem::Changed);
        }
        match (&claim.checksum_sha256, &self.checksum_sha256) {
            (Some(_), None) => Some(Problem::NoChecksum),
            (Some(claimed), Some(stored)) if claimed != stored => Some(Problem::Changed),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ETag;

    const MIB: u64 = 1024 * 1024;

    fn plan() -> PartPlan {
        PartPlan::choose(11 * MIB, Some(5 * MIB)).unwrap()
    }

    fn stored(number: u64, size_bytes: u64) -> StoredPart {
        StoredPart {
            number: PartNumber::try_from(number).unwrap(),
            size_bytes,
            etag: ETag::new(&format!("e{number}")),
            checksum_sha256: Some("s".to_owned()),
            checksum_crc64nvme: None,
        }
    }

    fn whole() -> Vec<StoredPart> {
        vec![stored(1, 5 * MIB), stored(2, 5 * MIB), stored(3, MIB)]
    }

    fn claimed(number: u64, etag: &str, sha256: Option<&str>) -> ClaimedPart {
        ClaimedPart {
            number: PartNumber::try_from(number).unwrap(),
            etag: ETag::new(etag),
            checksum_sha256: sha256.map(ToOwned::to_owned),
        }
    }

    fn told(flaws: Vec<PartFlaw>) -> Vec<(u16, &'static str)> {
        flaws.into_iter().map(|flaw| (flaw.part.get(), flaw.problem.as_str())).collect()
    }

    #[test]
    fn what_s3_holds_is_the_truth_where_the_client_lists_nothing() {
        assert_eq!(told(plan().flaws(&whole(), None)), []);
        let held = [stored(1, 5 * MIB), stored(3, MIB - 1), stored(4, 1)];
        let flaws = told(plan().flaws(&held, None));
        assert_eq!(flaws, [(2, "missing"), (3, "wrong_size"), (4, "foreign")]);
    }

    #[test]
    fn a_list_must_name_every_part_as_s3_holds_it() {
        let right =
            [claimed(3, "e3", None), claimed(1, "\"e1\"", Some("s")), claimed(2, "e2", None)];
        assert_eq!(told(plan().flaws(&whole(), Some(&right))), []);
        let wrong = [
            claimed(1, "other", None),
            claimed(2, "e2", Some("t")),
            claimed(2, "e2", None),
            claimed(7, "e7", None),
        ];
        let flaws = told(plan().flaws(&whole(), Some(&wrong)));
        assert_eq!(flaws, [(1, "changed"), (2, "changed"), (3, "missing"), (7, "foreign")]);
        let twice = [claimed(1, "e1", None), claimed(1, "e1", None)];
        let flaws = told(plan().flaws(&whole(), Some(&twice)));
        assert_eq!(flaws, [(1, "doubled"), (2, "missing"), (3, "missing")]);
    }
}
