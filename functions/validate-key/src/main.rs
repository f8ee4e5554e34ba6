//! `GET /v1/auth/validate`: tell the holder of a key what it may do.

use shared::http::{self, Call, KeyView, Reply, endpoints};
use shared::{Context, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(&endpoints::VALIDATE_KEY, validate_key).await
}

async fn validate_key(_ctx: Context, call: Call) -> Result<Reply> {
    Reply::ok(&KeyView::new(call.caller().await))
}

#[cfg(test)]
mod tests;
