//! Recording new files, and reading records one by one and by the page.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use futures_util::{TryFutureExt as _, future};

use super::Files;
use crate::domain::quota::Room;
use crate::domain::{FileId, Sequence, Timestamp, Workspace};
use crate::listing::{Block, Counter, HoleCounts, Holes, Region};
use crate::storage::failure::{is_definite, unavailable};
use crate::storage::table::{Attributes, ItemKey, file_at, files_of, number, text};
use crate::storage::{Authority, Caller, Reach};
use crate::storage::{counter, file_item, holes, item};
use crate::uploads::File;
use crate::{Error, Result};

impl Files {
    /// Takes the next number of the workspace's files, for one that is counted or not. A file that is not counted
    /// gets none where the workspace has a quota.
    pub(crate) async fn take_number(
        &self,
        caller: &Caller,
        is_counted: bool,
        now: Timestamp,
    ) -> Result<Option<Sequence>> {
        counter::take_next(&self.table, caller, is_counted, now).await
    }

    /// Notes that this number, which was taken, will never have a record.
    pub(crate) async fn give_up_number(&self, caller: &Caller, sequence: Sequence) -> Result<()> {
        holes::note(&self.table, caller, &[sequence]).await
    }

    /// Records a new file, and beside it the session that expires it. Where the workspace has a quota, the file
    /// takes its `room`, too.
    ///
    /// # Errors
    ///
    /// [`Unrecorded`], with [`Error::QuotaExceeded`] or DynamoDB's failure. The file's number is a hole then. If
    /// DynamoDB does not say whether it wrote the record, a later list finds out.
    pub(crate) async fn record(
        &self,
        caller: &Caller,
        file: &File,
        expires_at: Timestamp,
        room: Option<Room>,
    ) -> std::result::Result<(), Unrecorded> {
        if let Some(room) = room {
            return Box::pin(self.record_counted(caller, file, expires_at, room)).await;
        }
        let authority = caller.authority(file.id);
        let record = self.put_file(caller, file, expires_at);
        let session = self.put_session(&authority, expires_at).map_err(Unrecorded::Unknown);
        // If only one of the two is written, the create fails and nobody gets a URL. A record without a
        // session expires by its own `expiresAt`; a session without a record finds nothing to sweep.
        let (record, session) = future::join(record, session).await;
        record.and(session)
    }

    /// The file with this id, if somebody of such reach may know of it.
    pub(crate) async fn get(&self, reach: &Reach, id: FileId) -> Result<File> {
        let output = self
            .table
            .client
            .get_item()
            .table_name(&self.table.name)
            .set_key(Some(ItemKey::File(reach.workspace(), id.sequence()).attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(unavailable("dynamodb:GetItem on a file"))?;
        found(output.item, id, reach)
    }

    /// The file that `authority` may change, as it is now.
    pub(crate) async fn current(&self, authority: &Authority) -> Result<File> {
        self.get(authority.reach(), authority.key().file).await
    }

    /// The workspace's counter, with its holes by region.
    pub(crate) async fn counter(&self, workspace: &Workspace) -> Result<Counter> {
        counter::read(&self.table, workspace).await
    }

    /// Notes that these sequences will never have a record.
    pub(crate) async fn note_holes(&self, caller: &Caller, holes: &[Sequence]) -> Result<()> {
        holes::note(&self.table, caller, holes).await
    }

    /// How many holes each block of a region has.
    pub(crate) async fn holes_of(
        &self,
        workspace: &Workspace,
        region: Region,
    ) -> Result<HoleCounts> {
        holes::of_region(&self.table, workspace, region).await
    }

    /// The holes of a block and of the one before it.
    pub(crate) async fn holes_around(&self, workspace: &Workspace, block: Block) -> Result<Holes> {
        holes::around(&self.table, workspace, block).await
    }

    /// The newest `limit` files, newest first.
    pub(crate) async fn newest(&self, workspace: &Workspace, limit: u64) -> Result<Vec<File>> {
        self.from(workspace, Sequence::MAX, limit).await
    }

    /// The newest `limit` files at the number `first` and below, newest first.
    pub(crate) async fn from(
        &self,
        workspace: &Workspace,
        first: u64,
        limit: u64,
    ) -> Result<Vec<File>> {
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
        output.items().iter().map(file_item::file).collect()
    }

    async fn put_file(
        &self,
        caller: &Caller,
        file: &File,
        expires_at: Timestamp,
    ) -> std::result::Result<(), Unrecorded> {
        let outcome = self
            .table
            .client
            .put_item()
            .table_name(&self.table.name)
            .set_item(Some(file_item::of_new_file(caller.reach(), file, expires_at)))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(failure) = outcome else { return Ok(()) };
        // Our own record there means that only the answer to a first attempt was lost.
        if occupant(&failure).and_then(|item| item::id(item).ok()) == Some(file.id) {
            return Ok(());
        }
        let unrecorded =
            if is_definite(&failure) { Unrecorded::Certainly } else { Unrecorded::Unknown };
        Err(unrecorded(unavailable("dynamodb:PutItem of a file")(failure)))
    }

    /// The item whose end sweeps the file.
    pub(super) fn session(authority: &Authority, until: Timestamp) -> Attributes {
        let key = authority.key();
        let mut session: Attributes = ItemKey::Session(key.file).attributes();
        session.extend([
            ("objectKey".to_owned(), text(key.to_string())),
            ("ttl".to_owned(), number(until.seconds_rounded_up())),
        ]);
        session
    }

    /// Records when the file's session is to be swept.
    pub(crate) async fn put_session(&self, authority: &Authority, until: Timestamp) -> Result<()> {
        let session = Self::session(authority, until);
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

/// A file that nobody may use, because it, or its session, could not be recorded.
#[derive(Debug)]
pub(crate) enum Unrecorded {
    /// The file certainly has no record.
    Certainly(Error),
    /// It may have one.
    Unknown(Error),
}

/// The file of an item, which should be the one with this id and within this reach.
pub(super) fn found(item: Option<Attributes>, id: FileId, reach: &Reach) -> Result<File> {
    let item = item.filter(|item| file_item::is_within(reach, item)).ok_or(Error::NotFound)?;
    let file = file_item::file(&item)?;
    if file.id == id { Ok(file) } else { Err(Error::NotFound) }
}

/// The item that stood where a new one was to be written.
pub(super) fn occupant<R>(failure: &SdkError<PutItemError, R>) -> Option<&Attributes> {
    match failure.as_service_error() {
        Some(PutItemError::ConditionalCheckFailedException(refusal)) => refusal.item(),
        _ => None,
    }
}
