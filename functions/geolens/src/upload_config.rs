//! `GET /ingest/upload/config`: what may be uploaded, and how.

use serde::Serialize;
use shared::http::Reply;
use shared::{Context, Result};

use crate::{extensions, open_upload};

#[derive(Serialize)]
struct UploadConfig {
    presigned_uploads: bool,
    presigned_threshold_bytes: u64,
    max_file_size_bytes: u64,
    allowed_extensions: String,
    /// Null where nothing but their size limits how many files there are.
    remaining_dataset_quota: Option<u64>,
}

pub(crate) fn upload_config(ctx: &Context) -> Result<Reply> {
    Reply::ok(&UploadConfig {
        presigned_uploads: true,
        presigned_threshold_bytes: ctx.config().multipart_threshold_bytes,
        max_file_size_bytes: open_upload::max_file_bytes(ctx.config()),
        allowed_extensions: extensions::allowed(),
        remaining_dataset_quota: None,
    })
}
