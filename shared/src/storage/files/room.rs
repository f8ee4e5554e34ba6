//! The room that a workspace's files take, where it has a quota. A file's room is taken in one transaction with
//! its record, and given back in one with the record's mark, so that it is counted exactly once whatever fails.

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::Files;
use super::record::Unrecorded;
use crate::domain::quota::{Room, Usage};
use crate::domain::{Timestamp, Workspace};
use crate::storage::table::{ItemKey, Table, number, signed_number, text};
use crate::storage::transaction::{self, Failed, Transaction};
use crate::storage::{Authority, Caller, file_item, quotas};
use crate::uploads::File;
use crate::{Error, Result};

/// How often room is looked for while others take what was left.
const MOST_ATTEMPTS: usize = 8;

impl Files {
    /// What the workspace keeps, if that is counted.
    pub(crate) async fn usage(&self, workspace: &Workspace) -> Result<Option<Usage>> {
        quotas::usage(&self.table, workspace).await
    }

    /// The room that the workspace has for a file of this size.
    ///
    /// # Errors
    ///
    /// [`Error::QuotaExceeded`], or DynamoDB's failure.
    pub(crate) async fn room(&self, workspace: &Workspace, size_bytes: u64) -> Result<Room> {
        let usage = self.usage(workspace).await?.unwrap_or_default();
        usage.room(size_bytes).map_err(Error::QuotaExceeded)
    }

    /// Records a new file and its session and takes its room: all of it or nothing.
    ///
    /// # Errors
    ///
    /// [`Unrecorded`], with [`Error::QuotaExceeded`] or DynamoDB's failure.
    pub(crate) async fn record_counted(
        &self,
        caller: &Caller,
        file: &File,
        expires_at: Timestamp,
        mut room: Room,
    ) -> std::result::Result<(), Unrecorded> {
        for _ in 0..MOST_ATTEMPTS {
            let changes = self.recording(caller, file, expires_at, room);
            let changes = changes.map_err(Unrecorded::Certainly)?;
            match transaction::try_write(&self.table, changes).await.map_err(unrecorded)? {
                Transaction::Applied => return Ok(()),
                // Others took the room that was left, or the quota is another.
                Transaction::Refused { at: 2, .. } => {
                    let left = self.room(caller.workspace(), file.size_bytes).await;
                    room = left.map_err(Unrecorded::Certainly)?;
                }
                Transaction::Refused { .. } => {
                    let failure = Error::internal(format!("{} has been recorded", file.id));
                    return Err(Unrecorded::Unknown(failure));
                }
            }
        }
        Err(Unrecorded::Certainly(Error::Contended))
    }

    fn recording(
        &self,
        caller: &Caller,
        file: &File,
        expires_at: Timestamp,
        room: Room,
    ) -> Result<Vec<TransactWriteItem>> {
        let authority = caller.authority(file.id);
        Ok(vec![
            transaction::put(
                &self.table,
                file_item::of_new_file(caller.reach(), file, expires_at),
            )?,
            transaction::put(&self.table, Self::session(&authority, expires_at))?,
            taking(&self.table, caller.workspace(), file.size_bytes, room)?,
        ])
    }

    /// Gives the room of a file back that will never be COMPLETED, unless that was done before.
    pub(crate) async fn give_room_back(&self, authority: &Authority, file: &File) -> Result<()> {
        if !file.is_counted {
            return Ok(());
        }
        let key = authority.key();
        let record = ItemKey::File(&key.workspace, key.file.sequence());
        let changes = vec![
            transaction::update(&self.table, &record, |update| {
                update
                    .update_expression("REMOVE counted")
                    .condition_expression("id = :id AND attribute_exists(counted)")
                    .expression_attribute_values(":id", text(key.file.to_string()))
            })?,
            giving_back(&self.table, &key.workspace, file.size_bytes)?,
        ];
        // If it is refused, another request was faster.
        transaction::write(&self.table, changes).await.map(|_| ())
    }
}

/// The failure of a transaction that would have recorded a file.
fn unrecorded(failed: Failed) -> Unrecorded {
    let told = if failed.is_definite { Unrecorded::Certainly } else { Unrecorded::Unknown };
    told(failed.error)
}

/// The change that takes the room of a file of this size, if there is some.
fn taking(
    table: &Table,
    workspace: &Workspace,
    size_bytes: u64,
    room: Room,
) -> Result<TransactWriteItem> {
    let bounds = [("keptFiles <= :files", room.files), ("keptBytes <= :bytes", room.bytes)];
    let bounded = bounds.iter().filter(|(_, most)| most.is_some()).map(|(clause, _)| *clause);
    let condition: Vec<_> = ["attribute_exists(keptFiles)"].into_iter().chain(bounded).collect();
    transaction::update(table, &ItemKey::Quota(workspace), |update| {
        let update = update
            .update_expression("ADD keptFiles :one, keptBytes :size")
            .condition_expression(condition.join(" AND "))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":size", number(size_bytes));
        [(":files", room.files), (":bytes", room.bytes)].into_iter().fold(
            update,
            |update, (name, most)| match most {
                Some(most) => update.expression_attribute_values(name, number(most)),
                None => update,
            },
        )
    })
}

/// The change that gives back the room of a file of this size.
pub(super) fn giving_back(
    table: &Table,
    workspace: &Workspace,
    size_bytes: u64,
) -> Result<TransactWriteItem> {
    let less = |amount: u64| signed_number(i64::try_from(amount).map_or(i64::MIN, |it| -it));
    transaction::update(table, &ItemKey::Quota(workspace), |update| {
        update
            .update_expression("ADD keptFiles :one, keptBytes :size")
            .expression_attribute_values(":one", less(1))
            .expression_attribute_values(":size", less(size_bytes))
    })
}
