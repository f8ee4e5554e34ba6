//! Trying again: when, how often and after how long.

use std::thread::sleep;
use std::time::Duration;

use backon::{BlockingRetryable as _, ExponentialBuilder};

use crate::console;
use crate::failure::{Failure, Remedy};

/// Delays that double from a quarter of a second up to sixteen, about a minute in all. What failed for
/// several connections at once is not tried again by all of them at once.
const DELAYS: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(250))
    .with_max_delay(Duration::from_secs(16))
    .with_max_times(8)
    .with_jitter();

/// Does what `attempt` does until it succeeds, its failure is one that does not pass, or it has
/// failed too often. To be told to wait is no failure, however often it happens.
pub(crate) fn persist<T>(mut attempt: impl FnMut() -> Result<T, Failure>) -> Result<T, Failure> {
    loop {
        let outcome = (&mut attempt)
            .retry(DELAYS)
            .when(|failure| matches!(failure.remedy(), Remedy::AnotherAttempt))
            .notify(announce)
            .call();
        match outcome {
            Err(failure) if let Remedy::Wait(delay) = failure.remedy() => {
                announce(&failure, delay);
                sleep(delay);
            }
            outcome => return outcome,
        }
    }
}

fn announce(failure: &Failure, delay: Duration) {
    let why = console::in_words(failure);
    console::note(&format!("{why}; trying again in {} ms", delay.as_millis()));
}
