//! Opening sessions, and reading records one by one and by the page.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use futures_util::future;

use super::Files;
use crate::domain::{FileId, Sequence, Timestamp, Workspace};
use crate::listing::{Block, Counter, HoleCounts, Holes, Region};
use crate::storage::failure::{is_definite, unavailable};
use crate::storage::table::{Attributes, ItemKey, file_at, files_of, number, text};
use crate::storage::{Authority, Caller};
use crate::storage::{counter, holes, item};
use crate::uploads::File;
use crate::uploads::file::Pending;
use crate::{Error, Result};

impl Files {
    /// Opens a session: takes the next sequence, makes the file of it and records it, with the
    /// session that expires it.
    ///
    /// `describe` makes the file of its sequence.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure, or that of `describe`. The sequence is a hole then: noted at once if it
    /// certainly has no record; if that is not certain, a later list finds out.
    pub async fn open<F>(
        &self,
        caller: &Caller,
        pending: &Pending,
        now: Timestamp,
        describe: impl FnOnce(Sequence) -> F,
    ) -> Result<File>
    where
        F: Future<Output = Result<File>>,
    {
        let sequence = counter::take_next(&self.table, caller, now).await?;
        let file = match describe(sequence).await {
            Ok(file) => file,
            Err(failure) => {
                let _ = holes::note(&self.table, caller, &[sequence]).await;
                return Err(failure);
            }
        };
        let record = self.put_file(caller, &file, pending);
        let authority = caller.authority(file.id);
        let session = self.put_session(&authority, pending.expires_at);
        let (written, opened) = future::join(record, session).await;
        written.and(opened).map(|()| file)
    }

    /// The file with this id.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or DynamoDB's failure.
    pub async fn get(&self, workspace: &Workspace, id: FileId) -> Result<File> {
        let output = self
            .table
            .client
            .get_item()
            .table_name(&self.table.name)
            .set_key(Some(ItemKey::File(workspace, id.sequence()).attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(unavailable("dynamodb:GetItem on a file"))?;
        found(output.item, id)
    }

    /// The workspace's counter, with its holes by region.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn counter(&self, workspace: &Workspace) -> Result<Counter> {
        counter::read(&self.table, workspace).await
    }

    /// Notes that these sequences will never have a record.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn note_holes(&self, caller: &Caller, holes: &[Sequence]) -> Result<()> {
        holes::note(&self.table, caller, holes).await
    }

    /// How many holes each block of a region has.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn holes_of(&self, workspace: &Workspace, region: Region) -> Result<HoleCounts> {
        holes::of_region(&self.table, workspace, region).await
    }

    /// The holes of a block and of the one before it.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn holes_around(&self, workspace: &Workspace, block: Block) -> Result<Holes> {
        holes::around(&self.table, workspace, block).await
    }

    /// The newest `limit` files, newest first.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn newest(&self, workspace: &Workspace, limit: u64) -> Result<Vec<File>> {
        self.from(workspace, Sequence::MAX, limit).await
    }

    /// The newest `limit` files at the number `first` and below, newest first.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn from(&self, workspace: &Workspace, first: u64, limit: u64) -> Result<Vec<File>> {
        let output = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .key_condition_expression("pk = :files AND sk BETWEEN :oldest AND :first")
            .expression_attribute_values(":files", text(files_of(workspace)))
            .expression_attribute_values(":oldest", text(file_at(0)))
            .expression_attribute_values(":first", text(file_at(first)))
            .send()
            .await
            .map_err(unavailable("dynamodb:Query of files"))?;
        output.items().iter().map(item::file).collect()
    }

    async fn put_file(&self, caller: &Caller, file: &File, pending: &Pending) -> Result<()> {
        let outcome = self
            .table
            .client
            .put_item()
            .table_name(&self.table.name)
            .set_item(Some(item::of_file(caller.workspace(), file, pending)))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(failure) = outcome else { return Ok(()) };
        // Our own record there means that only the answer to a first attempt was lost.
        if occupant(&failure).and_then(|item| item::id(item).ok()) == Some(file.id) {
            return Ok(());
        }
        if is_definite(&failure) {
            // The create fails either way; if this fails too, a list will note the hole.
            let _ = holes::note(&self.table, caller, &[file.id.sequence()]).await;
        }
        Err(unavailable("dynamodb:PutItem of a file")(failure))
    }

    /// Records when the file's session is to be swept.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn put_session(&self, authority: &Authority, until: Timestamp) -> Result<()> {
        let key = authority.key();
        let mut session: Attributes = ItemKey::Session(key.file).attributes();
        session.extend([
            ("objectKey".to_owned(), text(key.to_string())),
            ("ttl".to_owned(), number(until.seconds_rounded_up())),
        ]);
        self.table
            .client
            .put_item()
            .table_name(&self.table.name)
            .set_item(Some(session))
            .send()
            .await
            .map(|_| ())
            .map_err(unavailable("dynamodb:PutItem of a session"))
    }
}

/// The file of an item that should be the one with this id.
pub(super) fn found(item: Option<Attributes>, id: FileId) -> Result<File> {
    let file = item::file(&item.ok_or(Error::NotFound)?)?;
    if file.id == id { Ok(file) } else { Err(Error::NotFound) }
}

/// The item that stood where a new one was to be written.
fn occupant<R>(failure: &SdkError<PutItemError, R>) -> Option<&Attributes> {
    match failure.as_service_error() {
        Some(PutItemError::ConditionalCheckFailedException(refusal)) => refusal.item(),
        _ => None,
    }
}
