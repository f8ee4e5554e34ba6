//! `DELETE /v1/files/{id}`: remove a file, record and bytes, whatever its state.

use shared::domain::{FileId, Milestone};
use shared::http::{Call, Reply};
use shared::uploads;
use shared::{BucketContext, Result};

pub(crate) async fn delete_file(ctx: BucketContext, call: Call, id: FileId) -> Result<Reply> {
    uploads::delete(&ctx, call.caller().await, id).await?;
    Ok(Reply::no_content().marking(Milestone::Deleted))
}
