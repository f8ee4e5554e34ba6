//! DynamoDB stream, TTL removals of sessions: make the file EXPIRED and delete what it left behind.

use serde::{Deserialize, Serialize};
use shared::domain::ObjectKey;
use shared::trigger::events::dynamodb::{Event, EventRecord};
use shared::trigger::{self, EventAuthority};
use shared::{BucketContext, Result, uploads};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    trigger::serve("DynamoDB stream", expire_file).await
}

/// The records that failed. Lambda delivers the stream again from the first of them on, with the records
/// after it that did not fail.
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

async fn expire_file(
    ctx: BucketContext,
    authority: EventAuthority,
    event: Event,
) -> Result<Failures> {
    let mut failures = Failures::default();
    for record in event.records {
        let Some(key) = removed_session(&record) else { continue };
        if let Err(error) = uploads::expire(&ctx, &authority, key).await {
            ctx.warn(&error);
            let item_identifier = record.change.sequence_number;
            failures.batch_item_failures.push(Failure { item_identifier });
        }
    }
    Ok(failures)
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
