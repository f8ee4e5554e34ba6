//! Cutting a file into parts.

use std::ops::Range;

use thiserror::Error;

use super::PartNumber;

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

/// How a file is cut: every part has the same size but the last, which has the rest.
///
/// ```
/// use shared::domain::PartPlan;
///
/// const MIB: u64 = 1024 * 1024;
/// let plan = PartPlan::choose(40 * MIB, None).unwrap();
/// assert_eq!((plan.part_size_bytes(), plan.count()), (16 * MIB, 3));
/// let last = plan.parts().last().unwrap();
/// assert_eq!(plan.range_of(last), Some(32 * MIB..40 * MIB));
/// assert_eq!(PartPlan::choose(40 * MIB, Some(MIB)).unwrap_err().least, 5 * MIB);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartPlan {
    size_bytes: u64,
    part_size_bytes: u64,
}

/// S3 would not take a file cut like that.
#[derive(Debug, Error)]
#[error(
    "must be 1 to 10000 parts of at most 5 GiB, each but the last of the same size and at least 5 MiB"
)]
pub struct InvalidCut;

/// S3 would not take parts of that size, or not so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must be between {least} and {most} for a file of that size")]
pub struct InvalidPartSize {
    /// The smallest size, in bytes.
    pub least: u64,
    /// The largest size, in bytes.
    pub most: u64,
}

impl PartPlan {
    /// The largest file that can be uploaded: 10,000 parts of 5 GiB.
    pub const MAX_FILE_BYTES: u64 = PartNumber::MAX as u64 * Self::MAX_PUT_BYTES;
    /// The largest file that can be sent in one PUT, of the whole or of a part.
    pub const MAX_PUT_BYTES: u64 = 5 * GIB;
    const MIN_PART_BYTES: u64 = 5 * MIB;
    /// Small enough to be sent again without regret, large enough that most files have few parts.
    const DEFAULT_PART_BYTES: u64 = 16 * MIB;

    /// Cuts a file of `size_bytes` into parts of the size that was asked for, or of 16 MiB, or of as
    /// many whole MiB as it takes to need no more than 10,000 parts.
    ///
    /// # Errors
    ///
    /// [`InvalidPartSize`].
    pub fn choose(size_bytes: u64, asked: Option<u64>) -> Result<Self, InvalidPartSize> {
        let least = size_bytes.div_ceil(u64::from(PartNumber::MAX)).max(Self::MIN_PART_BYTES);
        let part_size_bytes = match asked {
            None => least.next_multiple_of(MIB).max(Self::DEFAULT_PART_BYTES),
            Some(asked) if (least..=Self::MAX_PUT_BYTES).contains(&asked) => asked,
            Some(_) => return Err(InvalidPartSize { least, most: Self::MAX_PUT_BYTES }),
        };
        Ok(Self { size_bytes, part_size_bytes })
    }

    /// The cut of a client that has made its own: parts of `part_size_bytes`, the last one the rest. A
    /// single part may be of any size up to 5 GiB.
    ///
    /// # Errors
    ///
    /// [`InvalidCut`]: S3 does not take parts of that size, or not so many.
    pub fn cut(size_bytes: u64, part_size_bytes: u64) -> Result<Self, InvalidCut> {
        let least = if size_bytes <= part_size_bytes { 0 } else { Self::MIN_PART_BYTES };
        let plan = Self { size_bytes, part_size_bytes };
        let is_taken = (least..=Self::MAX_PUT_BYTES).contains(&part_size_bytes)
            && (1..=u64::from(PartNumber::MAX)).contains(&plan.count());
        if is_taken { Ok(plan) } else { Err(InvalidCut) }
    }

    /// A file that is sent in one part, whatever its size up to 5 GiB: an upload whose URL is dead
    /// once it is completed.
    #[must_use]
    pub const fn whole(size_bytes: u64) -> Self {
        Self { size_bytes, part_size_bytes: size_bytes }
    }

    /// The cut of a file that was recorded.
    #[must_use]
    pub const fn recorded(size_bytes: u64, part_size_bytes: u64) -> Self {
        Self { size_bytes, part_size_bytes }
    }

    /// The size of every part but the last, in bytes.
    #[must_use]
    pub const fn part_size_bytes(self) -> u64 {
        self.part_size_bytes
    }

    /// How many parts there are.
    #[must_use]
    pub const fn count(self) -> u64 {
        // S3 joins at least one part, so an empty file has one, of no bytes.
        if self.size_bytes == 0 { 1 } else { self.size_bytes.div_ceil(self.part_size_bytes) }
    }

