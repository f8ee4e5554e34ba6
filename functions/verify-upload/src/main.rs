//! S3 `ObjectCreated:*`: learn the MD5 of what arrived, and delete what nobody waits for.

use aws_lambda_events::s3::{S3Event, S3EventRecord};
use shared::domain::ETag;
use shared::storage::{Bucket, Update};
use shared::{Context, Error, Result, trigger};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), lambda_runtime::Error> {
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
    let object = record.s3.object;
    let Some(key) = object.key.as_deref().and_then(Bucket::key_of_event) else {
        return Ok(()); // Not an upload of ours.
    };
    let size = object.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
    let etag = ETag::new(&object.e_tag.unwrap_or_default());
    let mut held = ctx.bucket().described(size, etag);
    if held.md5.is_none() {
        match ctx.bucket().hash(&key, &held.etag).await? {
            Some(md5) => held = held.hashed(md5),
            None => return Ok(()), // Gone, or replaced by what a later event tells of.
        }
    }

    let now = ctx.now();
    let sequencer = object.sequencer.unwrap_or_default();
    match ctx.files().record_verified(&key, &held, &sequencer, now).await {
        Ok(Update::Applied(_)) => Ok(()),
        // An event that came twice, or late.
        Ok(Update::Refused(file)) if file.status(now).keeps_bytes() => Ok(()),
        Ok(Update::Refused(_)) | Err(Error::NotFound) => ctx.sweep(&key).await.map(|_| ()),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests;
