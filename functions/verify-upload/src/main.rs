//! S3 `ObjectCreated:*`: learn the MD5 of what arrived, and delete what nobody waits for.

use shared::domain::ETag;
use shared::trigger::events::s3::{S3Event, S3EventRecord};
use shared::trigger::{self, EventAuthority};
use shared::uploads::{self, ObjectCreated};
use shared::{BucketContext, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    trigger::serve("S3 ObjectCreated", verify_upload).await
}

/// Verifies each object. The first failure fails the event, and S3 delivers all of it again.
async fn verify_upload(
    ctx: BucketContext,
    authority: EventAuthority,
    event: S3Event,
) -> Result<()> {
    for record in event.records {
        uploads::verify(&ctx, &authority, &created(record)).await?;
    }
    Ok(())
}

/// The object that a record describes. `aws_lambda_events` takes every field for optional, although S3
/// sends them all; one that were missing would name no object of ours.
fn created(record: S3EventRecord) -> ObjectCreated {
    let object = record.s3.object;
    ObjectCreated {
        encoded_key: object.key.unwrap_or_default(),
        size_bytes: object.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
        etag: ETag::new(object.e_tag.as_deref().unwrap_or_default()),
        sequencer: object.sequencer.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
