//! Changes of several items at once: all of them, or none.

use std::time::Duration;

use aws_sdk_dynamodb::Config;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::{DeleteBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{CancellationReason, Delete, Put, TransactWriteItem, Update};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_types::retry::RetryConfig;

use super::failure::{is_definite, unavailable};
use super::table::{Attributes, ItemKey, Table};
use crate::{Error, Result};

/// What a transaction came to.
#[derive(Debug)]
pub(super) enum Transaction {
    /// All changes were made.
    Applied,
    /// None was: the condition of the change at this place, the first of those, did not hold for this item, where
    /// the change asks for it.
    Refused { at: usize, item: Option<Attributes> },
}

/// A change of one item.
pub(super) fn update(
    table: &Table,
    key: &ItemKey<'_>,
    describe: impl FnOnce(UpdateBuilder) -> UpdateBuilder,
) -> Result<TransactWriteItem> {
    let of_item = Update::builder().table_name(&table.name).set_key(Some(key.attributes()));
    let update = describe(of_item).build().map_err(incomplete)?;
    Ok(TransactWriteItem::builder().update(update).build())
}

/// A new item, where there is none.
pub(super) fn put(table: &Table, item: Attributes) -> Result<TransactWriteItem> {
    let put = Put::builder()
        .table_name(&table.name)
        .set_item(Some(item))
        .condition_expression("attribute_not_exists(pk)")
        .build()
        .map_err(incomplete)?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// The end of one item.
pub(super) fn delete(
    table: &Table,
    key: &ItemKey<'_>,
    describe: impl FnOnce(DeleteBuilder) -> DeleteBuilder,
) -> Result<TransactWriteItem> {
    let of_item = Delete::builder().table_name(&table.name).set_key(Some(key.attributes()));
    let delete = describe(of_item).build().map_err(incomplete)?;
    Ok(TransactWriteItem::builder().delete(delete).build())
}

fn incomplete(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("a change lacks a part: {error}"))
}

/// Makes all of `changes`, which are of different items, or none. Retries while another transaction is in
/// flight on one of the items.
pub(super) async fn write(table: &Table, changes: Vec<TransactWriteItem>) -> Result<Transaction> {
    try_write(table, changes).await.map_err(|failed| failed.error)
}

/// A transaction that failed.
pub(super) struct Failed {
    pub(super) error: Error,
    /// Whether it certainly changed nothing.
    pub(super) is_definite: bool,
}

/// The same, also saying of a failure whether it is certain that nothing was changed.
pub(super) async fn try_write(
    table: &Table,
    changes: Vec<TransactWriteItem>,
) -> std::result::Result<Transaction, Failed> {
    // The turn of a transaction comes within tens of milliseconds, but many may wait for it.
    let patience = RetryConfig::standard()
        .with_max_attempts(6)
        .with_initial_backoff(Duration::from_millis(50));
    // The SDK sends the same token with every attempt, so a lost answer does no harm.
    let outcome = table
        .client
        .transact_write_items()
        .set_transact_items(Some(changes))
        .customize()
        .config_override(Config::builder().retry_config(patience).retry_classifier(Conflicts))
        .send()
        .await;
    let Err(failure) = outcome else { return Ok(Transaction::Applied) };
    match failure.as_service_error().and_then(first_refused) {
        Some((at, reason)) => Ok(Transaction::Refused { at, item: reason.item.clone() }),
        None => Err(Failed {
            is_definite: is_definite(&failure),
            error: unavailable("dynamodb:TransactWriteItems")(failure),
        }),
    }
}

/// The first change whose condition did not hold, and its place.
fn first_refused(failure: &TransactWriteItemsError) -> Option<(usize, &CancellationReason)> {
    let mut reasons = reasons(failure).iter().enumerate();
    reasons.find(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"))
}

fn reasons(failure: &TransactWriteItemsError) -> &[CancellationReason] {
    match failure {
        TransactWriteItemsError::TransactionCanceledException(it) => it.cancellation_reasons(),
        _ => &[],
    }
}

/// Retries a transaction that conflicted with another one. The SDK does not by default.
#[derive(Debug)]
struct Conflicts;

impl ClassifyRetry for Conflicts {
    fn classify_retry(&self, attempt: &InterceptorContext) -> RetryAction {
        let failure = attempt.output_or_error().and_then(std::result::Result::err);
        let failure = failure.and_then(|failure| failure.as_operation_error()?.downcast_ref());
        let is_conflict =
            |reason: &CancellationReason| reason.code() == Some("TransactionConflict");
        match failure {
            Some(failure)
                if first_refused(failure).is_none() && reasons(failure).iter().any(is_conflict) =>
            {
                RetryAction::transient_error()
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "transaction conflicts"
    }
}
