//! `DELETE /v1/{project_id}/files/{file_id}`: remove a file, record and bytes, whatever its state.

use shared::domain::{FileId, Milestone};
use shared::http::{Call, Reply, StatusCode};
use shared::uploads;
use shared::{BucketContext, Result};

/// Answers nothing but that it is done.
pub(crate) async fn delete_file(ctx: BucketContext, call: Call, id: FileId) -> Result<Reply> {
    uploads::delete(&ctx, call.caller().await, id).await?;
    Ok(Reply::empty(StatusCode::OK).marking(Milestone::Deleted))
}
