//! A workspace's counter: the next sequence, and the holes that lists step over.

use aws_sdk_dynamodb::Config;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::retry::RetryConfig;

use super::failure::unavailable;
use super::item;
use super::table::{Conditional, ItemKey, Table, conditional, number};
use crate::domain::{Caller, Counter, Sequence, Timestamp, Workspace};
use crate::{Error, Result};

/// Takes the next sequence. If the answer is lost, the number is too: a hole that a list will note.
pub(super) async fn take_next(table: &Table, caller: &Caller, now: Timestamp) -> Result<Sequence> {
    let outcome = table
        .update(&ItemKey::Counter(caller.workspace()))
        .update_expression("ADD #next :one SET touchedAt = :now")
        .expression_attribute_names("#next", "next")
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":now", number(now.millis()))
        .send()
        .await;
    let output = outcome.map_err(unavailable("dynamodb:UpdateItem on a counter"))?;
    let next = item::counter(output.attributes.as_ref())?.next;
    next.checked_sub(1).and_then(Sequence::new).ok_or_else(|| {
        Error::internal(format!("the sequences of {} are used up", caller.workspace()))
    })
}

/// Gives a sequence back that has no record: the counter steps back if it was the last one taken,
/// otherwise the number is noted as a hole.
///
/// Asked only once: a retry after a lost answer could take back, or note as a hole, a number that
/// another create has taken meanwhile. Without the answer the number is a hole for a list to note.
pub(super) async fn give_back(table: &Table, caller: &Caller, sequence: Sequence) -> Result<()> {
    let outcome = table
        .update(&ItemKey::Counter(caller.workspace()))
        .update_expression("SET #next = :sequence")
        .condition_expression("#next = :after")
        .expression_attribute_names("#next", "next")
        .expression_attribute_values(":sequence", number(sequence.number()))
        .expression_attribute_values(":after", number(sequence.number() + 1))
        .customize()
        .config_override(Config::builder().retry_config(RetryConfig::disabled()))
        .send()
        .await;
    match conditional(outcome, "dynamodb:UpdateItem on a counter")? {
        Conditional::Applied(_) => Ok(()),
        Conditional::Refused(_) => note_holes(table, caller, &[sequence]).await,
    }
}

/// Notes sequences that will never have a record. Noting one twice changes nothing.
pub(super) async fn note_holes(table: &Table, caller: &Caller, holes: &[Sequence]) -> Result<()> {
    let numbers = holes.iter().map(|hole| hole.number().to_string()).collect();
    table
        .update(&ItemKey::Counter(caller.workspace()))
        .update_expression("ADD holes :holes")
        .expression_attribute_values(":holes", AttributeValue::Ns(numbers))
        .send()
        .await
        .map(|_| ())
        .map_err(unavailable("dynamodb:UpdateItem on a counter"))
}

/// The counter as it is now.
pub(super) async fn read(table: &Table, workspace: &Workspace) -> Result<Counter> {
    let output = table
        .client
        .get_item()
        .table_name(&table.name)
        .set_key(Some(ItemKey::Counter(workspace).attributes()))
        .consistent_read(true)
        .send()
        .await
        .map_err(unavailable("dynamodb:GetItem on a counter"))?;
    item::counter(output.item.as_ref())
}
