//! The table's stream, as far as `expire-file` subscribes to it: what TTL removed, in order, at least once.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use backon::BackoffBuilder as _;
use dynoxide::actions::get_records::Record;
use dynoxide::actions::list_streams::StreamSummary;
use dynoxide::{AttributeValue, Database};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::due::Due;
use super::failed;
use super::table::request;
use crate::clock::Clock;
use crate::error::Error;
use crate::events::{Courier, Event, PAUSES, Undelivered};
use crate::file;
use crate::lock::lock;
use crate::{REGION, TABLE};

const FUNCTION: &str = "expire-file";

/// Records in one invocation at most, as the event source mapping has it.
const BATCH: usize = 10;

/// Reads the stream on one side and delivers TTL removals on the other.
pub(crate) struct TtlStream {
    engine: Engine,
    position: PathBuf,
    read: Mutex<Option<String>>,
    removals: mpsc::UnboundedSender<Vec<Removal>>,
    undelivered: Undelivered,
    courier: Arc<Courier>,
}

/// The engine that removes, and what it is asked by.
pub(super) struct Engine {
    /// What it keeps.
    pub(super) database: Database,
    /// When something in it is due.
    pub(super) due: Arc<Due>,
    /// What time it is.
    pub(super) clock: Arc<dyn Clock>,
}

/// The removals read and not yet delivered, in the portions in which they were read.
pub(crate) type Removals = mpsc::UnboundedReceiver<Vec<Removal>>;

/// One TTL removal, as Lambda shapes the record.
pub(crate) struct Removal {
    sequence_number: String,
    record: Value,
}

impl TtlStream {
    /// The stream from behind the last acknowledged record, which the file `position` names.
    pub(super) fn open(
        engine: Engine,
        position: PathBuf,
        courier: Arc<Courier>,
    ) -> (Self, Removals) {
        let (removals, received) = mpsc::unbounded_channel();
        let stream = Self {
            engine,
            read: Mutex::new(fs::read_to_string(&position).ok()),
            position,
            removals,
            undelivered: Undelivered::default(),
            courier,
        };
        (stream, received)
    }

    /// Sweeps, unless nothing can be due. Blocks its thread.
    pub(crate) fn sweep_if_due(&self) -> Result<(), Error> {
        let times = self.engine.due.take(self.engine.clock.now_ms() / 1000);
        if times.is_empty() {
            return Ok(());
        }
        self.sweep().map(|_| ()).inspect_err(|_| self.engine.due.put_back(times))
    }

    /// Removes what is due and queues it for delivery; returns how many items went. Blocks its thread.
    pub(crate) fn sweep(&self) -> Result<usize, Error> {
        let removed = self.engine.database.sweep_ttl().map_err(failed)?;
        self.read_on()?;
        Ok(removed)
    }

    /// Queues every TTL removal the stream holds beyond what was read. Blocks its thread.
    pub(crate) fn read_on(&self) -> Result<(), Error> {
        // Held throughout: two readers at once would queue a record twice.
        let mut read = lock(&self.read);
        let Some(stream) = self.stream()? else {
            return Ok(());
        };
        loop {
            let records = self.records_after(read.as_deref(), &stream.stream_arn)?;
            let Some(last) = records.last() else {
                return Ok(());
            };
            let position = last.dynamodb.sequence_number.clone();
            self.queue(&records, &stream.stream_label)?;
            *read = Some(position);
        }
    }

    /// Delivers removals in order until there is no more reader; never ends otherwise.
    pub(crate) async fn deliver(&self, mut removals: Removals) {
        while let Some(mut waiting) = removals.recv().await {
            let mut pauses = PAUSES.build();
            while !waiting.is_empty() {
                let batch = &waiting[..waiting.len().min(BATCH)];
                let acknowledged = self.attempt(batch).await;
                if acknowledged == 0 {
                    sleep(pauses.next().unwrap_or_default()).await;
                } else {
                    pauses = PAUSES.build();
                    self.advance(waiting.drain(..acknowledged));
                }
            }
        }
    }

