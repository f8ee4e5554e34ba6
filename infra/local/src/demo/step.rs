//! A step of the demo: a line with its time, and what must be true after it.

use std::time::Instant;

use crate::failure::Failure;
use crate::terminal::say;

/// Takes a step and tells how long it took.
pub(super) async fn step<Outcome>(
    name: &str,
    action: impl Future<Output = Result<Outcome, Failure>>,
) -> Result<Outcome, Failure> {
    let started = Instant::now();
    let outcome = action.await.map_err(|failure| Failure::Broken(format!("{name}: {failure}")))?;
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    say(format_args!("{milliseconds:>9.1} ms  {name}"));
    Ok(outcome)
}

/// Fails unless `found` is what it has to be.
pub(super) fn expect(what: &str, found: &str, wanted: &str) -> Result<(), Failure> {
    if found == wanted {
        return Ok(());
    }
    Err(Failure::Broken(format!("the {what} is {found}, and should be {wanted}")))
}
