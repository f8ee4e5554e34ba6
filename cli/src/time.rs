//! The time.

use std::time::{SystemTime, UNIX_EPOCH};

use shared::domain::Timestamp;

/// The time, which the tool has no context to ask for.
#[expect(clippy::disallowed_methods, reason = "the tool has no context to ask for the time")]
pub(crate) fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(0).after(since_epoch)
}
