//! Completing an upload: the steps that `domain::completion` orders.

use std::ops::ControlFlow;

use super::reading::read;
use super::rejection::Removal;
use crate::domain::multipart::{Flaw, Problem};
use crate::domain::{Midway, Multipart, StoredPart, Timestamp, UploadId};
use crate::http::Call;
use crate::storage::Authority;
use crate::storage::{Hashed, Joined, Update};
use crate::uploads::completion::{Beginning, Glimpse};
use crate::uploads::{Claim, File, Next, State};
use crate::{Context, Error, Result};

/// More than this is left to the event function at once: at the 75 MB/s that Lambda sustains it could
/// not be read within a request.
const READ_WITHIN_REQUEST_BYTES: u64 = 1024 * 1024 * 1024;

/// What a claim came to.
#[derive(Debug)]
pub enum Outcome {
    /// The file is COMPLETED, by this request.
    Completed(File),
    /// It was already.
    Already(File),
    /// Its completion has begun, and will end by itself.
    UnderWay(File),
}

/// Completes an upload, or tells why not.
///
/// # Errors
///
/// What the client did not keep to, or AWS's failure. The same request may be repeated in any case.
pub async fn complete(ctx: &Context, call: &Call, claim: &Claim) -> Result<Outcome> {
    let key = call.object_key(claim.file);
    call.confirmed().await;
    let mut next = claim.judge(ctx.bucket().head(&key).await?, 0);
    let authority = call.caller().await.authority(claim.file);
    let removal = Removal { ctx, authority: &authority };
    let attempt = Attempt { ctx, authority: &authority, claim, removal: &removal };
    loop {
        let now = ctx.now();
        next = match next {
            Next::Save(completion) => {
                match ctx.files().complete(&authority, &completion, now).await? {
                    Update::Applied(file) => {
                        if file.wants_analysis() {
                            have_analyzed(ctx, &authority).await;
                        }
                        return Ok(Outcome::Completed(file));
                    }
                    Update::Refused(file) => claim.explain(file, Some(completion.seen), now)?,
                }
            }
            Next::Load => {
                let file = ctx.files().get(call.workspace(), claim.file).await?;
                claim.explain(file, None, now)?
            }
            Next::Join(file) => attempt.join(file).await?,
            Next::Hash(seen, midway) => attempt.hash(seen, midway).await?,
            Next::LookAgain { rejections } => {
                claim.judge(ctx.bucket().head(&key).await?, rejections)
            }
            Next::Reject(seen, error) => match removal.of(&seen, &error).await? {
                Update::Applied(_) => return Err(error),
                Update::Refused(file) => claim.explain(file, Some(seen), now)?,
            },
            Next::FinishRejection(file, rejection) => {
                removal.finish(&file, &rejection).await?;
                return Err(Error::UploadMissing);
            }
            Next::Answer(file) => return Ok(Outcome::Already(file)),
            Next::Wait(file) => {
                if file.is_stalled(now) {
                    ctx.bucket().note_continuation(&key).await?;
                }
                return Ok(Outcome::UnderWay(file));
            }
        }
    }
}

/// Has the event function read what the bytes tell of the file. Its record says that it shall: if it
/// cannot be told now, it does so at the next occasion.
async fn have_analyzed(ctx: &Context, authority: &Authority) {
    if let Err(failure) = ctx.bucket().note_continuation(authority.key()).await {
        ctx.warn(&failure);
    }
}

/// The steps that take time.
struct Attempt<'a> {
    ctx: &'a Context,
    authority: &'a Authority,
    claim: &'a Claim,
    removal: &'a Removal<'a>,
}

