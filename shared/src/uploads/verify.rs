//! Verifying what arrived in S3, for an S3 event: learning its MD5, and ending a completion that waits
//! for it.

use super::File;
use super::analyze::analyze;
use super::decide::{MOST_STEPS, Step, decide, endless};
use super::evidence::{Announcement, Held, Seen};
use super::hash::hash;
use super::reject::{finish_rejection, reject};
use super::reopen::{reopen, replace_upload};
use super::sweep::{delete_orphan, sweep};
use crate::domain::{ContinueKey, ETag, Milestone, ObjectKey};
use crate::storage::{Authority, Bucket, Completion, Hashed, Update};
use crate::trigger::EventAuthority;
use crate::{BucketContext, Error, Result};

/// An object that S3 says was created.
#[derive(Clone, Debug)]
pub struct ObjectCreated {
    /// Its key, URL-encoded, as events carry it.
    pub encoded_key: String,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// S3's name for its bytes.
    pub etag: ETag,
    /// Orders the events of one key: a later one has the greater text.
    pub sequencer: String,
}

/// How far a file's bytes have been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Settled {
    /// There is nothing left to read.
    Ended,
    /// A note was left, whose event starts the next invocation.
    Continues,
}

/// Learns the MD5 of an object that was created, and completes or rejects the file if its completion
/// has begun. Deletes bytes that no file waits for. An object that is no upload is left alone.
///
/// # Errors
///
/// DynamoDB's or S3's failure. S3 has to deliver the event again.
pub async fn verify(
    ctx: &BucketContext,
    events: &EventAuthority,
    created: &ObjectCreated,
) -> Result<()> {
    if let Some(ContinueKey(key)) = Bucket::key_of_event(&created.encoded_key) {
        return resume(ctx, &events.authority(key)).await;
    }
    let Some(key) = Bucket::key_of_event::<ObjectKey>(&created.encoded_key) else {
        return Ok(());
    };
    let object = ctx.bucket().described(created.size_bytes, created.etag.clone());
    let held = Held::Announced(Announcement {
        seen: Seen { object, rejections: 0 },
        etag_is_md5: ctx.bucket().has_shown_md5s(),
        completes: key.file.hints_auto_complete(),
    });
    settle(ctx, &events.authority(key), held, &created.sequencer).await.map(|_| ())
}

/// Goes on where an invocation ran out of time, or where a completion came to a halt.
async fn resume(ctx: &BucketContext, authority: &Authority) -> Result<()> {
    match settle(ctx, authority, Held::Unknown, "").await? {
        Settled::Continues => Ok(()),
        Settled::Ended => ctx.bucket().end_continuation(authority.key()).await,
    }
}

/// Does step after step until nothing is left to do.
async fn settle(
    ctx: &BucketContext,
    authority: &Authority,
    mut held: Held,
    sequencer: &str,
) -> Result<Settled> {
    let key = authority.key();
    let mut file: Option<File> = None;
    for _ in 0..MOST_STEPS {
        let now = ctx.now();
        match decide(file.as_ref(), &held, None, now)? {
            Step::ReadRecord => match ctx.files().current(authority).await {
                Ok(found) => file = Some(found),
                Err(Error::NotFound) => return orphaned(ctx, authority).await,
                Err(failure) => return Err(failure),
            },
            Step::AskS3 => {
                let rejections = file.as_ref().map_or(0, File::rejections);
                held = Held::of_head(ctx.bucket().head(key).await?, rejections);
            }
            Step::RecordMd5(seen, md5) => {
                let update = ctx.files().record_verified(authority, seen, md5, sequencer, now);
                match update.await {
                    Ok(Update::Applied(_)) => return Ok(Settled::Ended),
                    Ok(Update::Refused(found)) => file = Some(found),
                    Err(Error::NotFound) => return orphaned(ctx, authority).await,
                    Err(failure) => return Err(failure),
                }
            }
            Step::Hash(seen, from) => match hash(ctx, authority, &seen.object, from).await? {
                Hashed::Whole(md5) => held = Held::Object(seen.hashed(md5)),
                // Whoever replaced the object caused an event of its own.
                Hashed::Gone => return Ok(Settled::Ended),
                Hashed::Midway(_) => {
                    ctx.bucket().note_continuation(key).await?;
                    return Ok(Settled::Continues);
                }
            },
            Step::Complete(seen, proof) => {
                // Whether to analyze was recorded when the completion began, if that was wanted.
                let completion = Completion { seen, proof, analyze: false };
                match ctx.files().complete(authority, &completion, now).await {
                    Ok(Update::Applied(completed)) => {
                        ctx.count(Milestone::Completed { bytes: completed.size_bytes });
                        file = Some(completed);
                    }
                    Ok(Update::Refused(found)) => file = Some(found),
                    Err(Error::NotFound) => return orphaned(ctx, authority).await,
                    Err(failure) => return Err(failure),
                }
            }
            Step::RecordCompletedMd5(etag, md5) => {
                match ctx.files().record_completed_md5(authority, etag, md5, now).await? {
                    Update::Applied(found) => file = Some(found),
                    // Deleted, or another invocation was faster.
                    Update::Refused(_) => return Ok(Settled::Ended),
                }
            }
            Step::Analyze(file, etag) => {
                analyze(ctx, authority, file, etag).await?;
                return Ok(Settled::Ended);
            }
            Step::Reject(seen, reason) => {
                // If the record refuses the mark, whoever changed it sees to the bytes.
                if let Update::Applied(_) = reject(ctx, authority, seen, &reason).await? {
                    ctx.count(Milestone::ChecksumMismatch);
                }
                return Ok(Settled::Ended);
            }
            Step::FinishRejection(file, mark) => {
                finish_rejection(ctx, authority, file, mark).await?;
                return Ok(Settled::Ended);
            }
            Step::Reopen(file) => {
                reopen_lost(ctx, authority, file).await?;
                return Ok(Settled::Ended);
            }
            Step::Done(_) => return Ok(Settled::Ended),
            Step::Sweep(file) => {
                sweep(ctx, authority, file).await?;
                return Ok(Settled::Ended);
            }
            Step::Join(_) | Step::Wait(_) => {
                return Err(Error::internal("only a claim leads to this step"));
            }
        }
    }
    Err(endless())
}

/// There is no record that the bytes could belong to.
async fn orphaned(ctx: &BucketContext, authority: &Authority) -> Result<Settled> {
    delete_orphan(ctx, authority).await.map(|()| Settled::Ended)
}

/// Opens the session of a stalled completion again, whose object is gone: for the parts, if S3 still
/// has them, otherwise from the beginning.
async fn reopen_lost(ctx: &BucketContext, authority: &Authority, file: &File) -> Result<()> {
    let Some(multipart) = &file.multipart else { return reopen(ctx, authority, file).await };
    match ctx.bucket().all_parts(authority.key(), &multipart.upload_id).await? {
        Some(_) => reopen(ctx, authority, file).await,
        None => replace_upload(ctx, authority, file, multipart).await,
    }
}
