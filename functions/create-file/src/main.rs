//! `POST /v1/files`: open an upload session and say where to PUT the bytes.

use shared::domain::{Milestone, Once};
use shared::http::{self, Call, CreateFile, CreatedView, Reply, endpoints};
use shared::uploads::{self, Opened, OpenedOnce};
use shared::{BucketContext, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::CREATE_FILE, create_file).await
}

async fn create_file(ctx: BucketContext, call: Call) -> Result<Reply> {
    let body: CreateFile = call.body()?;
    let once = call.idempotency_key()?.map(|key| Once { key, body: body.hash() });
    let new = body.into_new_file(ctx.config())?;
    let opened = uploads::open_once(&ctx, call.pending_caller(), new, once.as_ref()).await?;
    let now = ctx.now();
    match opened {
        OpenedOnce::Now(Opened { file, ticket }) => {
            let view = CreatedView::new(&file, Some(ticket), now);
            Ok(Reply::ok(&view)?.marking(Milestone::Created))
        }
        OpenedOnce::Before(Opened { file, ticket }) => {
            Reply::ok(&CreatedView::new(&file, Some(ticket), now))
        }
        OpenedOnce::Over(file) => Reply::ok(&CreatedView::new(&file, None, now)),
    }
}

#[cfg(test)]
mod tests;
