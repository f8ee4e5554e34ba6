//! `AbortMultipartUpload`.

use s3s::dto::AbortMultipartUploadInput;
use s3s::{S3Error, S3Result};

use crate::s3::store::Store;

/// Removes the open upload and its parts.
pub(in crate::s3) fn abort(store: &Store, input: &AbortMultipartUploadInput) -> S3Result<()> {
    store.step(&input.bucket, |bucket, _| {
        bucket.uploads().find_open(&input.key, &input.upload_id)?;
        bucket.uploads_mut().abort(&input.upload_id).map_err(S3Error::internal_error)
    })
}
