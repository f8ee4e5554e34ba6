//! Joining the parts of a multipart upload, for a client's completion.

use std::ops::ControlFlow;

use super::File;
use super::decide::{Claim, Step, decide};
use super::evidence::{Held, Seen};
use super::reopen::{reopen, replace_upload};
use crate::domain::multipart::{PartFlaw, Problem};
use crate::domain::{Multipart, StoredPart};
use crate::storage::{Authority, Beginning, Joined, Update};
use crate::{BucketContext, Error, Result};

/// What came of joining.
pub(super) enum Joining {
    /// The record and what S3 holds, by which to decide again.
    Found(File, Held),
    /// S3 is joining the parts, and its event ends the completion.
    UnderWay(File),
}

/// Joins the parts that S3 holds, if they are the whole file and what the client claims to have sent.
///
/// COMPLETING is recorded before S3 is asked to join. Whatever dies after that, a repeated complete,
/// S3's event or the session's end finds either the open upload or the object, and goes on.
///
/// # Errors
///
/// [`Error::PartsMismatch`] with what is wrong with which part, or AWS's failure.
pub(super) async fn join(
    ctx: &BucketContext,
    authority: &Authority,
    file: &File,
    claim: &Claim,
) -> Result<Joining> {
    let (key, rejections) = (authority.key(), file.rejections());
    let multipart = file.multipart.as_ref().ok_or(Error::FileNotMultipart)?;
    // S3 holds the truth about the parts; the client's list is only compared with it.
    let Some(parts) = ctx.bucket().all_parts(key, &multipart.upload_id).await? else {
        return upload_gone(ctx, authority, file, claim).await;
    };
    let flaws = multipart.plan.flaws(&parts, claim.parts.as_deref());
    if !flaws.is_empty() {
        return Err(Error::PartsMismatch { flaws });
    }
    let beginning = Beginning { upload: Some(&multipart.upload_id), rejections, claim };
    let file = match ctx.files().begin_completion(authority, beginning, ctx.now()).await? {
        Update::Applied(file) => file,
        Update::Refused(file) => return Ok(Joining::Found(file, Held::Nothing)),
    };
    let time = ctx.time_left();
    match ctx.bucket().join(key, &file, multipart, &parts, time).await? {
        Joined::Object(object) => {
            Ok(Joining::Found(file, Held::Object(Seen { object, rejections })))
        }
        Joined::Already => match look_elsewhere(ctx, authority, &file, claim).await? {
            ControlFlow::Break(found) => Ok(found),
            // Another request is joining the parts. Asking again at once would be to spin.
            ControlFlow::Continue(file) => Ok(Joining::UnderWay(file)),
        },
        // S3 goes on without us, and its event ends the completion.
        Joined::UnderWay => Ok(Joining::UnderWay(file)),
        Joined::Refused => {
            // A part was sent again after it was listed. S3 has joined nothing.
            let flaws = changed(ctx, authority, multipart, &parts).await?;
            reopen(ctx, authority, &file).await?;
            Err(Error::PartsMismatch { flaws })
        }
    }
}

/// S3 does not know the upload: another request has joined its parts or is joining them, or something
/// has aborted it. In the last case the client must send all parts again, to a fresh upload.
async fn upload_gone(
    ctx: &BucketContext,
    authority: &Authority,
    file: &File,
    claim: &Claim,
) -> Result<Joining> {
    let file = match look_elsewhere(ctx, authority, file, claim).await? {
        ControlFlow::Break(found) => return Ok(found),
        ControlFlow::Continue(file) => file,
    };
    if file.is_completing() && !file.is_stalled(ctx.now()) {
        return Ok(Joining::UnderWay(file));
    }
    let multipart = file.multipart.as_ref().ok_or(Error::FileNotMultipart)?;
    replace_upload(ctx, authority, &file, multipart).await?;
    Err(Error::PartsMismatch { flaws: multipart.plan.flaws(&[], None) })
}

/// Looks for what explains that S3 does not know the upload: an object, or a record that has changed.
/// Continues with the current record if it still refers to this upload.
async fn look_elsewhere(
    ctx: &BucketContext,
    authority: &Authority,
    file: &File,
    claim: &Claim,
) -> Result<ControlFlow<Joining, File>> {
    let key = authority.key();
    if let Some(object) = ctx.bucket().head(key).await? {
        let seen = Seen { object, rejections: file.rejections() };
        return Ok(ControlFlow::Break(Joining::Found(file.clone(), Held::Object(seen))));
    }
    let current = ctx.files().current(authority).await?;
    let step = decide(Some(&current), &Held::Nothing, Some(claim), ctx.now())?;
    let is_unexplained = matches!(step, Step::Join(_)) && current.multipart == file.multipart;
    Ok(if is_unexplained {
        ControlFlow::Continue(current)
    } else {
        ControlFlow::Break(Joining::Found(current, Held::Nothing))
    })
}

/// The parts that S3 holds no longer as they were listed a moment ago.
async fn changed(
    ctx: &BucketContext,
    authority: &Authority,
    multipart: &Multipart,
    listed: &[StoredPart],
) -> Result<Vec<PartFlaw>> {
    let now = ctx.bucket().all_parts(authority.key(), &multipart.upload_id).await?;
    let now = now.unwrap_or_default();
    let changed = listed.iter().filter(|part| !now.contains(part));
    Ok(changed.map(|part| PartFlaw { part: part.number, problem: Problem::Changed }).collect())
}
