//! Quotas: what a workspace may keep, and what it keeps. One item a workspace, apart from the counter, because
//! transactions write it and every create writes the counter. The counter only says that the item is there.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

use super::failure::unavailable;
use super::item;
use super::table::{Attributes, ItemKey, Table, file_at, files_of, number, text};
use super::transaction::{self, Transaction};
use crate::Result;
use crate::domain::quota::{Quota, Usage};
use crate::domain::{Sequence, Timestamp, Workspace};
use crate::uploads::state::StateName;

/// What a workspace keeps, if that is counted.
pub(super) async fn usage(table: &Table, workspace: &Workspace) -> Result<Option<Usage>> {
    let read = table.client.get_item().table_name(&table.name).consistent_read(true);
    let read = read.set_key(Some(ItemKey::Quota(workspace).attributes()));
    let output = read.send().await.map_err(unavailable("dynamodb:GetItem on a quota"))?;
    output.item.as_ref().map(of_item).transpose()
}

fn of_item(item: &Attributes) -> Result<Usage> {
    let quota = Quota {
        max_files: item::optional_integer(item, "maxFiles")?,
        max_bytes: item::optional_integer(item, "maxBytes")?,
    };
    Ok(Usage {
        files: item::integer(item, "keptFiles")?,
        bytes: item::integer(item, "keptBytes")?,
        quota,
    })
}

/// The operator's side of quotas.
#[derive(Clone, Debug)]
pub struct Quotas {
    table: Table,
}

/// A bound that is to be set: a number, or none.
pub type Bound = Option<u64>;

/// What is known of a workspace whose quota was set.
#[derive(Clone, Copy, Debug)]
pub struct QuotaSet {
    /// Whether the files that were created before it had a quota have been counted.
    pub is_counted: bool,
    /// When a number was last taken. Creates that were under way then may not be counted.
    pub touched_at: Timestamp,
}

