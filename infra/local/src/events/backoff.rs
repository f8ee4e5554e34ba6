//! The pauses between the attempts to deliver one event.

use std::time::Duration;

use backon::ExponentialBuilder;

/// Pauses that double from 0.2 s up to 5 s, for as long as it takes.
pub(crate) const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(200))
    .with_max_delay(Duration::from_secs(5))
    .without_max_times();
