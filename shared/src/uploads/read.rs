//! Reading files' records by their ids.

use std::cmp::Reverse;

use futures_util::{StreamExt as _, stream};

use super::File;
use crate::domain::FileId;
use crate::storage::PendingCaller;
use crate::{Context, Error, Result};

/// How many records are read at the same time. Each read has a connection of its own.
const READ_AT_ONCE: usize = 10;

/// The file with this id, if it is one that the caller claims to reach. Runs beside the admission.
///
/// # Errors
///
/// [`Error::NotFound`], or DynamoDB's failure.
pub async fn read(ctx: &Context, caller: &PendingCaller, id: FileId) -> Result<File> {
    ctx.files().get(caller.reach(), id).await
}

/// The files with these ids that exist, newest first.
///
/// # Errors
///
/// DynamoDB's failure.
pub async fn read_all(ctx: &Context, caller: &PendingCaller, ids: &[FileId]) -> Result<Vec<File>> {
    // More than one read has to wait until the key is known to be genuine.
    caller.confirmed().await;
    let reach = caller.reach();
    // Collected, because a future that borrows the closure of a lazy `map` is not `Send`.
    let reads: Vec<_> = ids.iter().map(|id| ctx.files().get(reach, *id)).collect();
    let mut found = stream::iter(reads).buffer_unordered(READ_AT_ONCE);
    let mut files = Vec::with_capacity(ids.len());
    while let Some(file) = found.next().await {
        match file {
            Err(Error::NotFound) => {}
            file => files.push(file?),
        }
    }
    files.sort_by_key(|file| Reverse(file.id.sequence()));
    Ok(files)
}
