//! Creating a file at most once, however often the request is repeated.

use super::File;
use crate::domain::FileId;
use crate::domain::idempotency::Once;
use crate::storage::{PendingCaller, Reach, Reservation};
use crate::{Context, Error, Result};

/// What an earlier create with the same key has left.
pub(super) enum Earlier {
    /// There was none, or it was over a day ago.
    Nothing,
    /// It died before it made this file.
    Abandoned(FileId),
    /// It made this file.
    Made(Box<File>),
}

/// What an earlier create with the same key has left. Where the caller holds an upload token, this runs before its
/// admission, because a repetition takes no place of the token.
///
/// # Errors
///
/// [`Error::IdempotencyKeyReused`], [`Error::IdempotencyConflict`], or DynamoDB's failure.
pub(super) async fn earlier(
    ctx: &Context,
    caller: &PendingCaller,
    once: Option<&Once>,
) -> Result<Earlier> {
    let Some(once) = once else { return Ok(Earlier::Nothing) };
    let found = ctx.files().reservation(caller.reach(), &once.key, ctx.now()).await?;
    let Some(found) = found else { return Ok(Earlier::Nothing) };
    if caller.reach().token().is_none() {
        // A forged key may cause one read. A forged token reserves nothing, so it does not come here.
        caller.caller().await;
    }
    made_by(ctx, caller.reach(), once, &found).await
}

/// What the create has left that made this reservation.
pub(super) async fn made_by(
    ctx: &Context,
    reach: &Reach,
    once: &Once,
    reservation: &Reservation,
) -> Result<Earlier> {
    if reservation.is_released() {
        return Ok(Earlier::Abandoned(reservation.file));
    }
    if reservation.body != once.body {
        return Err(Error::IdempotencyKeyReused);
    }
    match ctx.files().get(reach, reservation.file).await {
        Ok(file) => Ok(Earlier::Made(Box::new(file))),
        // Deleted since, or its create died.
        Err(Error::NotFound) if reservation.is_abandoned(ctx.now()) => {
            Ok(Earlier::Abandoned(reservation.file))
        }
        Err(Error::NotFound) => Err(Error::IdempotencyConflict),
        Err(failure) => Err(failure),
    }
}
