//! DynamoDB stream, TTL removals of sessions: make the file EXPIRED and delete what it left behind.

use std::time::Duration;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use serde::{Deserialize, Serialize};
use shared::domain::ObjectKey;
use shared::storage::Authority;
use shared::uploads;
use shared::uploads::Status;
use shared::{Context, Error, Result, trigger};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    trigger::serve("DynamoDB stream", expire_file).await
}

/// Longer than any completion should take that is not at a halt, but for the largest files.
const AGAIN_AFTER: Duration = Duration::from_hours(1);

/// The records that failed. Lambda goes on from the first of them: it delivers what follows it again,
/// whether that failed or not.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failures {
    batch_item_failures: Vec<Failure>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: Option<String>,
}

async fn expire_file(ctx: Context, event: Event) -> Result<Failures> {
    let mut failures = Failures::default();
    for record in event.records {
        let Some(key) = removed_session(&record) else { continue };
        if let Err(error) = expire(&ctx, key).await {
            ctx.warn(&error);
            let item_identifier = record.change.sequence_number;
            failures.batch_item_failures.push(Failure { item_identifier });
        }
    }
    Ok(failures)
}

async fn expire(ctx: &Context, key: ObjectKey) -> Result<()> {
    let authority = Authority::of_event(key);
    let Some(file) = uploads::sweep(ctx, &authority).await? else { return Ok(()) };
    if file.is_completing() {
        return look_again(ctx, &authority).await;
    }
    match file.status(ctx.now()) {
        // DynamoDB's clock is ahead of ours: this is not the time yet, but there is no other removal.
        Status::Pending => Err(Error::TooEarly),
        _ => Ok(()),
    }
}

/// A completion that has begun keeps its session. If it has come to a halt it is set going, and the
/// session comes by again to see.
async fn look_again(ctx: &Context, authority: &Authority) -> Result<()> {
    ctx.files().put_session(authority, ctx.now().after(AGAIN_AFTER)).await?;
    ctx.bucket().note_continuation(authority.key()).await
}

/// The file whose session DynamoDB itself removed. The stream's filter lets only those through, but
/// a filter can be changed, and a session that somebody else deleted has not expired.
fn removed_session(record: &EventRecord) -> Option<ObjectKey> {
    let by = record.user_identity.as_ref()?;
    if by.type_ != "Service" || by.principal_id != "dynamodb.amazonaws.com" {
        return None;
    }
    let session: Session = serde_dynamo::from_item(record.change.old_image.clone()).ok()?;
    session.object_key.parse().ok()
}

/// A session as its last image shows it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    object_key: String,
}

#[cfg(test)]
mod tests;
