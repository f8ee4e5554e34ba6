//! The DynamoDB table: one table, no index, and these truths about DynamoDB:
//!
//! - A failed condition can return the item it failed on (`ALL_OLD`) at no cost, so one call tries a
//!   change and says why it was refused.
//! - The SDK may retry an update whose answer was lost, so it may be applied twice. A conditional update
//!   then finds its own change. A second `ADD` to the counter leaves a hole, which lists skip.
//!   A transaction carries a token that makes the retry idempotent.
//! - While a transaction is under way on an item, every other write of that item is refused. So what
//!   transactions write is kept apart from the counter, which every create writes.
//! - TTL can remove an item days late, so it only sweeps. Conditions decide what has expired.
//! - All reads are strongly consistent, so an answer never contradicts an earlier one.
//!
//! | item | `pk` | `sk` | holds |
//! |---|---|---|---|
//! | key | `KEY#<sha256>` | `KEY` | workspace, scopes, name, revokedAt?, expiresAt?, a limit?, two times per category |
//! | key's entry | `KEYS` | `<workspace>#<sha256>` | the same for the operator's list, without times |
//! | upload token | `TOKEN#<sha256>` | `TOKEN` | a key with less in it: workspace, expiresAt, `ttl`, filesLeft, bounds?, the idempotency key that took the last place, two times per category |
//! | counter | `COUNTER#<workspace>` | `COUNTER` | next, touchedAt, hasQuota? |
//! | holes | `COUNTER#<workspace>` | `HOLES` | for each region, by its index, how many |
//! | region's holes | `COUNTER#<workspace>` | `REGION#<index>` | for each block, by its index, how many |
//! | block's holes | `COUNTER#<workspace>` | `BLOCK#<index>` | `holes`: the set of numbers |
//! | quota | `COUNTER#<workspace>` | `QUOTA` | keptFiles, keptBytes, maxFiles?, maxBytes?, whether the files of before are counted? |
//! | file | `WS#<workspace>` | `FILE#<sequence>` | the file, its whole id, what S3 holds, the token that created it?, whether it is counted? |
//! | reservation | `IDEM#<workspace>#<sha256>`, of a token `IDEM#<workspace>#<token>#<sha256>` | `IDEM` | the file that a create with an `Idempotency-Key` makes, `ttl` |
//! | session | `SESSION#<file id>` | `SESSION` | objectKey, `ttl` |

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use aws_types::SdkConfig;
use futures_util::future;

use super::endpoint;
use super::failure::unavailable;
use crate::Result;

use crate::config::Aws;
use crate::domain::{Credentials, FileId, KeyHash, KeyKind, Sequence, Workspace};
use crate::listing::{Block, Region};

/// An item, or a part of one.
pub(super) type Attributes = HashMap<String, AttributeValue>;

/// The table that holds every record.
#[derive(Clone, Debug)]
pub struct Table {
    pub(super) client: Client,
    pub(super) name: String,
}

impl Table {
    /// The table called `name`.
    #[must_use]
    pub fn new(client: Client, name: &str) -> Self {
        Self { client, name: name.to_owned() }
    }

    /// A DynamoDB client with the settings of all clients.
    #[must_use]
    pub fn client(settings: &SdkConfig, aws: &Aws) -> Client {
        let endpoint = endpoint::of_region("dynamodb", aws.dynamodb_endpoint.as_deref(), aws);
        let mut config = aws_sdk_dynamodb::config::Builder::from(settings);
        config.set_endpoint_resolver(Some(endpoint));
        Client::from_conf(config.build())
    }

    /// Opens the two connections that an admission and the read beside it use, by reading an item that
    /// is never there: one read unit in all, where a refused update costs a write unit.
    pub async fn warm_up(&self) {
        let key = Some(ItemKey::WarmUp.attributes());
        let read = self.client.get_item().table_name(&self.name).set_key(key);
        // Whatever the answers, the connections are there.
        let _ = future::join(read.clone().send(), read.send()).await;
    }

