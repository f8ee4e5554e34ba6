//! The list of parts in a completion's body.

use std::collections::BTreeMap;

use s3s::dto::{CompletedMultipartUpload, CompletedPart, PartNumber};
use s3s::{S3Result, s3_error};

use crate::s3::algorithm::Algorithm;

/// What a completion says of one part.
pub(super) struct ListedPart {
    /// The part's number.
    pub(super) number: PartNumber,
    /// The part's `ETag`, without quotes.
    pub(super) etag: String,
    /// The part's checksums, base64, as far as the list gives any.
    pub(super) checksums: BTreeMap<Algorithm, String>,
}

impl ListedPart {
    /// The list, which has at least one part.
    pub(super) fn list(body: Option<CompletedMultipartUpload>) -> S3Result<Vec<Self>> {
        let parts = body.and_then(|body| body.parts).unwrap_or_default();
        let listed = parts.into_iter().map(Self::of).collect::<Option<Vec<_>>>();
        listed.filter(|listed| !listed.is_empty()).ok_or_else(|| {
            s3_error!(
                MalformedXML,
                "The XML you provided was not well-formed or did not validate against our \
                 published schema"
            )
        })
    }

    fn of(part: CompletedPart) -> Option<Self> {
        let checksums = [
            (Algorithm::Crc32, part.checksum_crc32),
            (Algorithm::Crc32c, part.checksum_crc32c),
            (Algorithm::Crc64nvme, part.checksum_crc64nvme),
            (Algorithm::Md5, part.checksum_md5),
            (Algorithm::Sha1, part.checksum_sha1),
            (Algorithm::Sha256, part.checksum_sha256),
        ];
        let given =
            |(algorithm, checksum): (Algorithm, Option<String>)| Some((algorithm, checksum?));
        Some(Self {
            number: part.part_number?,
            etag: part.e_tag?.into_value(),
            checksums: checksums.into_iter().filter_map(given).collect(),
        })
    }
}
