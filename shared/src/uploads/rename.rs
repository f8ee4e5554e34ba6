//! Giving a file another name.

use super::File;
use crate::domain::{FileId, Filename};
use crate::storage::Caller;
use crate::{Context, Result};

/// Changes a file's name, and the annotation that a dialect keeps with it, whatever its state.
///
/// # Errors
///
/// [`Error::NotFound`](crate::Error::NotFound), or DynamoDB's failure.
pub async fn rename(
    ctx: &Context,
    caller: &Caller,
    id: FileId,
    filename: &Filename,
    annotation: &str,
) -> Result<File> {
    ctx.files().rename(&caller.authority(id), filename, annotation).await
}
