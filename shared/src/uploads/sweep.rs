//! Sweeping: deleting the bytes of uploads that will never be completed.

use std::time::Duration;

use super::{File, State, Status};
use crate::domain::{Milestone, ObjectKey};
use crate::storage::{Authority, Update};
use crate::trigger::EventAuthority;
use crate::{BucketContext, Error, Result};

/// When a completion that is still under way at its session's end is looked at again. Longer than all
/// but the largest files take, unless the completion has come to a halt.
const LOOK_AGAIN_AFTER: Duration = Duration::from_hours(1);

/// The session of a file has ended: DynamoDB's TTL removed it. Makes an open file EXPIRED and deletes
/// its bytes.
///
/// # Errors
///
/// [`Error::TooEarly`]: the file's time is not up by our clock, and this is the only removal there will
/// be, so Lambda has to deliver it again. Or DynamoDB's or S3's failure.
pub async fn expire(ctx: &BucketContext, events: &EventAuthority, key: ObjectKey) -> Result<()> {
    let authority = events.authority(key);
    // Nearly every session that ends is that of a completed file. A read costs a fifth of an update
    // that is refused.
    let file = match ctx.files().current(&authority).await {
        Ok(file) => file,
        Err(Error::NotFound) => return delete_orphan(ctx, &authority).await,
        Err(failure) => return Err(failure),
    };
    let file = sweep(ctx, &authority, &file).await?;
    if file.is_completing() {
        return revive(ctx, &authority).await;
    }
    match file.status(ctx.now()) {
        Status::Pending => Err(Error::TooEarly),
        Status::Completed | Status::Cancelled | Status::Expired => Ok(()),
    }
}

/// A COMPLETING file outlives its session. If its completion has come to a halt, the note's event sets
/// it going; the new session comes by again to see.
async fn revive(ctx: &BucketContext, authority: &Authority) -> Result<()> {
    ctx.files().put_session(authority, ctx.now().after(LOOK_AGAIN_AFTER)).await?;
    ctx.bucket().note_continuation(authority.key()).await
}

/// Makes an overdue file EXPIRED, and deletes the bytes of a file that will never be COMPLETED. Returns
/// the file as it is then.
pub(super) async fn sweep(ctx: &BucketContext, authority: &Authority, file: &File) -> Result<File> {
    let now = ctx.now();
    let mut file = file.clone();
    if matches!(file.state, State::Open(_)) && file.status(now) == Status::Expired {
        file = match ctx.files().expire(authority, now).await? {
            Update::Applied(expired) => {
                ctx.count(Milestone::Expired);
                expired
            }
            Update::Refused(found) => found,
        };
    }
    // Only a final state makes it certain that nobody completes the file with these bytes.
    match file.status(now) {
        Status::Cancelled | Status::Expired => clear(ctx, authority, &file).await?,
        Status::Pending | Status::Completed => {}
    }
    Ok(file)
}

/// Deletes what lies under the key of a file that has no record: a delete could not delete the bytes, or
/// a PUT landed after it.
pub(super) async fn delete_orphan(ctx: &BucketContext, authority: &Authority) -> Result<()> {
    ctx.bucket().delete(authority.key()).await?;
    ctx.bucket().abort_uploads(authority.key(), None).await
}

/// Gives back the room of a file that will never be COMPLETED, and deletes whatever S3 holds of it.
pub(super) async fn clear(ctx: &BucketContext, authority: &Authority, file: &File) -> Result<()> {
    let room = ctx.files().give_room_back(authority, file).await;
    let bytes = delete_bytes(ctx, authority, file).await;
    room.and(bytes)
}

async fn delete_bytes(ctx: &BucketContext, authority: &Authority, file: &File) -> Result<()> {
    ctx.bucket().delete(authority.key()).await?;
    match &file.multipart {
        Some(multipart) => {
            ctx.bucket().abort_uploads(authority.key(), Some(&multipart.upload_id)).await
        }
        None => Ok(()),
    }
}
