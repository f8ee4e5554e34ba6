//! Events on their way to functions: at least once, retried with growing pauses until acknowledged.

mod backoff;
mod courier;
mod undelivered;

use serde_json::Value;

pub(crate) use backoff::PAUSES;
pub(crate) use courier::Courier;
pub(crate) use undelivered::Undelivered;

/// What a function is invoked with.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The function's name: `verify-upload` or `expire-file`.
    pub function: &'static str,
    /// The payload, `{"Records": [...]}` as AWS shapes it.
    pub payload: Value,
}

impl Event {
    /// An event for `function` with these records.
    pub(crate) fn of_records(function: &'static str, records: &[Value]) -> Self {
        Self { function, payload: serde_json::json!({ "Records": records }) }
    }
}
