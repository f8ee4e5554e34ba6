//! Changing what a client says of its file.

use super::File;
use super::file::Details;
use crate::domain::FileId;
use crate::storage::{PendingCaller, Update};
use crate::{Context, Error, Result};

/// How often a change is made anew, at most, because others have changed the file meanwhile.
const MOST_ATTEMPTS: usize = 64;

/// Changes what a client says of its file, whatever the file's state. `change` is given the file as it is, and
/// again if somebody else has changed it meanwhile, so that no change is lost.
///
/// # Errors
///
/// [`Error::NotFound`], [`Error::Contended`], an error of `change`, or DynamoDB's failure.
pub async fn update(
    ctx: &Context,
    caller: &PendingCaller,
    id: FileId,
    change: impl Fn(&File) -> Result<Details>,
) -> Result<File> {
    let mut file = super::read(ctx, caller, id).await?;
    let authority = caller.caller().await.authority(id);
    for _ in 0..MOST_ATTEMPTS {
        let details = change(&file)?;
        if details == file.details() {
            return Ok(file);
        }
        match ctx.files().describe(&authority, &file.details(), &details).await? {
            Update::Applied(changed) => return Ok(changed),
            Update::Refused(found) => file = found,
        }
    }
    Err(Error::Contended)
}
