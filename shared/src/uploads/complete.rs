//! Completing an upload for a client.

use std::time::Duration;

use super::File;
use super::decide::{Claim, MOST_STEPS, Step, decide, endless};
use super::evidence::{Held, Seen};
use super::hash::hash;
use super::join::{Joining, join};
use super::reject::{finish_rejection, reject};
use crate::domain::{FileId, Midway, ObjectKey};
use crate::storage::{Authority, Beginning, Completion, Hashed, PendingCaller, Update};
use crate::{BucketContext, Error, Result};

/// The most bytes that a request reads for their MD5. More is left to `verify` at once: at the 75 MB/s
/// that Lambda sustains, 1 GiB takes half of a request's 30 seconds.
const READ_WITHIN_REQUEST_BYTES: u64 = 1024 * 1024 * 1024;

/// What a claim came to.
#[derive(Debug)]
pub enum Outcome {
    /// This request has completed the file.
    Completed(File),
    /// The file was completed before.
    Already(File),
    /// The completion has begun, and `verify` ends it.
    UnderWay(File),
}

/// Completes the upload of the file with this id, if S3 holds the announced bytes and they are what is
/// claimed.
///
/// # Errors
///
/// Why the claim is refused, or AWS's failure. The same request may be repeated in any case.
pub async fn complete(
    ctx: &BucketContext,
    caller: &PendingCaller,
    id: FileId,
    claim: &Claim,
) -> Result<Outcome> {
    let key = caller.object_key(id);
    // HEAD costs more than a forged key may cause. Once the key is known, it runs beside the admission.
    caller.confirmed().await;
    let mut held = Held::of_head(ctx.bucket().head(&key).await?, 0);
    let authority = caller.caller().await.authority(id);

    let mut file: Option<File> = None;
    for _ in 0..MOST_STEPS {
        let now = ctx.now();
        match decide(file.as_ref(), &held, Some(claim), now)? {
            Step::ReadRecord => file = Some(ctx.files().current(&authority).await?),
            Step::AskS3 => {
                let rejections = file.as_ref().map_or(0, File::rejections);
                held = Held::of_head(ctx.bucket().head(&key).await?, rejections);
            }
            Step::Complete(seen, proof) => {
                let completion = Completion { seen, proof, analyze: claim.analyze };
                match ctx.files().complete(&authority, &completion, now).await? {
                    Update::Applied(file) => {
                        request_analysis(ctx, &key, &file).await;
                        return Ok(Outcome::Completed(file));
                    }
                    Update::Refused(found) => file = Some(found),
                }
            }
            Step::Join(found) => match join(ctx, &authority, found, claim).await? {
                Joining::Found(found, holds) => (file, held) = (Some(found), holds),
                Joining::UnderWay(file) => return under_way(ctx, &key, file).await,
            },
            Step::Hash(seen, from) => match read_md5(ctx, &authority, seen, from).await? {
                Hashed::Whole(md5) => held = Held::Object(seen.hashed(md5)),
                Hashed::Gone => {
                    let found = wait_for_rejection(ctx, &authority, seen).await?;
                    if let Some(reason) = rejected_since(&found, seen, claim) {
                        return Err(reason);
                    }
                    (file, held) = (Some(found), Held::Unknown);
                }
                Hashed::Midway(_) => match leave_to_verify(ctx, &authority, seen, claim).await? {
                    Update::Applied(found) => {
                        // Somebody else may have read the bytes meanwhile.
                        if let Step::Hash(..) = decide(Some(&found), &held, Some(claim), now)? {
                            return under_way(ctx, &key, found).await;
                        }
                        file = Some(found);
                    }
                    Update::Refused(found) => file = Some(found),
                },
            },
            Step::Reject(seen, reason) => match reject(ctx, &authority, seen, &reason).await? {
                Update::Applied(_) => return Err(reason),
                // `verify` was faster to reject the same object.
                Update::Refused(found) if is_rejecting(&found, seen) => {
                    wait_for_rejection(ctx, &authority, seen).await?;
                    return Err(reason);
                }
                Update::Refused(found) => file = Some(found),
            },
            Step::FinishRejection(found, mark) => {
                // The object is deleted now, so there is nothing to complete.
                finish_rejection(ctx, &authority, found, mark).await?;
                return Err(Error::UploadMissing);
            }
            Step::Wait(file) => return under_way(ctx, &key, file.clone()).await,
            Step::Done(file) => return Ok(Outcome::Already(file.clone())),
            Step::RecordMd5(..)
            | Step::RecordCompletedMd5(..)
            | Step::Analyze(..)
            | Step::Reopen(_)
            | Step::Sweep(_) => return Err(Error::internal("only an event leads to this step")),
        }
    }
    Err(endless())
}

/// Reads the bytes if that can be done within this request.
async fn read_md5(
    ctx: &BucketContext,
    authority: &Authority,
    seen: &Seen,
    from: Option<Midway>,
) -> Result<Hashed> {
    let start = Midway::of(&seen.object, from);
    if seen.object.size_bytes - start.bytes_hashed > READ_WITHIN_REQUEST_BYTES {
        return Ok(Hashed::Midway(start));
    }
    hash(ctx, authority, &seen.object, Some(start)).await
}

/// Records that the completion has begun, so that `verify` ends it when it has read the bytes.
async fn leave_to_verify(
    ctx: &BucketContext,
    authority: &Authority,
    seen: &Seen,
    claim: &Claim,
) -> Result<Update> {
    let beginning = Beginning { upload: None, rejections: seen.rejections, claim };
    ctx.files().begin_completion(authority, beginning, ctx.now()).await
}

/// Waits while another invocation rejects the object that was seen, and returns the record after that. The
/// client can upload again as soon as it has its answer, so the session must be open by then.
async fn wait_for_rejection(
    ctx: &BucketContext,
    authority: &Authority,
    seen: &Seen,
) -> Result<File> {
    const PAUSE: Duration = Duration::from_millis(50);
    const MOST_READS: usize = 40; // Two seconds. A rejection takes four calls to AWS.
    for _ in 0..MOST_READS {
        let file = ctx.files().current(authority).await?;
        if !is_rejecting(&file, seen) {
            return Ok(file);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(Error::RejectionInProgress)
}

/// Whether exactly the object that was seen is being rejected.
fn is_rejecting(file: &File, seen: &Seen) -> bool {
    file.rejection().is_some_and(|mark| mark.etag == seen.object.etag)
}

/// The reason why the object that was seen is gone, if it was rejected because of this claim.
fn rejected_since(file: &File, seen: &Seen, claim: &Claim) -> Option<Error> {
    let stored = file.rejected_md5().filter(|_| file.rejections() > seen.rejections)?;
    claim.md5.filter(|claimed| *claimed != stored).map(|_| Error::ChecksumMismatch { stored })
}

/// Has `verify` extract the media metadata, if the file wants it. The record says so, too: if the note
/// cannot be written now, the next event about the file does it.
async fn request_analysis(ctx: &BucketContext, key: &ObjectKey, file: &File) {
    if !file.wants_analysis() {
        return;
    }
    if let Err(failure) = ctx.bucket().note_continuation(key).await {
        ctx.warn(&failure);
    }
}

/// The completion has begun and is not over. If it has come to a halt, a note sets it going again.
async fn under_way(ctx: &BucketContext, key: &ObjectKey, file: File) -> Result<Outcome> {
    if file.is_stalled(ctx.now()) {
        ctx.bucket().note_continuation(key).await?;
    }
    Ok(Outcome::UnderWay(file))
}
