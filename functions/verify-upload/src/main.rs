//! S3 `ObjectCreated:*`: learn the MD5 of what arrived, and delete what nobody waits for.

use aws_lambda_events::s3::{S3Event, S3EventRecord};
use shared::domain::{ContinueKey, ETag};
use shared::storage::Authority;
use shared::storage::{Bucket, Update};
use shared::uploads::{self, Reading};
use shared::{Context, Error, Result, trigger};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    trigger::serve("S3 ObjectCreated", verify_upload).await
}

/// Handles each object; the first failure fails the event, and S3 delivers all of it again.
async fn verify_upload(ctx: Context, event: S3Event) -> Result<()> {
    for record in event.records {
        verify(&ctx, record).await?;
    }
    Ok(())
}

async fn verify(ctx: &Context, record: S3EventRecord) -> Result<()> {
    let object = &record.s3.object;
    let encoded = object.key.as_deref().unwrap_or_default();
    if let Some(ContinueKey(key)) = Bucket::key_of_event(encoded) {
        return go_on(ctx, &Authority::of_event(key)).await;
    }
    let Some(key) = Bucket::key_of_event(encoded) else {
        return Ok(()); // Not an upload of ours.
    };
    let authority = Authority::of_event(key);
    let sequencer = object.sequencer.as_deref().unwrap_or_default();
    let size = object.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
    let etag = ETag::new(object.e_tag.as_deref().unwrap_or_default());
    let held = ctx.bucket().described(size, etag);
    if held.md5.is_none() {
        return uploads::verify(ctx, &authority, sequencer).await.map(|_| ());
    }

    let now = ctx.now();
    match ctx.files().record_verified(&authority, &held, sequencer, now).await {
        Ok(Update::Applied(_)) => Ok(()),
        // Its completion has begun, so somebody waits for its end.
        Ok(Update::Refused(file)) if file.is_completing() => {
            uploads::verify(ctx, &authority, sequencer).await.map(|_| ())
        }
        // An event that came twice, or late.
        Ok(Update::Refused(file)) if file.status(now).keeps_bytes() => Ok(()),
        Ok(Update::Refused(_)) | Err(Error::NotFound) => {
            uploads::sweep(ctx, &authority).await.map(|_| ())
        }
        Err(failure) => Err(failure),
    }
}

/// Goes on where an invocation ran out of time.
async fn go_on(ctx: &Context, authority: &Authority) -> Result<()> {
    match uploads::verify(ctx, authority, "").await? {
        Reading::Continues => Ok(()),
        Reading::Over => ctx.bucket().end_continuation(authority.key()).await,
    }
}

#[cfg(test)]
mod tests;
