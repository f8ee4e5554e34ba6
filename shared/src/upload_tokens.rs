//! Upload tokens: what the holder of a key gives to a page, so that people without keys can upload.

use std::time::Duration;

use crate::domain::{ApiKey, KeyHash, MimeRange, Timestamp, TokenBounds};
use crate::storage::Caller;
use crate::{Context, Result};

/// A token that is to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// How many files can be created with it.
    pub max_files: u64,
    /// The largest file in bytes, if that is bounded.
    pub max_size_bytes: Option<u64>,
    /// The media types that it admits, if they are bounded.
    pub mime_types: Option<Vec<MimeRange>>,
    /// How long it lasts.
    pub lifetime: Duration,
}

/// A token that was made.
#[derive(Debug)]
pub struct CreatedToken {
    /// The token.
    pub token: ApiKey,
    /// From when on it opens nothing.
    pub expires_at: Timestamp,
}

/// Makes an upload token of the caller's workspace. It outlives the key that it was made with.
///
/// # Errors
///
/// DynamoDB's failure.
pub async fn create(ctx: &Context, caller: &Caller, new: NewToken) -> Result<CreatedToken> {
    let now = ctx.now();
    let expires_at = now.after(new.lifetime);
    let token = ApiKey::upload_token(caller.workspace(), &ctx.random()?);
    let bounds = TokenBounds {
        expires_at,
        files_left: new.max_files,
        max_size_bytes: new.max_size_bytes,
        mime_types: new.mime_types,
    };
    ctx.keys().create_token(caller, &token, &bounds, now).await?;
    Ok(CreatedToken { token, expires_at })
}

/// Revokes an upload token of the caller's workspace, whoever made it: it opens nothing from the next request
/// on. To revoke it again changes nothing.
///
/// # Errors
///
/// [`Error::NoSuchToken`](crate::Error::NoSuchToken), or DynamoDB's failure.
pub async fn revoke(ctx: &Context, caller: &Caller, token: &KeyHash) -> Result<()> {
    ctx.keys().revoke_token(caller, token, ctx.now()).await
}
