//! A workspace's counter: the next sequence, and how many of those before it are holes.

use super::failure::unavailable;
use super::item;
use super::table::{
    COUNTER, Conditional, HOLES, ItemKey, Table, conditional, counts_of, number, text,
};
use crate::domain::{Sequence, Timestamp, Workspace};
use crate::listing::Counter;
use crate::storage::Caller;
use crate::{Error, Result};

/// Takes the next number, of a workspace without a quota: for one that has a quota there is none, unless
/// `is_counted` says that the file will be counted. If DynamoDB's answer is lost, nobody uses the number: it
/// becomes a hole that a later list records.
pub(super) async fn take_next(
    table: &Table,
    caller: &Caller,
    is_counted: bool,
    now: Timestamp,
) -> Result<Option<Sequence>> {
    let update = table
        .update(&ItemKey::Counter(caller.workspace()))
        .update_expression("ADD #next :one SET touchedAt = :now")
        .expression_attribute_names("#next", "next")
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":now", number(now.millis()));
    let update = if is_counted {
        update
    } else {
        update.condition_expression("attribute_not_exists(hasQuota)")
    };
    let counter = match conditional(update.send().await, "dynamodb:UpdateItem on a counter")? {
        Conditional::Applied(counter) => counter,
        Conditional::Refused(_) => return Ok(None),
    };
    let next = item::counter(Some(&counter), None)?.next;
    let taken = next.checked_sub(1).and_then(Sequence::new);
    taken.map(Some).ok_or_else(|| {
        Error::internal(format!("the sequences of {} are used up", caller.workspace()))
    })
}

/// The counter as it is now, with its holes by region.
pub(super) async fn read(table: &Table, workspace: &Workspace) -> Result<Counter> {
    let output = table
        .client
        .query()
        .table_name(&table.name)
        .consistent_read(true)
        // Downwards, the holes come before `next`: no number is found a hole and not yet taken.
        .scan_index_forward(false)
        .limit(2)
        .key_condition_expression("pk = :counts AND sk BETWEEN :counter AND :holes")
        .expression_attribute_values(":counts", text(counts_of(workspace)))
        .expression_attribute_values(":counter", text(COUNTER))
        .expression_attribute_values(":holes", text(HOLES))
        .send()
        .await
        .map_err(unavailable("dynamodb:Query of a counter"))?;
    let of_kind = |kind| {
        let mut items = output.items().iter();
        items.find(|item| item::string(item, "sk").is_ok_and(|sk| sk == kind))
    };
    item::counter(of_kind(COUNTER), of_kind(HOLES))
}
