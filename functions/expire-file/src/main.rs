//! DynamoDB stream, TTL removals of sessions: make the file EXPIRED and delete what it left behind.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use serde::{Deserialize, Serialize};
use shared::domain::{ObjectKey, Status};
use shared::{Context, Error, Result, trigger};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), lambda_runtime::Error> {
    trigger::serve("DynamoDB stream", expire_file).await
}

/// The records that failed: Lambda delivers only them again.
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
        if let Err(error) = expire(&ctx, &key).await {
            ctx.warn(&error);
            let item_identifier = record.change.sequence_number;
            failures.batch_item_failures.push(Failure { item_identifier });
        }
    }
    Ok(failures)
}

async fn expire(ctx: &Context, key: &ObjectKey) -> Result<()> {
    match ctx.sweep(key).await? {
        // DynamoDB's clock is ahead of ours: this is not the time yet, but there is no other removal.
        Some(Status::Pending) => Err(Error::TooEarly),
        _ => Ok(()),
    }
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
