//! The end of a record, in whatever state it is.

use super::Files;
use crate::domain::{FileId, ObjectKey, Timestamp};
use crate::listing::Block;
use crate::storage::Caller;
use crate::storage::holes;
use crate::storage::table::{ItemKey, number, text};
use crate::storage::transaction::{self, Transaction};
use crate::{Error, Result};

impl Files {
    /// Deletes a file's record and notes the hole that it leaves, and leaves a session whose end sweeps
    /// the bytes: all of it or nothing. An open session keeps its time, until which bytes may still
    /// arrive; otherwise the sweep is due at once.
    pub(crate) async fn delete(&self, caller: &Caller, id: FileId, now: Timestamp) -> Result<()> {
        let table = &self.table;
        let workspace = caller.workspace();
        let number_of_file = id.sequence().number();
        let key = ObjectKey { workspace: workspace.clone(), file: id };
        let mut changes = vec![
            transaction::delete(table, &ItemKey::File(workspace, id.sequence()), |delete| {
                delete
                    .condition_expression("id = :id")
                    .expression_attribute_values(":id", text(id.to_string()))
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
        match transaction::write(table, changes).await? {
            Transaction::Applied => Ok(()),
            // The record is not there: the file never was, or another delete was faster.
            Transaction::Refused { at: 0 } => Err(Error::NotFound),
            Transaction::Refused { .. } => {
                Err(Error::internal(format!("{id} stands at a number that was given up")))
            }
        }
    }
}
