//! The object that a list of parts makes, if S3 would make it.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use hyper::HeaderMap;
use md5::{Digest, Md5};
use s3s::{S3Error, S3Result, s3_error};

use super::checksum::UploadChecksum;
use super::listed_part::ListedPart;
use super::upload::{Part, Upload};
use super::uploads::Entry;
use crate::s3::digests::bad_digest;
use crate::s3::object::{Assembled, Object};
use crate::s3::store::Stamp;

/// The least a part may have that is not the last, in bytes.
const SMALLEST_PART: u64 = 5 * 1024 * 1024;

/// The parts of an upload that are to become one object.
pub(super) struct Assembly<'upload> {
    upload: &'upload Upload,
    parts: Vec<&'upload Part>,
}

impl<'upload> Assembly<'upload> {
    /// The parts listed, or S3's refusal.
    pub(super) fn of(entry: &'upload Entry, list: &[ListedPart]) -> S3Result<Self> {
        if list.windows(2).any(|pair| pair[0].number >= pair[1].number) {
            return Err(s3_error!(
                InvalidPartOrder,
                "The list of parts was not in ascending order. The parts list must be specified in \
                 order by part number."
            ));
        }
        let parts = list.iter().map(|listed| find(entry, listed)).collect::<S3Result<Vec<_>>>()?;
        let mut but_last = parts.iter().rev().skip(1);
        if but_last.any(|part| part.segment.size < SMALLEST_PART) {
            return Err(s3_error!(
                EntityTooSmall,
                "Your proposed upload is smaller than the minimum allowed size"
            ));
        }
        Ok(Self { upload: &entry.upload, parts })
    }

    /// Refuses an object of another size than the one `x-amz-mp-object-size` announces, in bytes.
    pub(super) fn check_size(&self, announced: Option<i64>) -> S3Result<()> {
        let size = self.size();
        match announced {
            Some(announced) if u64::try_from(announced).ok() != Some(size) => Err(s3_error!(
                InvalidRequest,
                "The provided 'x-amz-mp-object-size' header does not match what was computed."
            )),
            _ => Ok(()),
        }
    }

    /// The object they make; refused if `headers` claim another checksum of it.
    pub(super) fn object(&self, headers: &HeaderMap, stamp: Stamp) -> S3Result<Object> {
        let upload = self.upload.clone();
        let UploadChecksum { algorithm, .. } = upload.checksum();
        let checksum = upload.checksum().of_object(&self.parts)?;
        let claimed = headers.get(algorithm.header());
        if claimed.is_some_and(|claimed| claimed.as_bytes() != checksum.as_bytes()) {
            return Err(bad_digest(&algorithm.to_string().to_uppercase()));
        }
        let segments = self.parts.iter().map(|part| part.segment.clone()).collect();
        Ok(Object {
            key: upload.key,
            sequencer: stamp.sequencer,
            size: self.size(),
            etag: self.etag()?,
            last_modified_ms: stamp.now_ms,
            encryption: upload.encryption,
            checksums: BTreeMap::from([(algorithm, checksum)]),
            headers: upload.headers,
            announced: false,
            assembled: Some(Assembled { upload_id: upload.id, segments }),
        })
    }

    fn size(&self) -> u64 {
        self.parts.iter().map(|part| part.segment.size).sum()
    }

    /// Of the parts' `ETag`s, and no MD5 of the content; under SSE-S3 those are the parts' MD5s.
    fn etag(&self) -> S3Result<String> {
        let mut md5 = Md5::new();
        for part in &self.parts {
            md5.update(HEXLOWER.decode(part.etag.as_bytes()).map_err(S3Error::internal_error)?);
        }
        Ok(format!("{}-{}", HEXLOWER.encode(&md5.finalize()), self.parts.len()))
    }
}

/// The part that the list means.
fn find<'upload>(entry: &'upload Entry, listed: &ListedPart) -> S3Result<&'upload Part> {
    let checksum = entry.upload.checksum();
    let demanded = entry.upload.asked_checksum.filter(|asked| asked.composite);
    if demanded.is_some_and(|asked| !listed.checksums.contains_key(&asked.algorithm)) {
        let (algorithm, number) = (checksum.algorithm, listed.number);
        return Err(s3_error!(
            InvalidRequest,
            "The upload was created using a {algorithm} checksum. The complete request must include \
             the checksum for each part. It was missing for part {number} in the request."
        ));
    }
    let part = entry.parts.get(&listed.number).filter(|part| part.etag == listed.etag);
    let agrees = |part: &&Part| {
        let mut checksums = listed.checksums.iter();
        checksums.all(|(algorithm, sum)| *algorithm == checksum.algorithm && *sum == part.checksum)
    };
    part.filter(agrees).ok_or_else(|| {
        s3_error!(
            InvalidPart,
            "One or more of the specified parts could not be found. The part may not have been \
             uploaded, or the specified entity tag may not match the part's entity tag."
        )
    })
}
