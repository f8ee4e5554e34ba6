//! `CompleteMultipartUpload`: the listed parts become the object, without a byte being copied.

use std::collections::BTreeMap;
use std::sync::Arc;

use s3s::dto::{ChecksumType, CompleteMultipartUploadInput, CompleteMultipartUploadOutput, ETag};
use s3s::{S3Error, S3Request, S3Response, S3Result};

use super::assembly::Assembly;
use super::listed_part::ListedPart;
use super::upload::{Finished, Upload};
use crate::Encryption;
use crate::s3::algorithm::Algorithm;
use crate::s3::bucket::Bucket;
use crate::s3::digests::{checksum_type, in_xml};
use crate::s3::engine::Engine;
use crate::s3::object::Object;
use crate::s3::store::{Condition, Stamp};

/// Publishes the object and ends the upload; asked again for what it did, it answers and does nothing.
pub(in crate::s3) fn complete(
    engine: &Engine,
    mut request: S3Request<CompleteMultipartUploadInput>,
) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
    let list = ListedPart::list(request.input.multipart_upload.take())?;
    let bucket = request.input.bucket.clone();
    let outcome =
        engine.store.step(&bucket, |bucket, stamp| complete_in(bucket, stamp, &request, &list))?;
    if let Some(object) = &outcome.published {
        engine.announcer.announce(bucket, Arc::clone(object));
    }
    Ok(S3Response::new(outcome.said(request.input)))
}

fn complete_in(
    bucket: &mut Bucket,
    stamp: Stamp,
    request: &S3Request<CompleteMultipartUploadInput>,
    list: &[ListedPart],
) -> S3Result<Outcome> {
    let input = &request.input;
    let entry = bucket.uploads().find(&input.key, &input.upload_id)?;
    if let Some(finished) = entry.upload.finished.as_ref().filter(|end| end.is_of(list)) {
        return Ok(Outcome::repeated(&entry.upload, finished));
    }
    let entry = bucket.uploads().find_open(&input.key, &input.upload_id)?;
    let assembly = Assembly::of(entry, list)?;
    assembly.check_size(input.mpu_object_size)?;
    let object = assembly.object(&request.headers, stamp)?;
    let condition =
        Condition { if_match: input.if_match.clone(), if_none_match: input.if_none_match.clone() };
    condition.check(bucket.find(&input.key))?;
    let object = bucket.publish_assembled(object).map_err(S3Error::internal_error)?;
    Ok(Outcome::published(object))
}

/// What is told of the object, which may be gone by now if it was published before.
struct Outcome {
    etag: String,
    checksums: BTreeMap<Algorithm, String>,
    encryption: Encryption,
    published: Option<Arc<Object>>,
}

impl Outcome {
    fn published(object: Arc<Object>) -> Self {
        Self {
            etag: object.etag.clone(),
            checksums: object.checksums.clone(),
            encryption: object.encryption,
            published: Some(object),
        }
    }

    fn repeated(upload: &Upload, finished: &Finished) -> Self {
        Self {
            etag: finished.etag.clone(),
            checksums: finished.checksums.clone(),
            encryption: upload.encryption,
            published: None,
        }
    }

    fn said(self, input: CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput {
        let checksums = in_xml(&self.checksums);
        let kind = self.checksums.values().next().map(|checksum| checksum_type(checksum));
        CompleteMultipartUploadOutput {
            location: Some(format!("/{}/{}", input.bucket, input.key)),
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: Some(ETag::Strong(self.etag)),
            checksum_crc32: checksums.checksum_crc32,
            checksum_crc32c: checksums.checksum_crc32c,
            checksum_crc64nvme: checksums.checksum_crc64nvme,
            checksum_md5: checksums.checksum_md5,
            checksum_sha1: checksums.checksum_sha1,
            checksum_sha256: checksums.checksum_sha256,
            checksum_type: kind.map(ChecksumType::from_static),
            server_side_encryption: Some(self.encryption.header()),
            ..Default::default()
        }
    }
}

impl Finished {
    /// Whether a completion with this list is the one that ended the upload.
    fn is_of(&self, list: &[ListedPart]) -> bool {
        let parts = self.parts.iter().map(|(number, etag)| (*number, etag.as_str()));
        parts.eq(list.iter().map(|listed| (listed.number, listed.etag.as_str())))
    }
}
