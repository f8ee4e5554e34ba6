//! `GET /v1/files/{id}/download`: sign a download of a completed file.

use shared::domain::{Disposition, FileId};
use shared::http::{Call, Reply};
use shared::{BucketContext, Result, uploads};

use crate::views::FileDownload;

pub(crate) async fn download_file(ctx: BucketContext, call: Call, id: FileId) -> Result<Reply> {
    let caller = call.pending_caller();
    let (file, download) =
        uploads::sign_download(&ctx, caller, id, Disposition::Attachment).await?;
    Reply::ok(&FileDownload::new(&call, &file, &download))
}
