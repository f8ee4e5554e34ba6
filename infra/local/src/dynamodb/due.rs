//! When items are due to be removed, learnt from the writes that pass: the engine's own sweep reads the
//! whole table, so one a second would keep a core busy for nothing.

use std::collections::BTreeSet;
use std::sync::Mutex;

use dynoxide::Database;
use serde_json::{Value, json};

use super::failed;
use super::table::request;
use crate::TABLE;
use crate::error::Error;
use crate::lock::lock;

/// The attribute that says when an item is due, in seconds since the Unix epoch.
pub(super) const ATTRIBUTE: &str = "ttl";

/// The times at which at least one item may be due. One too many costs a sweep that finds nothing.
#[derive(Default)]
pub(super) struct Due(Mutex<BTreeSet<u64>>);

impl Due {
    /// The times of the items that are there already. Reads the whole table, and blocks its thread.
    pub(super) fn of(database: &Database) -> Result<Self, Error> {
        let due = Self::default();
        let mut from = Value::Null;
        loop {
            let page = request(json!({
                "TableName": TABLE,
                "ProjectionExpression": "#ttl",
                "ExpressionAttributeNames": { "#ttl": ATTRIBUTE },
                "FilterExpression": "attribute_exists(#ttl)",
                "ExclusiveStartKey": from,
            }))?;
            let page = database.scan(page).map_err(failed)?;
            let page = serde_json::to_value(page).map_err(failed)?;
            due.note(&page["Items"]);
            from = page["LastEvaluatedKey"].clone();
            if from.is_null() {
                return Ok(due);
            }
        }
    }

    /// Notes what a write that was answered may have made due. Not before: a sweep in between would find
    /// nothing, and forget the time.
    pub(super) fn note_write(&self, body: &[u8]) {
        let mentions = body.windows(ATTRIBUTE.len()).any(|word| word == ATTRIBUTE.as_bytes());
        if mentions && let Ok(body) = serde_json::from_slice(body) {
            self.note(&body);
        }
    }

    /// Takes the times before `now`, in seconds; none if nothing can be due.
    pub(super) fn take(&self, now: u64) -> BTreeSet<u64> {
        let mut times = lock(&self.0);
        let later = times.split_off(&now);
        std::mem::replace(&mut times, later)
    }

    /// Puts times back whose sweep has failed.
    pub(super) fn put_back(&self, times: BTreeSet<u64>) {
        lock(&self.0).extend(times);
    }

    /// Notes every item in a request or an answer, and every number that an update may set the time to.
    fn note(&self, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.note(value)),
            Value::Object(members) => {
                self.note_number(&value[ATTRIBUTE]);
                if members.contains_key("UpdateExpression")
                    && let Some(values) = value["ExpressionAttributeValues"].as_object()
                {
                    values.values().for_each(|value| self.note_number(value));
                }
                members.values().for_each(|value| self.note(value));
            }
            _ => {}
        }
    }

    fn note_number(&self, value: &Value) {
        let number = value["N"].as_str().and_then(|number| number.parse::<u64>().ok());
        lock(&self.0).extend(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(body: &Value) -> Vec<u64> {
        let due = Due::default();
        due.note_write(body.to_string().as_bytes());
        due.take(u64::MAX).into_iter().collect()
    }

    #[test]
    fn every_kind_of_write_tells_when_its_item_is_due() {
        let item = json!({ "pk": { "S": "SESSION#1" }, "ttl": { "N": "7" } });
        assert_eq!(noted(&json!({ "TableName": "t", "Item": item })), [7]);
        let batch = json!({ "RequestItems": { "t": [{ "PutRequest": { "Item": item } }] } });
        assert_eq!(noted(&batch), [7]);
        let update = json!({
            "UpdateExpression": "SET #ttl = if_not_exists(#ttl, :now)",
            "ExpressionAttributeNames": { "#ttl": "ttl" },
            "ExpressionAttributeValues": { ":now": { "N": "8" }, ":key": { "S": "a" } },
        });
        assert_eq!(noted(&update), [8]);
        let transaction =
            json!({ "TransactItems": [{ "Put": { "Item": item } }, { "Update": update }] });
        assert_eq!(noted(&transaction), [7, 8]);
        assert_eq!(noted(&json!({ "Item": { "size": { "N": "9" } } })), [0; 0]);
    }

    #[test]
    fn a_time_is_taken_once_it_is_over_and_not_before() {
        let due = Due::default();
        due.note(&json!([{ "ttl": { "N": "5" } }, { "ttl": { "N": "7" } }]));
        assert!(due.take(5).is_empty());
        let taken = due.take(6);
        assert_eq!(taken, BTreeSet::from([5]));
        assert!(due.take(6).is_empty());
        due.put_back(taken);
        assert_eq!(due.take(8), BTreeSet::from([5, 7]));
    }
}
