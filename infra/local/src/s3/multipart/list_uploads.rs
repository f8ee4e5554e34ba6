//! `ListMultipartUploads`: a page of the open uploads, by key and then in the order of their creation.

use s3s::dto::{ListMultipartUploadsInput, ListMultipartUploadsOutput, MultipartUpload};
use s3s::{S3Result, s3_error};

use super::checksum::UploadChecksum;
use super::upload::Upload;
use crate::s3::store::Store;

/// The most uploads on one page.
const LARGEST_PAGE: i32 = 1000;

/// Answers one page.
pub(in crate::s3) fn list_uploads(
    store: &Store,
    input: ListMultipartUploadsInput,
) -> S3Result<ListMultipartUploadsOutput> {
    if input.delimiter.is_some() {
        return Err(s3_error!(NotImplemented, "A delimiter is not implemented for uploads"));
    }
    let max_uploads = input.max_uploads.unwrap_or(LARGEST_PAGE).clamp(0, LARGEST_PAGE);
    let mut uploads = store.step(&input.bucket, |bucket, _| {
        let open = bucket.uploads().open_ones().filter(|upload| is_wanted(upload, &input));
        Ok(open.cloned().collect::<Vec<_>>())
    })?;
    uploads.sort_by(|one, other| (&one.key, &one.id).cmp(&(&other.key, &other.id)));
    let limit = usize::try_from(max_uploads).unwrap_or_default();
    let truncated = uploads.len() > limit;
    uploads.truncate(limit);
    let last = uploads.last().filter(|_| truncated);
    Ok(ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        prefix: input.prefix,
        key_marker: input.key_marker,
        upload_id_marker: input.upload_id_marker,
        max_uploads: Some(max_uploads),
        is_truncated: Some(truncated),
        next_key_marker: last.map(|upload| upload.key.clone()),
        next_upload_id_marker: last.map(|upload| upload.id.clone()),
        uploads: Some(uploads.iter().map(listed).collect()),
        ..Default::default()
    })
}

/// Whether the upload is under the prefix and behind the markers; without a key's the id's means nothing.
fn is_wanted(upload: &Upload, input: &ListMultipartUploadsInput) -> bool {
    let prefix = input.prefix.as_deref().unwrap_or_default();
    let is_behind = match (input.key_marker.as_deref(), input.upload_id_marker.as_deref()) {
        (None, _) => true,
        (Some(key), None) => upload.key.as_str() > key,
        (Some(key), Some(id)) => (upload.key.as_str(), upload.id.as_str()) > (key, id),
    };
    is_behind && upload.key.starts_with(prefix)
}

fn listed(upload: &Upload) -> MultipartUpload {
    let checksum = upload.asked_checksum;
    MultipartUpload {
        key: Some(upload.key.clone()),
        upload_id: Some(upload.id.clone()),
        initiated: Some(upload.initiated()),
        checksum_algorithm: checksum.map(UploadChecksum::algorithm_name),
        checksum_type: checksum.map(UploadChecksum::type_name),
        ..Default::default()
    }
}
