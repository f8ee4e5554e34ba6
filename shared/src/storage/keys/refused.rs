//! The refusal of a caller.

use std::time::Duration;

use crate::Error;
use crate::domain::Standing;

/// A caller that was not admitted.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub error: Error,
    /// What is left of the key's limit, when the key is known.
    pub standing: Option<Standing>,
}

impl Refused {
    /// The same refusal with a wait of its own. Clients that were refused together and came back
    /// together would be refused together again, so their waits are spread over the time in which the
    /// key's bucket fills up. `moment` is random, and chooses among them.
    #[must_use]
    pub(crate) fn apart(self, moment: u64) -> Self {
        match (&self.error, self.standing) {
            (Error::RateLimited { wait }, Some(standing)) => {
                let micros = moment % (standing.limit.time_to_fill() + 1);
                let wait = *wait + Duration::from_micros(micros);
                Self { error: Error::RateLimited { wait }, ..self }
            }
            _ => self,
        }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { error, standing: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RateLimit;
    use crate::domain::rate_limit::Times;

    const LIMIT: RateLimit = RateLimit::new(2, 20);

    fn wait(moment: u64) -> Duration {
        let wait = Duration::from_millis(1);
        let standing = Some(LIMIT.standing(Times::default(), 0));
        let refused = Refused { error: Error::RateLimited { wait }, standing }.apart(moment);
        match refused.error {
            Error::RateLimited { wait } => wait,
            other => unreachable!("{other}"),
        }
    }

    #[test]
    fn those_who_were_refused_together_are_told_to_come_back_apart() {
        let seconds: std::collections::BTreeSet<u64> =
            (0..1000).map(|client| wait(client * 7_919_113).as_secs()).collect();
        assert!(seconds.len() >= 10, "{seconds:?}");
    }

    #[test]
    fn nobody_is_told_to_come_too_early_or_later_than_the_bucket_is_full() {
        for moment in [0, 1, 10_000_000, 10_000_001, u64::MAX] {
            let wait = wait(moment);
            assert!(wait >= Duration::from_millis(1), "{moment}");
            assert!(wait <= Duration::from_millis(10_001), "{moment}");
        }
    }

    #[test]
    fn another_refusal_stays_as_it_is() {
        let refused = Refused::from(Error::Unauthorized).apart(7);
        assert!(matches!(refused.error, Error::Unauthorized));
    }
}
