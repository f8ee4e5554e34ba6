//! `GET /v1/usage`: what the workspace keeps, and may keep.

use shared::http::{self, Call, Reply, UsageView, endpoints};
use shared::{Context, Result, usage};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::GET_USAGE, get_usage).await
}

async fn get_usage(ctx: Context, call: Call) -> Result<Reply> {
    let usage = usage::usage(&ctx, call.pending_caller()).await?;
    Reply::ok(&UsageView::new(usage))
}

#[cfg(test)]
mod tests;