    /// The size of a part in bytes; nothing if there is no such part.
    #[must_use]
    pub fn size_of(self, part: PartNumber) -> Option<u64> {
        self.range_of(part).map(|range| range.end - range.start)
    }

    /// Which of the file's bytes make a part; nothing if there is no such part.
    #[must_use]
    pub fn range_of(self, part: PartNumber) -> Option<Range<u64>> {
        let start = (u64::from(part.get()) - 1).checked_mul(self.part_size_bytes)?;
        let rest = self.size_bytes.checked_sub(start)?;
        let is_there = rest > 0 || self.size_bytes == 0 && part.get() == 1;
        is_there.then(|| start..start + rest.min(self.part_size_bytes))
    }

    /// All parts, in order.
    pub fn parts(self) -> impl Iterator<Item = PartNumber> {
        (1..=self.count()).filter_map(|number| PartNumber::try_from(number).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: u64) -> PartNumber {
        PartNumber::try_from(number).unwrap()
    }

    #[test]
    fn every_part_has_the_same_size_but_the_last() {
        let plan = PartPlan::choose(20 * MIB + 1, Some(8 * MIB)).unwrap();
        assert_eq!(plan.count(), 3);
        let sizes: Vec<_> = plan.parts().map(|part| plan.size_of(part)).collect();
        assert_eq!(sizes, [Some(8 * MIB), Some(8 * MIB), Some(4 * MIB + 1)]);
        assert_eq!(plan.size_of(part(4)), None);
    }

    #[test]
    fn a_file_of_whole_parts_has_no_empty_one() {
        let plan = PartPlan::choose(16 * MIB, Some(8 * MIB)).unwrap();
        assert_eq!((plan.count(), plan.size_of(part(3))), (2, None));
    }

    #[test]
    fn an_empty_file_has_one_empty_part() {
        for plan in [PartPlan::whole(0), PartPlan::choose(0, None).unwrap()] {
            assert_eq!(
                plan.parts().map(|part| plan.range_of(part)).collect::<Vec<_>>(),
                [Some(0..0)]
            );
            assert_eq!(plan.range_of(part(2)), None);
        }
    }

    #[test]
    fn parts_follow_one_another_from_the_first_byte_to_the_last() {
        let plan = PartPlan::cut(11 * MIB, 5 * MIB).unwrap();
        let ranges: Vec<_> = plan.parts().filter_map(|part| plan.range_of(part)).collect();
        assert_eq!(ranges, [0..5 * MIB, 5 * MIB..10 * MIB, 10 * MIB..11 * MIB]);
        assert_eq!(plan.range_of(part(4)), None);
    }

    #[test]
    fn a_clients_own_cut_is_taken_if_s3_takes_it() {
        for (size, part_size, count) in [
            (0, 0, 1),
            (0, 5 * MIB, 1),
            (1, 1, 1),
            (5 * GIB, 5 * GIB, 1),
            (10 * MIB + 1, 5 * MIB, 3),
            (50_000 * MIB, 5 * MIB, 10_000),
        ] {
            assert_eq!(PartPlan::cut(size, part_size).unwrap().count(), count);
        }
        for (size, part_size) in [
            (1, 0),
            (5 * MIB, 5 * MIB - 1),
            (5 * GIB + 1, 5 * GIB + 1),
            (50_000 * MIB + 1, 5 * MIB),
        ] {
            assert!(PartPlan::cut(size, part_size).is_err(), "{size} in {part_size}");
        }
    }

    #[test]
    fn a_file_of_any_size_fits_into_ten_thousand_parts() {
        for size in [0, 1, 5 * MIB, 100 * GIB, 160_000 * MIB + 1, PartPlan::MAX_FILE_BYTES] {
            let plan = PartPlan::choose(size, None).unwrap();
            assert!(plan.count() <= 10_000, "{size}: {} parts", plan.count());
            assert!(plan.part_size_bytes() <= PartPlan::MAX_PUT_BYTES);
            assert_eq!(plan.parts().map(|part| plan.size_of(part).unwrap()).sum::<u64>(), size);
        }
        assert_eq!(PartPlan::choose(1, None).unwrap().part_size_bytes(), 16 * MIB);
    }

    #[test]
    fn a_part_size_that_s3_would_refuse_is_refused_with_its_bounds() {
        for (size, asked) in
            [(GIB, 5 * MIB - 1), (GIB, 5 * GIB + 1), (50_001 * MIB, 5 * MIB), (GIB, 0)]
        {
            let refusal = PartPlan::choose(size, Some(asked)).unwrap_err();
            assert!(refusal.least > asked || refusal.most < asked, "{refusal}");
        }
        assert!(PartPlan::choose(50_000 * MIB, Some(5 * MIB)).is_ok());
    }
}