impl Attempt<'_> {
    /// Joins the parts that S3 holds, if they are the file's.
    async fn join(&self, file: File) -> Result<Next> {
        let (State::Pending(pending), Some(multipart)) = (&file.state, &file.multipart) else {
            return Err(Error::internal("only a pending file in parts can be joined"));
        };
        let (bucket, key) = (self.ctx.bucket(), self.authority.key());
        let Some(parts) = bucket.all_parts(key, &multipart.upload_id).await? else {
            return self.find_joined(multipart, pending.rejections).await;
        };
        let flaws = multipart.plan.flaws(&parts, self.claim.parts.as_deref());
        if !flaws.is_empty() {
            return Err(Error::PartsMismatch { flaws });
        }
        let rejections = pending.rejections;
        let now = self.ctx.now();
        let file = match self.begin(Some(&multipart.upload_id), rejections, now).await? {
            Update::Applied(file) => file,
            Update::Refused(file) => return self.claim.explain(file, None, now),
        };
        let time = self.ctx.time_left();
        match bucket.join(key, &file, multipart, &parts, time).await? {
            Joined::Object(held) => {
                let seen = Glimpse { held, rejections };
                self.claim.explain(file, Some(seen), self.ctx.now())
            }
            Joined::Already => match self.look_elsewhere(multipart, rejections).await? {
                // Somebody else is joining them: to ask again and again would not help.
                ControlFlow::Continue(file) => Ok(Next::Wait(file)),
                ControlFlow::Break(next) => Ok(next),
            },
            Joined::UnderWay => Ok(Next::Wait(file)),
            Joined::Refused => {
                let flaws = self.changed(multipart, &parts).await?;
                self.removal.reopen(&file).await?;
                Err(Error::PartsMismatch { flaws })
            }
        }
    }

    /// S3 does not know the upload (any more): somebody has joined its parts, or is joining them, or
    /// somebody else has given it up.
    async fn find_joined(&self, multipart: &Multipart, rejections: u64) -> Result<Next> {
        let file = match self.look_elsewhere(multipart, rejections).await? {
            ControlFlow::Continue(file) => file,
            ControlFlow::Break(next) => return Ok(next),
        };
        if file.is_completing() && !file.is_stalled(self.ctx.now()) {
            return Ok(Next::Wait(file));
        }
        self.removal.replace(&file, multipart).await?;
        Err(Error::PartsMismatch { flaws: multipart.plan.flaws(&[], None) })
    }

    /// What to do because of an object that is there by now, or of what the record says by now. Goes
    /// on with the record as it is if it still counts on `multipart`.
    async fn look_elsewhere(
        &self,
        multipart: &Multipart,
        rejections: u64,
    ) -> Result<ControlFlow<Next, File>> {
        let key = self.authority.key();
        if let Some(held) = self.ctx.bucket().head(key).await? {
            return Ok(ControlFlow::Break(self.claim.judge(Some(held), rejections)));
        }
        let file = self.ctx.files().get(&key.workspace, key.file).await?;
        Ok(match self.claim.explain(file, None, self.ctx.now())? {
            Next::Join(file) if file.multipart.as_ref() == Some(multipart) => {
                ControlFlow::Continue(file)
            }
            next => ControlFlow::Break(next),
        })
    }

    /// The parts that are not what they were a moment ago.
    async fn changed(&self, multipart: &Multipart, listed: &[StoredPart]) -> Result<Vec<Flaw>> {
        let (bucket, key) = (self.ctx.bucket(), self.authority.key());
        let now = bucket.all_parts(key, &multipart.upload_id).await?.unwrap_or_default();
        let changed = listed.iter().filter(|part| !now.contains(part));
        Ok(changed.map(|part| Flaw { part: part.number, problem: Problem::Changed }).collect())
    }

    /// Reads the bytes as far as there is time, and leaves the rest to the event function.
    async fn hash(&self, seen: Glimpse, midway: Option<Midway>) -> Result<Next> {
        let Glimpse { held, rejections } = &seen;
        let done = midway.as_ref().map_or(0, |midway| midway.bytes_hashed);
        if held.size_bytes.saturating_sub(done) <= READ_WITHIN_REQUEST_BYTES {
            match read(self.ctx, self.authority, held, midway).await? {
                Hashed::Whole(md5) => {
                    return Ok(self.claim.judge(Some(held.clone().hashed(md5)), *rejections));
                }
                Hashed::Gone => return Ok(Next::LookAgain { rejections: *rejections }),
                Hashed::Midway(_) => {}
            }
        }
        let now = self.ctx.now();
        match self.begin(None, *rejections, now).await? {
            Update::Applied(file) => Ok(self.claim.leave(file, seen)),
            Update::Refused(file) => self.claim.explain(file, Some(seen), now),
        }
    }

    async fn begin(
        &self,
        upload: Option<&UploadId>,
        rejections: u64,
        now: Timestamp,
    ) -> Result<Update> {
        let beginning = Beginning { upload, rejections, claim: self.claim };
        self.ctx.files().begin_completion(self.authority, beginning, now).await
    }
}