    /// An update of one item that returns it: as it is then, or as it was when the condition failed.
    pub(super) fn update(&self, key: &ItemKey<'_>) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

/// The outcome of a conditional update.
pub(super) enum Conditional {
    /// The condition held; the item as it is now.
    Applied(Attributes),
    /// The condition failed; the item it failed on, if there is one.
    Refused(Option<Attributes>),
}

/// Reads the outcome of a conditional update, which `operation` names in the log.
pub(super) fn conditional(
    outcome: std::result::Result<UpdateItemOutput, SdkError<UpdateItemError>>,
    operation: &'static str,
) -> Result<Conditional> {
    let failure = match outcome {
        Ok(output) => return Ok(Conditional::Applied(output.attributes.unwrap_or_default())),
        Err(failure) => failure,
    };
    match failure.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
            Ok(Conditional::Refused(refusal.item.clone()))
        }
        _ => Err(unavailable(operation)(failure)),
    }
}

/// The key of every kind of item. The table holds no others.
#[derive(Debug)]
pub(super) enum ItemKey<'a> {
    Key(&'a KeyHash),
    UploadToken(&'a KeyHash),
    KeyEntry(&'a Workspace, &'a KeyHash),
    Counter(&'a Workspace),
    Holes(&'a Workspace),
    RegionHoles(&'a Workspace, Region),
    BlockHoles(&'a Workspace, Block),
    Quota(&'a Workspace),
    File(&'a Workspace, Sequence),
    /// Of a workspace, by the hash of the idempotency key.
    Reservation(&'a Workspace, &'a str),
    Session(FileId),
    /// Of the item that is never there.
    WarmUp,
}

/// The partition of all key entries.
pub(super) const KEY_ENTRIES: &str = "KEYS";

impl<'a> ItemKey<'a> {
    /// Of the key or the upload token that is claimed. Each kind has its own partitions, so that the
    /// function that makes tokens can be kept from making keys.
    pub(super) const fn of_credentials(credentials: &'a Credentials) -> Self {
        match credentials.kind {
            KeyKind::ApiKey => Self::Key(&credentials.hash),
            KeyKind::UploadToken => Self::UploadToken(&credentials.hash),
        }
    }
}

impl ItemKey<'_> {
    /// The item's primary key.
    pub(super) fn attributes(&self) -> Attributes {
        let (pk, sk) = match self {
            Self::Key(hash) => (format!("KEY#{}", hash.as_str()), "KEY".to_owned()),
            Self::UploadToken(hash) => (format!("TOKEN#{}", hash.as_str()), "TOKEN".to_owned()),
            Self::KeyEntry(workspace, hash) => {
                (KEY_ENTRIES.to_owned(), format!("{workspace}#{}", hash.as_str()))
            }
            Self::Counter(workspace) => (counts_of(workspace), COUNTER.to_owned()),
            Self::Holes(workspace) => (counts_of(workspace), HOLES.to_owned()),
            Self::RegionHoles(workspace, region) => {
                (counts_of(workspace), format!("REGION#{:07}", region.index()))
            }
            Self::BlockHoles(workspace, block) => (counts_of(workspace), holes_at(*block)),
            Self::Quota(workspace) => (counts_of(workspace), "QUOTA".to_owned()),
            Self::Reservation(workspace, hash) => {
                (format!("IDEM#{workspace}#{hash}"), "IDEM".to_owned())
            }
            Self::File(workspace, sequence) => (files_of(workspace), file_at(sequence.number())),
            Self::Session(file) => (format!("SESSION#{file}"), "SESSION".to_owned()),
            Self::WarmUp => ("WARM-UP".to_owned(), "WARM-UP".to_owned()),
        };
        HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
    }
}

/// The partition of a workspace's counter and holes.
pub(super) fn counts_of(workspace: &Workspace) -> String {
    format!("COUNTER#{workspace}")
}

/// The sort key of a counter.
pub(super) const COUNTER: &str = "COUNTER";

/// The sort key of the counts of holes, the next after the counter's.
pub(super) const HOLES: &str = "HOLES";

/// The sort key of a block's holes: 10 digits hold every block.
pub(super) fn holes_at(block: Block) -> String {
    format!("BLOCK#{:010}", block.index())
}

/// The partition of a workspace's files.
pub(super) fn files_of(workspace: &Workspace) -> String {
    format!("WS#{workspace}")
}

/// The sort key of a file: 13 digits hold every sequence, so text sorts as numbers do.
pub(super) fn file_at(sequence: u64) -> String {
    format!("FILE#{sequence:013}")
}

/// A text attribute.
pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
pub(super) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A number attribute that may be negative.
pub(super) fn signed_number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
