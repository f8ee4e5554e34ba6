//! Reading what S3 holds, and settling what waits for its MD5.

use super::analysis::analyze;
use super::reading::read;
use super::rejection::Removal;
use super::sweep;
use crate::domain::{Milestone, StoredObject};
use crate::storage::Authority;
use crate::storage::{Hashed, Update};
use crate::uploads::File;
use crate::uploads::completion::{Completion, Proof, Verdict, verdict};
use crate::{Context, Error, Result};

/// How far a file's bytes have been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// There is nothing left to read.
    Over,
    /// Another invocation goes on.
    Continues,
}

/// Learns the MD5 of what lies in S3, and completes or rejects the file if its completion has begun.
/// `sequencer` is the event's.
///
/// # Errors
///
/// DynamoDB's or S3's failure; the event is to be delivered again.
pub async fn verify(ctx: &Context, authority: &Authority, sequencer: &str) -> Result<Reading> {
    let key = authority.key();
    let removal = Removal { ctx, authority };
    let mut known: Option<StoredObject> = None;
    loop {
        let file = match ctx.files().get(&key.workspace, key.file).await {
            Err(Error::NotFound) => return sweep(ctx, authority).await.map(|_| Reading::Over),
            file => file?,
        };
        let held = match known.take() {
            Some(held) => held,
            None => match ctx.bucket().head(key).await? {
                Some(held) => held,
                None => return lost(&removal, file).await,
            },
        };
        let now = ctx.now();
        match verdict(&file, held.clone(), now)? {
            Verdict::Read => match read(ctx, authority, &held, file.midway_of(&held.etag)).await? {
                Hashed::Whole(md5) => known = Some(held.hashed(md5)),
                Hashed::Gone => return Ok(Reading::Over),
                Hashed::Midway(_) => {
                    ctx.bucket().note_continuation(key).await?;
                    return Ok(Reading::Continues);
                }
            },
            Verdict::Record(md5) => {
                let held = held.hashed(md5);
                match ctx.files().record_verified(authority, &held, sequencer, now).await? {
                    // Its completion has begun meanwhile.
                    Update::Refused(file) if file.is_completing() => known = Some(held),
                    _ => return Ok(Reading::Over),
                }
            }
            Verdict::Complete(completion) => {
                match ctx.files().complete(authority, &completion, now).await? {
                    Update::Applied(file) => told(ctx, &file),
                    Update::Refused(_) => {}
                }
                known = proven(completion);
            }
            Verdict::Amend(md5) => match ctx.files().amend(authority, &held.etag, md5).await? {
                Update::Applied(file) if file.wants_analysis() => known = Some(held),
                _ => return Ok(Reading::Over),
            },
            Verdict::Analyze => {
                analyze(ctx, authority, &file, &held.etag).await?;
                return Ok(Reading::Over);
            }
            Verdict::Reject(seen, error) => {
                if let Update::Applied(_) = removal.of(&seen, &error).await? {
                    ctx.count(Milestone::ChecksumMismatch);
                }
                return Ok(Reading::Over);
            }
            Verdict::FinishRejection(rejection) => {
                removal.finish(&file, &rejection).await?;
                return Ok(Reading::Over);
            }
            Verdict::Sweep => return sweep(ctx, authority).await.map(|_| Reading::Over),
            Verdict::Rest => return Ok(Reading::Over),
        }
    }
}

fn told(ctx: &Context, file: &File) {
    ctx.count(Milestone::Completed { bytes: file.size_bytes });
}

/// What is known of the object once its completion was asked for.
fn proven(completion: Completion) -> Option<StoredObject> {
    match completion.proof {
        Proof::Md5(_) => Some(completion.seen.held),
        _ => None,
    }
}

/// There is no object. If its completion had begun and nobody is at it any more, the session is opened
/// again.
async fn lost(removal: &Removal<'_>, file: File) -> Result<Reading> {
    let Removal { ctx, authority, .. } = removal;
    let now = ctx.now();
    if !file.is_completing() || !file.is_stalled(now) {
        return Ok(Reading::Over);
    }
    match (file.rejecting(), &file.multipart) {
        (Some(rejection), _) if rejection.is_abandoned(now) => {
            removal.finish(&file, rejection).await?;
        }
        (Some(_), _) => return Err(Error::RejectionInProgress),
        (None, Some(multipart)) => {
            match ctx.bucket().all_parts(authority.key(), &multipart.upload_id).await? {
                Some(_) => removal.reopen(&file).await?,
                None => removal.replace(&file, multipart).await?,
            }
        }
        (None, None) => removal.reopen(&file).await?,
    }
    Ok(Reading::Over)
}
