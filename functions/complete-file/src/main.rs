//! `POST /v1/files/{id}/complete`: check what S3 holds and finish the upload.

use shared::domain::Milestone;
use shared::http::{self, Call, CompleteFile, FileView, Reply, endpoints};
use shared::uploads::{self, Outcome};
use shared::{BucketContext, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::COMPLETE_FILE, complete_file).await
}

async fn complete_file(ctx: BucketContext, call: Call) -> Result<Reply> {
    let claim = call.body::<CompleteFile>()?.into_claim();
    let id = call.path("id")?;

    let outcome = uploads::complete(&ctx, call.pending_caller(), id, &claim).await?;

    let now = ctx.now();
    match outcome {
        Outcome::Completed(file) => {
            let completed = Milestone::Completed { bytes: file.size_bytes };
            Ok(Reply::ok(&FileView::new(&file, now))?.marking(completed))
        }
        Outcome::Already(file) => Reply::ok(&FileView::new(&file, now)),
        Outcome::UnderWay(file) => Reply::accepted(&FileView::new(&file, now)),
    }
}

#[cfg(test)]
mod tests;
