//! `DELETE /v1/files/{id}`: remove a file, record and bytes, whatever its state.

use shared::domain::{FileId, Milestone};
use shared::flows;
use shared::http::{Call, Reply};
use shared::{Context, Result};

pub(crate) async fn delete_file(ctx: Context, call: Call, id: FileId) -> Result<Reply> {
    flows::delete(&ctx, call.caller().await, id).await?;
    Ok(Reply::no_content().marking(Milestone::Deleted))
}
