//! The end of a record, in whatever state it is.

use aws_sdk_dynamodb::types::{ReturnValuesOnConditionCheckFailure, TransactWriteItem};

use super::Files;
use super::room::giving_back;
use crate::domain::{FileId, ObjectKey, Timestamp};
use crate::listing::Block;
use crate::storage::table::{ItemKey, number, text};
use crate::storage::transaction::{self, Transaction};
use crate::storage::{Caller, holes, item};
use crate::{Error, Result};

impl Files {
    /// Deletes a file's record and notes the hole that it leaves, leaves a session whose end sweeps the bytes, and
    /// gives the file's room back if it is counted: all of it or nothing. An open session keeps its time, until
    /// which bytes may still arrive; otherwise the sweep is due at once.
    pub(crate) async fn delete(&self, caller: &Caller, id: FileId, now: Timestamp) -> Result<()> {
        let mut room = None;
        // A file may be counted, or not any more, since it was looked at.
        for _ in 0..3 {
            let changes = self.deleting(caller, id, room, now)?;
            match transaction::write(&self.table, changes).await? {
                Transaction::Applied => return Ok(()),
                Transaction::Refused { at: 0, item: Some(found) } if item::id(&found)? == id => {
                    let size_bytes = item::integer(&found, "sizeBytes")?;
                    room = found.contains_key("counted").then_some(size_bytes);
                }
                // The record is not there: the file never was, or another delete was faster.
                Transaction::Refused { at: 0, .. } => return Err(Error::NotFound),
                Transaction::Refused { .. } => {
                    let what = format!("{id} stands at a number that was given up");
                    return Err(Error::internal(what));
                }
            }
        }
        Err(Error::Contended)
    }

    /// The changes that delete a file, which takes so much room, or is not counted.
    fn deleting(
        &self,
        caller: &Caller,
        id: FileId,
        room: Option<u64>,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>> {
        let table = &self.table;
        let workspace = caller.workspace();
        let number_of_file = id.sequence().number();
        let key = ObjectKey { workspace: workspace.clone(), file: id };
        let condition = match room {
            None => "id = :id AND attribute_not_exists(counted)",
            Some(_) => "id = :id AND attribute_exists(counted)",
        };
        let mut changes = vec![
            transaction::delete(table, &ItemKey::File(workspace, id.sequence()), |delete| {
                delete
                    .condition_expression(condition)
                    .expression_attribute_values(":id", text(id.to_string()))
                    .return_values_on_condition_check_failure(
                        ReturnValuesOnConditionCheckFailure::AllOld,
                    )
            })?,
            transaction::update(table, &ItemKey::Session(id), |update| {
                update
                    // Until an open session ends, its URL may still bring bytes.
                    .update_expression("SET objectKey = :key, #ttl = if_not_exists(#ttl, :now)")
                    .expression_attribute_names("#ttl", "ttl")
                    .expression_attribute_values(":key", text(key.to_string()))
                    .expression_attribute_values(":now", number(now.seconds_rounded_up()))
            })?,
        ];
        let block = Block::of(number_of_file);
        changes.extend(holes::noting(table, workspace, block, &[number_of_file])?);
        if let Some(size_bytes) = room {
            changes.push(giving_back(table, workspace, size_bytes)?);
        }
        Ok(changes)
    }
}
