//! `CreateMultipartUpload`.

use s3s::dto::{CreateMultipartUploadInput, CreateMultipartUploadOutput};
use s3s::{S3Error, S3Result};

use super::checksum::UploadChecksum;
use super::upload::Upload;
use crate::Encryption;
use crate::s3::engine::Engine;
use crate::s3::object::ContentHeaders;
use crate::s3::store::Stamp;

/// Opens an upload; what it says of the object holds when the parts become one.
pub(in crate::s3) fn create(
    engine: &Engine,
    input: CreateMultipartUploadInput,
) -> S3Result<CreateMultipartUploadOutput> {
    let (bucket, key) = (input.bucket.clone(), input.key.clone());
    let checksum =
        UploadChecksum::asked_for(input.checksum_algorithm.as_ref(), input.checksum_type.as_ref())?;
    let encryption =
        Encryption::asked_for(input.server_side_encryption.as_ref(), engine.encryption);
    let id = engine.store.step(&bucket, |bucket, stamp| {
        let upload = described(input, checksum, encryption, stamp);
        let id = upload.id.clone();
        bucket.uploads_mut().create(upload).map_err(S3Error::internal_error)?;
        Ok(id)
    })?;
    Ok(CreateMultipartUploadOutput {
        bucket: Some(bucket),
        key: Some(key),
        upload_id: Some(id),
        checksum_algorithm: checksum.map(UploadChecksum::algorithm_name),
        checksum_type: checksum.map(UploadChecksum::type_name),
        server_side_encryption: Some(encryption.header()),
        ..Default::default()
    })
}

fn described(
    input: CreateMultipartUploadInput,
    asked_checksum: Option<UploadChecksum>,
    encryption: Encryption,
    stamp: Stamp,
) -> Upload {
    Upload {
        id: stamp.sequencer,
        key: input.key,
        initiated_ms: stamp.now_ms,
        asked_checksum,
        encryption,
        headers: ContentHeaders {
            content_type: input.content_type,
            content_disposition: input.content_disposition,
            content_encoding: ContentHeaders::encoding(input.content_encoding),
            content_language: input.content_language,
            cache_control: input.cache_control,
            expires: None,
        },
        finished: None,
    }
}
