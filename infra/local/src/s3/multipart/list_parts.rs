//! `ListParts`: a page of what an open upload holds, in the order of the numbers.

use std::collections::BTreeMap;
use std::ops::Bound;

use s3s::S3Result;
use s3s::dto::{ListPartsInput, ListPartsOutput, Part as Listed};

use super::checksum::UploadChecksum;
use super::upload::Part;
use super::uploads::Entry;
use crate::s3::digests::in_xml;
use crate::s3::store::Store;

/// The most parts on one page.
const LARGEST_PAGE: i32 = 1000;

/// Answers one page.
pub(in crate::s3) fn list_parts(
    store: &Store,
    input: &ListPartsInput,
) -> S3Result<ListPartsOutput> {
    store.step(&input.bucket, |bucket, _| {
        Ok(page(bucket.uploads().find_open(&input.key, &input.upload_id)?, input))
    })
}

fn page(entry: &Entry, input: &ListPartsInput) -> ListPartsOutput {
    let max_parts = input.max_parts.unwrap_or(LARGEST_PAGE).clamp(0, LARGEST_PAGE);
    let limit = usize::try_from(max_parts).unwrap_or_default();
    let marker = input.part_number_marker.unwrap_or_default();
    let mut rest = entry.parts.range((Bound::Excluded(marker), Bound::Unbounded));
    let checksum = entry.upload.asked_checksum;
    let parts: Vec<_> = rest.by_ref().take(limit).map(|(_, part)| listed(part, checksum)).collect();
    ListPartsOutput {
        bucket: Some(input.bucket.clone()),
        key: Some(input.key.clone()),
        upload_id: Some(input.upload_id.clone()),
        checksum_algorithm: checksum.map(UploadChecksum::algorithm_name),
        checksum_type: checksum.map(UploadChecksum::type_name),
        max_parts: Some(max_parts),
        part_number_marker: Some(marker),
        next_part_number_marker: parts.last().and_then(|part| part.part_number),
        is_truncated: Some(rest.next().is_some()),
        parts: Some(parts),
        ..Default::default()
    }
}

/// A checksum is told only where the upload was created for it.
fn listed(part: &Part, asked: Option<UploadChecksum>) -> Listed {
    let told = asked.map(|asked| (asked.algorithm, part.checksum.clone()));
    let checksums = in_xml(&BTreeMap::from_iter(told));
    Listed {
        part_number: Some(part.number),
        size: i64::try_from(part.segment.size).ok(),
        e_tag: Some(part.e_tag()),
        last_modified: Some(part.last_modified()),
        checksum_crc32: checksums.checksum_crc32,
        checksum_crc32c: checksums.checksum_crc32c,
        checksum_crc64nvme: checksums.checksum_crc64nvme,
        checksum_md5: checksums.checksum_md5,
        checksum_sha1: checksums.checksum_sha1,
        checksum_sha256: checksums.checksum_sha256,
        ..Default::default()
    }
}
