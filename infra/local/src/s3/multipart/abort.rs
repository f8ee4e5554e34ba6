//! `AbortMultipartUpload`.

use s3s::{S3Error, S3Result};

use crate::s3::store::Store;

/// Removes the open upload and its parts.
pub(in crate::s3) fn abort(
    store: &Store,
    bucket: &str,
    key: &str,
    upload_id: &str,
) -> S3Result<()> {
    store.step(bucket, |bucket, _| {
        bucket.uploads().find_open(key, upload_id)?;
        bucket.uploads_mut().abort(upload_id).map_err(S3Error::internal_error)
    })
}
