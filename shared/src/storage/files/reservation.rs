//! Reservations: which file the create with an `Idempotency-Key` makes. No answer is stored, because it would hold
//! a presigned URL; the repetition is answered from the file's record.

use std::time::Duration;

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;

use super::Files;
use super::record::occupant;
use crate::Result;
use crate::domain::idempotency::{BodyHash, IdempotencyKey, Once};
use crate::domain::{FileId, Timestamp};
use crate::storage::failure::unavailable;
use crate::storage::table::{Attributes, Conditional, ItemKey, conditional, number, text};
use crate::storage::{Caller, Reach, item};

/// The file that a create with an idempotency key makes.
#[derive(Clone, Debug)]
pub(crate) struct Reservation {
    /// The file.
    pub(crate) file: FileId,
    /// What the create asks for.
    pub(crate) body: BodyHash,
    made_at: Timestamp,
    ends_at: Timestamp,
}

/// What came of a reservation.
#[derive(Debug)]
pub(crate) enum Reserved {
    /// The key stands for the file.
    Done,
    /// Another create with the same key was faster.
    Taken(Reservation),
}

impl Reservation {
    /// How long a repetition is recognized.
    const LIFETIME: Duration = Duration::from_hours(24);
    /// Twice the time limit of an HTTP function, so the create that made the reservation cannot be alive.
    const ABANDONED_AFTER: Duration = Duration::from_mins(1);

    /// Whether the create is dead that made the reservation, if it has not made the file.
    pub(crate) fn is_abandoned(&self, now: Timestamp) -> bool {
        now.since(self.made_at) >= Self::ABANDONED_AFTER
    }

    /// Whether its create has ended, and certainly made no file.
    pub(crate) fn is_released(&self) -> bool {
        self.made_at == Timestamp::from_millis(0)
    }

    fn of_item(item: &Attributes) -> Result<Self> {
        Ok(Self {
            file: item::id(item)?,
            body: BodyHash::recorded(item::string(item, "bodyHash")?),
            made_at: item::time(item, "madeAt")?,
            ends_at: item::time(item, "endsAt")?,
        })
    }
}

/// The name of a key in its workspace. The holders of upload tokens have name spaces of their own: they are
/// strangers, who must neither learn nor take the names that an application uses.
fn name(reach: &Reach, key: &IdempotencyKey) -> String {
    match reach.token() {
        None => key.hash(),
        Some(token) => format!("{}#{}", token.as_str(), key.hash()),
    }
}

impl Files {
    /// What a key stands for, if a create of the last 24 hours had it.
    pub(crate) async fn reservation(
        &self,
        reach: &Reach,
        key: &IdempotencyKey,
        now: Timestamp,
    ) -> Result<Option<Reservation>> {
        let name = name(reach, key);
        let key = ItemKey::Reservation(reach.workspace(), &name).attributes();
        let read = self.table.client.get_item().table_name(&self.table.name).set_key(Some(key));
        let output = read.consistent_read(true).send().await;
        let output = output.map_err(unavailable("dynamodb:GetItem on a reservation"))?;
        let found = output.item.as_ref().map(Reservation::of_item).transpose()?;
        // TTL removes it late.
        Ok(found.filter(|found| now < found.ends_at))
    }

    /// Lets the key stand for `file`, unless it stands for another. A reservation for `abandoned` is taken over.
    pub(crate) async fn reserve(
        &self,
        caller: &Caller,
        once: &Once,
        file: FileId,
        abandoned: Option<FileId>,
        now: Timestamp,
    ) -> Result<Reserved> {
        let ends_at = now.after(Reservation::LIFETIME);
        let name = name(caller.reach(), &once.key);
        let mut item = ItemKey::Reservation(caller.workspace(), &name).attributes();
        item.extend([
            ("id".to_owned(), text(file.to_string())),
            ("bodyHash".to_owned(), text(once.body.as_str())),
            ("madeAt".to_owned(), number(now.millis())),
            ("endsAt".to_owned(), number(ends_at.millis())),
            ("ttl".to_owned(), number(ends_at.seconds_rounded_up())),
        ]);
        let put = self.table.client.put_item().table_name(&self.table.name).set_item(Some(item));
        let free = "attribute_not_exists(pk) OR endsAt <= :now";
        let put = match abandoned {
            None => put.condition_expression(free),
            Some(abandoned) => put
                .condition_expression(format!("{free} OR id = :abandoned"))
                .expression_attribute_values(":abandoned", text(abandoned.to_string())),
        };
        let outcome = put
            .expression_attribute_values(":now", number(now.millis()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(failure) = outcome else { return Ok(Reserved::Done) };
        match occupant(&failure).map(Reservation::of_item).transpose()? {
            // Only the answer to a first attempt was lost.
            Some(found) if found.file == file => Ok(Reserved::Done),
            Some(found) => Ok(Reserved::Taken(found)),
            None => Err(unavailable("dynamodb:PutItem of a reservation")(failure)),
        }
    }

    /// Frees the key of a create that certainly made no file.
    pub(crate) async fn release(&self, caller: &Caller, once: &Once, file: FileId) -> Result<()> {
        let name = name(caller.reach(), &once.key);
        let update = self
            .table
            .update(&ItemKey::Reservation(caller.workspace(), &name))
            .update_expression("SET madeAt = :never")
            .condition_expression("id = :id")
            .expression_attribute_values(":never", number(0))
            .expression_attribute_values(":id", text(file.to_string()));
        match conditional(update.send().await, "dynamodb:UpdateItem on a reservation")? {
            // Another create took it over.
            Conditional::Applied(_) | Conditional::Refused(_) => Ok(()),
        }
    }
}
