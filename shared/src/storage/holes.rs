//! A workspace's holes: sets of numbers by block, counted by region, and the regions counted in one
//! item. A set changes in one transaction with its counts, so they always agree.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

use super::failure::unavailable;
use super::item;
use super::table::{ItemKey, Table, counts_of, holes_at, number, text};
use super::transaction;
use crate::Result;
use crate::domain::{Sequence, Workspace};
use crate::listing::{Block, HoleCounts, Holes, Region};
use crate::storage::Caller;

/// Records that these sequences will never have a record. If one of a block is recorded already, none of
/// that block is: another list is recording them.
pub(super) async fn note(table: &Table, caller: &Caller, sequences: &[Sequence]) -> Result<()> {
    let mut blocks: BTreeMap<Block, Vec<u64>> = BTreeMap::new();
    for sequence in sequences {
        blocks.entry(Block::of(sequence.number())).or_default().push(sequence.number());
    }
    for (block, numbers) in blocks {
        let changes = noting(table, caller.workspace(), block, &numbers)?;
        transaction::write(table, changes).await?;
    }
    Ok(())
}

/// The changes that note these numbers of a block, none of which is noted yet: the set first, then
/// the two counts.
pub(super) fn noting(
    table: &Table,
    workspace: &Workspace,
    block: Block,
    numbers: &[u64],
) -> Result<Vec<TransactWriteItem>> {
    // Two lists can come upon the same gap. Counts must grow once for each number.
    let unnoted = (0..numbers.len()).map(|at| format!("NOT contains(holes, :hole{at})"));
    let unnoted = unnoted.collect::<Vec<_>>().join(" AND ");
    let set = AttributeValue::Ns(numbers.iter().map(ToString::to_string).collect());
    let count = numbers.len() as u64;
    let region = block.region();
    Ok(vec![
        transaction::update(table, &ItemKey::BlockHoles(workspace, block), |update| {
            let update = update
                .update_expression("ADD holes :holes")
                .condition_expression(unnoted)
                .expression_attribute_values(":holes", set);
            numbers.iter().enumerate().fold(update, |update, (at, hole)| {
                update.expression_attribute_values(format!(":hole{at}"), number(*hole))
            })
        })?,
        add(table, &ItemKey::RegionHoles(workspace, region), block.index(), count)?,
        add(table, &ItemKey::Holes(workspace), region.index(), count)?,
    ])
}

/// Counts `count` more holes in the cell at `index`.
fn add(table: &Table, key: &ItemKey<'_>, index: u64, count: u64) -> Result<TransactWriteItem> {
    transaction::update(table, key, |update| {
        update
            .update_expression("ADD #index :count")
            .expression_attribute_names("#index", index.to_string())
            .expression_attribute_values(":count", number(count))
    })
}

/// How many holes each block of a region has.
pub(super) async fn of_region(
    table: &Table,
    workspace: &Workspace,
    region: Region,
) -> Result<HoleCounts> {
    let output = table
        .client
        .get_item()
        .table_name(&table.name)
        .set_key(Some(ItemKey::RegionHoles(workspace, region).attributes()))
        .consistent_read(true)
        .send()
        .await
        .map_err(unavailable("dynamodb:GetItem on a region's holes"))?;
    output.item.as_ref().map_or(Ok(HoleCounts::new()), item::hole_counts)
}

/// The holes of a block and of the one before it, into which a page may reach.
pub(super) async fn around(table: &Table, workspace: &Workspace, block: Block) -> Result<Holes> {
    let output = table
        .client
        .query()
        .table_name(&table.name)
        .consistent_read(true)
        .scan_index_forward(false)
        .limit(2)
        .key_condition_expression("pk = :counts AND sk BETWEEN :previous AND :block")
        .expression_attribute_values(":counts", text(counts_of(workspace)))
        .expression_attribute_values(":previous", text(holes_at(block.previous())))
        .expression_attribute_values(":block", text(holes_at(block)))
        .send()
        .await
        .map_err(unavailable("dynamodb:Query of holes"))?;
    let numbers: Vec<Vec<u64>> = output.items().iter().map(item::holes).collect::<Result<_>>()?;
    Ok(Holes::from(block.previous(), numbers.into_iter().flatten().collect()))
}
