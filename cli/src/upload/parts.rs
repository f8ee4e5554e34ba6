//! A file cut into parts, and what S3 holds of each.

use shared::domain::{Encryption, Md5};

use crate::client::{PartPlan, StoredPart};
use crate::failure::Failure;

/// A part of the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Part {
    /// Its number, from 1.
    pub(super) number: u32,
    /// Where it begins, in bytes.
    pub(super) offset: u64,
    /// Its size in bytes.
    pub(super) size_bytes: u64,
    /// What S3 holds of it.
    pub(super) held: Held,
}

/// What S3 holds of a part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Held {
    /// Nothing, or nothing of the right size.
    Nothing,
    /// Bytes with this digest.
    Bytes(Md5),
    /// As many bytes; S3 does not tell their digest.
    Unknown,
}

/// The file in one part.
pub(super) fn whole(size_bytes: u64) -> Vec<Part> {
    vec![Part { number: 1, offset: 0, size_bytes, held: Held::Nothing }]
}

/// The file of `size_bytes` cut as `plan` says, of which S3 holds `held`, under such `encryption`.
pub(super) fn cut(
    size_bytes: u64,
    plan: PartPlan,
    held: &[StoredPart],
    encryption: Encryption,
) -> Result<Vec<Part>, Failure> {
    let part_size_bytes = plan.part_size_bytes.get();
    if size_bytes.div_ceil(part_size_bytes) != u64::from(plan.count) {
        return Err(Failure::Nonsense("the parts are not the file"));
    }
    let mut parts: Vec<_> = (1..=plan.count)
        .map(|number| {
            let offset = u64::from(number - 1) * part_size_bytes;
            let size_bytes = part_size_bytes.min(size_bytes - offset);
            Part { number, offset, size_bytes, held: Held::Nothing }
        })
        .collect();
    for held in held {
        let index = usize::try_from(held.part_number).unwrap_or(usize::MAX).wrapping_sub(1);
        if let Some(part) = parts.get_mut(index)
            && part.size_bytes == held.size_bytes
        {
            part.held = match encryption {
                Encryption::S3Managed => what_is_held(&held.etag),
                Encryption::CustomerManaged => Held::Unknown,
            };
        }
    }
    Ok(parts)
}

/// A part's `ETag` is its MD5 unless it does not look like one.
fn what_is_held(etag: &str) -> Held {
    etag.trim_matches('"').parse().map_or(Held::Unknown, Held::Bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

    fn plan(part_size_bytes: u64, count: u32) -> PartPlan {
        PartPlan { part_size_bytes: part_size_bytes.try_into().unwrap(), count }
    }

    fn held(part_number: u32, size_bytes: u64, etag: &str) -> StoredPart {
        StoredPart { part_number, size_bytes, etag: etag.to_owned() }
    }

    #[test]
    fn the_parts_are_the_whole_file_and_the_last_is_the_rest() {
        let parts = cut(25, plan(10, 3), &[], Encryption::S3Managed).unwrap();
        let places: Vec<_> = parts.iter().map(|part| (part.offset, part.size_bytes)).collect();
        assert_eq!(places, [(0, 10), (10, 10), (20, 5)]);
        assert_eq!(cut(20, plan(10, 2), &[], Encryption::S3Managed).unwrap()[1].size_bytes, 10);
    }

    #[test]
    fn parts_that_are_not_the_file_are_refused() {
        for count in [0, 2, 4] {
            assert!(matches!(
                cut(25, plan(10, count), &[], Encryption::S3Managed),
                Err(Failure::Nonsense(_))
            ));
        }
    }

    #[test]
    fn a_held_part_counts_if_its_size_is_right_and_its_etag_is_an_md5_if_it_looks_like_one() {
        let quoted = format!("\"{MD5}\"");
        let held = [held(0, 10, MD5), held(1, 10, &quoted), held(2, 10, "x-1"), held(3, 10, MD5)];
        let parts = cut(25, plan(10, 3), &held, Encryption::S3Managed).unwrap();
        let held: Vec<_> = parts.iter().map(|part| part.held).collect();
        assert_eq!(held, [Held::Bytes(MD5.parse().unwrap()), Held::Unknown, Held::Nothing]);
    }

    #[test]
    fn an_opaque_etag_counts_by_its_size_whatever_it_looks_like() {
        let held = [held(1, 10, MD5), held(2, 9, MD5)];
        let parts = cut(20, plan(10, 2), &held, Encryption::CustomerManaged).unwrap();
        assert_eq!([parts[0].held, parts[1].held], [Held::Unknown, Held::Nothing]);
    }
}
