//! `POST /v1/files/{id}/cancel`: give a pending upload up; its bytes go with it.

use shared::domain::{FileId, Milestone};
use shared::http::{self, Call, FileView, NoBody, Reply, endpoints};
use shared::uploads::{self, Cancelled};
use shared::{BucketContext, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::CANCEL_FILE, cancel_file).await
}

async fn cancel_file(ctx: BucketContext, call: Call) -> Result<Reply> {
    let id: FileId = call.path("id")?;
    let NoBody {} = call.optional_body()?;
    match uploads::cancel(&ctx, call.caller().await, id).await? {
        Cancelled::Now(file) => {
            Ok(Reply::ok(&FileView::new(&file, ctx.now()))?.marking(Milestone::Cancelled))
        }
        Cancelled::Before(file) => Reply::ok(&FileView::new(&file, ctx.now())),
    }
}

#[cfg(test)]
mod tests;
