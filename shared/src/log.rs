//! The log: one JSON line per request or event, on standard output, where Lambda collects it.
//!
//! No key, presigned URL or file name is ever in a line.

use serde::Serialize;
use serde_json::Value;

use crate::Error;

/// The end of one request or event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line<'a> {
    /// `INFO`, or `WARN` where an operator should look.
    pub(crate) level: Level,
    /// The Lambda request id, as the caller was told it.
    pub(crate) request_id: &'a str,
    /// What was called: `GET /v1/files/{id}`, or the event's source.
    pub(crate) route: &'a str,
    /// The workspace that the key claims, where there is a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) workspace: Option<&'a str>,
    /// The HTTP status; an event has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// How long it took.
    pub(crate) ms: u64,
    /// The whole chain of what went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// What CloudWatch is to count.
    #[serde(flatten)]
    pub(crate) metrics: Option<Value>,
}

/// How much a line matters.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Level {
    /// All is well, or the caller made a mistake.
    Info,
    /// A fault of the service.
    Warn,
}

impl Level {
    /// How much an answer with this status matters.
    pub(crate) const fn of_status(status: u16) -> Self {
        if status >= 500 { Self::Warn } else { Self::Info }
    }
}

impl Line<'_> {
    /// Writes the line.
    pub(crate) fn write(&self) {
        write(self);
    }
}

/// Logs a failure that does not end the request or event it happened in.
pub(crate) fn warn(failure: &Error) {
    #[derive(Serialize)]
    struct Warning {
        level: Level,
        error: String,
    }
    write(&Warning { level: Level::Warn, error: failure.chain() });
}

/// Logs what CloudWatch is to count, beside the line of the event it happened in.
pub(crate) fn count(metrics: Value) {
    #[derive(Serialize)]
    struct Count {
        level: Level,
        #[serde(flatten)]
        metrics: Value,
    }
    write(&Count { level: Level::Info, metrics });
}

fn write(line: &impl Serialize) {
    if let Ok(line) = serde_json::to_string(line) {
        #[expect(clippy::print_stdout, reason = "this is the log")]
        {
            println!("{line}");
        }
    }
}