    /// What no function has acknowledged yet.
    pub(crate) fn undelivered(&self) -> &Undelivered {
        &self.undelivered
    }

    fn stream(&self) -> Result<Option<StreamSummary>, Error> {
        let ours = request(json!({ "TableName": TABLE }))?;
        let listed = self.engine.database.list_streams(ours).map_err(failed)?;
        Ok(listed.streams.into_iter().next())
    }

    fn records_after(&self, position: Option<&str>, stream: &str) -> Result<Vec<Record>, Error> {
        let kind = position.map_or("TRIM_HORIZON", |_| "AFTER_SEQUENCE_NUMBER");
        let iterator = request(json!({
            "StreamArn": stream,
            "ShardId": dynoxide::streams::shard_id(TABLE),
            "ShardIteratorType": kind,
            "SequenceNumber": position,
        }))?;
        let iterator = self.engine.database.get_shard_iterator(iterator).map_err(failed)?;
        let records = request(json!({ "ShardIterator": iterator.shard_iterator }))?;
        Ok(self.engine.database.get_records(records).map_err(failed)?.records)
    }

    fn queue(&self, records: &[Record], stream_label: &str) -> Result<(), Error> {
        let removals = records.iter().filter(|record| is_end_of_session(record));
        let removals = removals.map(|record| Removal::of(record, stream_label));
        let removals = removals.collect::<Result<Vec<_>, _>>()?;
        self.undelivered.add(removals.len());
        // The receiver is gone only when everything is ending; the position file then brings it back.
        let _ = self.removals.send(removals);
        Ok(())
    }

    /// Invokes the function once; returns how many records, from the first, need no other attempt.
    async fn attempt(&self, batch: &[Removal]) -> usize {
        let records = batch.iter().map(|removal| removal.record.clone());
        let event = Event::of_records(FUNCTION, &records.collect::<Vec<_>>());
        match self.courier.attempt(&event).await {
            Ok(answer) => acknowledged(batch, &answer),
            Err(_) => 0,
        }
    }

    fn advance(&self, acknowledged: impl Iterator<Item = Removal>) {
        let mut count = 0;
        let last = acknowledged.inspect(|_| count += 1).last();
        if let Some(removal) = last {
            // A position that cannot be written means redelivery after a restart: at least once still holds.
            let _ = file::replace(&self.position, removal.sequence_number);
        }
        self.undelivered.acknowledged(count);
    }
}

/// What the filter of the event source mapping lets through. TTL removes upload tokens, too.
fn is_end_of_session(record: &Record) -> bool {
    let by = record.user_identity.as_ref();
    record.event_name == "REMOVE"
        && by.is_some_and(|by| by.principal_id == "dynamodb.amazonaws.com")
        && matches!(&record.dynamodb.keys["pk"], AttributeValue::S(pk) if pk.starts_with("SESSION#"))
}

impl Removal {
    /// The engine speaks of a region of its own; functions see the one they run in.
    fn of(record: &Record, stream_label: &str) -> Result<Self, Error> {
        let mut value = serde_json::to_value(record).map_err(failed)?;
        value["awsRegion"] = json!(REGION);
        value["eventSourceARN"] = json!(format!(
            "arn:aws:dynamodb:{REGION}:000000000000:table/{TABLE}/stream/{stream_label}"
        ));
        let sequence_number = record.dynamodb.sequence_number.clone();
        Ok(Self { sequence_number, record: value })
    }
}

/// As Lambda does for a stream: everything before the first reported failure is done with.
fn acknowledged(batch: &[Removal], answer: &Value) -> usize {
    let failures = answer["batchItemFailures"].as_array();
    let failures = failures.map(Vec::as_slice).unwrap_or_default();
    let position_of = |failure: &Value| {
        let failed = failure["itemIdentifier"].as_str();
        let position = batch.iter().position(|r| Some(r.sequence_number.as_str()) == failed);
        // An identifier that names nothing fails the whole batch.
        position.unwrap_or(0)
    };
    failures.iter().map(position_of).min().unwrap_or(batch.len())
}