impl Quotas {
    /// The quotas kept in `table`.
    #[must_use]
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// What a workspace keeps and may keep, if that is counted.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn usage(&self, workspace: &Workspace) -> Result<Option<Usage>> {
        usage(&self.table, workspace).await
    }

    /// Sets the bounds that are given, and has every create from now on counted.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure. It may be repeated.
    pub async fn set(
        &self,
        workspace: &Workspace,
        max_files: Option<Bound>,
        max_bytes: Option<Bound>,
    ) -> Result<QuotaSet> {
        let mut set = vec![
            "keptFiles = if_not_exists(keptFiles, :none)",
            "keptBytes = if_not_exists(keptBytes, :none)",
        ];
        let mut remove = Vec::new();
        let mut update = self.table.update(&ItemKey::Quota(workspace));
        update = update.expression_attribute_values(":none", number(0));
        for (bound, name, assignment, value) in [
            (max_files, "maxFiles", "maxFiles = :maxFiles", ":maxFiles"),
            (max_bytes, "maxBytes", "maxBytes = :maxBytes", ":maxBytes"),
        ] {
            match bound {
                None => {}
                Some(None) => remove.push(name),
                Some(Some(most)) => {
                    set.push(assignment);
                    update = update.expression_attribute_values(value, number(most));
                }
            }
        }
        let mut expression = format!("SET {}", set.join(", "));
        if !remove.is_empty() {
            expression = format!("{expression} REMOVE {}", remove.join(", "));
        }
        let outcome = update.update_expression(expression).send().await;
        let output = outcome.map_err(unavailable("dynamodb:UpdateItem on a quota"))?;
        let is_counted = output.attributes.is_some_and(|item| item.contains_key("counted"));
        // The quota's item comes first: whoever sees the flag finds it.
        Ok(QuotaSet { is_counted, touched_at: self.flag(workspace).await? })
    }

    async fn flag(&self, workspace: &Workspace) -> Result<Timestamp> {
        let outcome = self
            .table
            .update(&ItemKey::Counter(workspace))
            .update_expression(
                "SET hasQuota = :yes, #next = if_not_exists(#next, :none), \
                 touchedAt = if_not_exists(touchedAt, :none)",
            )
            .expression_attribute_names("#next", "next")
            .expression_attribute_values(":yes", AttributeValue::Bool(true))
            .expression_attribute_values(":none", number(0))
            .send()
            .await;
        let output = outcome.map_err(unavailable("dynamodb:UpdateItem on a counter"))?;
        item::time(&output.attributes.unwrap_or_default(), "touchedAt")
    }

    /// Counts the files that were created before the workspace had a quota, and returns how many there were. A
    /// file is never counted twice, so it may be repeated after a failure.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn count_files(&self, workspace: &Workspace) -> Result<u64> {
        let mut counted = 0;
        let mut start = None;
        loop {
            let page = self
                .table
                .client
                .query()
                .table_name(&self.table.name)
                .consistent_read(true)
                .key_condition_expression("pk = :files AND sk BETWEEN :oldest AND :newest")
                .filter_expression("attribute_not_exists(counted)")
                .expression_attribute_values(":files", text(files_of(workspace)))
                .expression_attribute_values(":oldest", text(file_at(0)))
                .expression_attribute_values(":newest", text(file_at(Sequence::MAX)))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(unavailable("dynamodb:Query of files"))?;
            for files in page.items().chunks(Self::MOST_AT_ONCE) {
                counted += self.count(workspace, files).await?;
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                self.note_counted(workspace).await?;
                return Ok(counted);
            }
        }
    }

    async fn note_counted(&self, workspace: &Workspace) -> Result<()> {
        let update = self.table.update(&ItemKey::Quota(workspace));
        let update = update.update_expression("SET counted = :yes");
        let update = update.expression_attribute_values(":yes", AttributeValue::Bool(true));
        let outcome = update.send().await;
        outcome.map(|_| ()).map_err(unavailable("dynamodb:UpdateItem on a quota"))
    }

    /// DynamoDB takes 100 changes at once, of which one is the quota's.
    const MOST_AT_ONCE: usize = 99;

    /// Counts these files. If one has changed since it was read, each is counted by itself.
    async fn count(&self, workspace: &Workspace, files: &[Attributes]) -> Result<u64> {
        let kept = files
            .iter()
            .filter(|file| item::string(file, "status").is_ok_and(|status| KEPT.contains(&status)));
        let kept: Vec<_> = kept.collect();
        if kept.is_empty() {
            return Ok(0);
        }
        let mut counted = 0;
        match transaction::write(&self.table, self.counting(workspace, &kept)?).await? {
            Transaction::Applied => counted = kept.len() as u64,
            Transaction::Refused { .. } if kept.len() == 1 => {}
            Transaction::Refused { .. } => {
                for file in kept {
                    let change = self.counting(workspace, &[file])?;
                    let outcome = transaction::write(&self.table, change).await?;
                    counted += u64::from(matches!(outcome, Transaction::Applied));
                }
            }
        }
        Ok(counted)
    }

    fn counting(
        &self,
        workspace: &Workspace,
        files: &[&Attributes],
    ) -> Result<Vec<TransactWriteItem>> {
        let mut bytes = 0;
        let mut changes = Vec::with_capacity(files.len() + 1);
        for file in files {
            bytes += item::integer(file, "sizeBytes")?;
            let id = item::id(file)?;
            changes.push(transaction::update(
                &self.table,
                &ItemKey::File(workspace, id.sequence()),
                |update| {
                    update
                        .update_expression("SET counted = :yes")
                        .condition_expression(
                            "id = :id AND attribute_not_exists(counted) \
                             AND #status IN (:open, :completing, :completed)",
                        )
                        .expression_attribute_names("#status", "status")
                        .expression_attribute_values(":yes", AttributeValue::Bool(true))
                        .expression_attribute_values(":id", text(id.to_string()))
                        .expression_attribute_values(":open", text(KEPT[0]))
                        .expression_attribute_values(":completing", text(KEPT[1]))
                        .expression_attribute_values(":completed", text(KEPT[2]))
                },
            )?);
        }
        let count = files.len() as u64;
        changes.push(transaction::update(&self.table, &ItemKey::Quota(workspace), |update| {
            update
                .update_expression("ADD keptFiles :files, keptBytes :bytes")
                .expression_attribute_values(":files", number(count))
                .expression_attribute_values(":bytes", number(bytes))
        })?);
        Ok(changes)
    }
}

/// The states of files that take room.
const KEPT: [&str; 3] =
    [StateName::Open.as_str(), StateName::Completing.as_str(), StateName::Completed.as_str()];
