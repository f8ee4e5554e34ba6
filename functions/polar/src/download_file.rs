//! `GET /v1/files/{id}/download`: sign a download of a completed file.

use shared::domain::FileId;
use shared::http::{Call, Reply};
use shared::{Context, Result};

use crate::views::FileDownload;

pub(crate) async fn download_file(ctx: Context, call: Call, id: FileId) -> Result<Reply> {
    let file = ctx.files().get(call.workspace(), id).await?;

    let now = ctx.now();
    file.completed(now)?;
    let lifetime = ctx.config().download_lifetime;
    let url = ctx.bucket().sign_get(&call.object_key(id), &file, now, lifetime).await?;
    Reply::ok(&FileDownload::new(&call, &file, &url, now.after(lifetime)))
}
