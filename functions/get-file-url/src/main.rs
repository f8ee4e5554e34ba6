//! `GET /v1/files/{id}/url`: sign a download of a completed file.

use shared::http::{self, Call, DownloadUrlQuery, Reply, UrlView, endpoints};
use shared::{BucketContext, Result, uploads};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::GET_FILE_URL, get_file_url).await
}

async fn get_file_url(ctx: BucketContext, call: Call) -> Result<Reply> {
    let DownloadUrlQuery { disposition } = call.query()?;
    let id = call.path("id")?;
    let (_, download) =
        uploads::sign_download(&ctx, call.pending_caller(), id, disposition).await?;
    Reply::ok(&UrlView::new(&download))
}

#[cfg(test)]
mod tests;
