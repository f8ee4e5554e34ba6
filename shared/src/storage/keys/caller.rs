//! Being let in: the proof that a request's key was checked, and its refusal.

use std::time::Duration;

use crate::Error;
use crate::domain::{FileId, ObjectKey, RateLimit, Scopes, Standing, Workspace};

/// A caller whose key is genuine, has the scope and is within its limit.
///
/// Only an admission makes one. Every write for a client demands one, so no endpoint can write
/// before its caller is admitted.
#[derive(Clone, Debug)]
pub struct Caller {
    workspace: Workspace,
    scopes: Scopes,
    standing: Standing,
}

impl Caller {
    pub(super) fn new(workspace: Workspace, scopes: Scopes, standing: Standing) -> Self {
        Self { workspace, scopes, standing }
    }

    /// The workspace that the key opens.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Everything the key may do.
    #[must_use]
    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// What is left of the key's limit.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// The caller's right to change a file of its workspace.
    #[must_use]
    pub fn authority(&self, file: FileId) -> Authority {
        Authority(ObjectKey { workspace: self.workspace.clone(), file })
    }
}

/// The right to change one file. Every change of a file demands one.
#[derive(Clone, Debug)]
pub struct Authority(ObjectKey);

impl Authority {
    /// AWS itself has told of the file. Only for functions that AWS calls: `tests/architecture.rs`
    /// knows which.
    #[must_use]
    pub const fn of_event(key: ObjectKey) -> Self {
        Self(key)
    }

    /// The file, and where its bytes lie.
    #[must_use]
    pub const fn key(&self) -> &ObjectKey {
        &self.0
    }
}

/// A caller that was not let in.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub error: Error,
    /// What is left of the key's limit, when the key is known.
    pub standing: Option<Standing>,
}

impl Refused {
    /// The same refusal, for a client of its own: those that were refused together are told to come
    /// back at moments spread over the time in which the bucket fills up, or they would be refused
    /// together again. `moment` chooses among them.
    #[must_use]
    pub(crate) fn apart(self, limit: RateLimit, moment: u64) -> Self {
        match self.error {
            Error::RateLimited { wait } => {
                let micros = moment % (limit.time_to_fill() + 1);
                let wait = wait + Duration::from_micros(micros);
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

    const LIMIT: RateLimit = RateLimit::new(2, 20);

    fn wait(moment: u64) -> Duration {
        let wait = Duration::from_millis(1);
        let refused = Refused::from(Error::RateLimited { wait }).apart(LIMIT, moment);
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
        let refused = Refused::from(Error::Unauthorized).apart(LIMIT, 7);
        assert!(matches!(refused.error, Error::Unauthorized));
    }
}
