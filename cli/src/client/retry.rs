//! Trying again: when, how often and after how long.

use std::thread::sleep;
use std::time::Duration;

use crate::console;
use crate::failure::{Failure, Remedy};

/// How often something is tried: about a minute of growing delays between.
const ATTEMPTS: usize = 9;

/// Does what `attempt` does until it succeeds, its failure is one that does not pass, or it has
/// failed too often.
pub(crate) fn persist<T>(mut attempt: impl FnMut() -> Result<T, Failure>) -> Result<T, Failure> {
    let mut delays = delays().take(ATTEMPTS - 1);
    loop {
        let failure = match attempt() {
            Ok(done) => return Ok(done),
            Err(failure) => failure,
        };
        let delay = match failure.remedy() {
            Remedy::None => return Err(failure),
            Remedy::Wait(delay) => delay,
            Remedy::AnotherAttempt => match delays.next() {
                Some(delay) => delay,
                None => return Err(failure),
            },
        };
        let why = console::in_words(&failure);
        console::note(&format!("{why}; trying again in {} ms", delay.as_millis()));
        sleep(delay);
    }
}

/// Delays that double from a quarter of a second up to sixteen, for ever.
fn delays() -> impl Iterator<Item = Duration> {
    (0..).map(|attempt: u32| Duration::from_millis(250 << attempt.min(6)))
}
