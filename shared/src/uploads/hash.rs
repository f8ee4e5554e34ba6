//! Reading an object's bytes for their MD5.

use std::pin::pin;

use crate::domain::{Midway, StoredObject};
use crate::storage::{Authority, Hashed};
use crate::{BucketContext, Result};

/// Reads an object's bytes, from where `earlier` reading stopped, as far as there is time in this
/// invocation. Records how far it comes, so that little is lost if the invocation dies.
pub(super) async fn hash(
    ctx: &BucketContext,
    authority: &Authority,
    object: &StoredObject,
    earlier: Option<Midway>,
) -> Result<Hashed> {
    let mut hashing = ctx.bucket().hashing(authority.key(), object, earlier);
    let mut time_is_up = pin!(tokio::time::sleep(ctx.time_left()));
    loop {
        let hashed = hashing.go_on(time_is_up.as_mut()).await?;
        let Hashed::Midway(midway) = &hashed else { return Ok(hashed) };
        ctx.files().note_progress(authority, midway, ctx.now()).await?;
        if time_is_up.is_elapsed() {
            return Ok(hashed);
        }
    }
}
