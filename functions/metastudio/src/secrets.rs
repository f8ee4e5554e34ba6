//! The signing secrets that this container knows.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use shared::domain::{SigningSecret, Timestamp};
use shared::{Context, Result, Secrets};

/// A secret is replaced once in a long while. A signature that no known secret has made is usually just
/// wrong, and must not cost a call each time.
const READ_AGAIN_AFTER: Duration = Duration::from_mins(5);

/// What is known, and where more can be learnt, if the deployment has a secret.
pub(crate) struct KnownSecrets {
    source: Option<Secrets>,
    known: Mutex<Known>,
}

struct Known {
    secrets: Arc<[SigningSecret]>,
    read_at: Timestamp,
}

impl KnownSecrets {
    /// Reads the secrets of `source` for the first time.
    pub(crate) async fn read(source: Option<Secrets>, ctx: &Context) -> Self {
        let never = Known { secrets: Arc::new([]), read_at: Timestamp::from_millis(0) };
        let known = Self { source, known: Mutex::new(never) };
        known.again(ctx).await;
        known
    }

    /// These, and no way to learn of others.
    #[cfg(test)]
    pub(crate) fn of(secrets: impl Into<Vec<SigningSecret>>) -> Self {
        let secrets: Arc<[SigningSecret]> = secrets.into().into();
        let read_at = Timestamp::from_millis(0);
        Self { source: None, known: Mutex::new(Known { secrets, read_at }) }
    }

    /// Those that are known.
    pub(crate) fn now(&self) -> Arc<[SigningSecret]> {
        Arc::clone(&self.known().secrets)
    }

    /// Reads them once more, unless that was done a short while ago. The answer is whether it was.
    pub(crate) async fn again(&self, ctx: &Context) -> bool {
        let Some(source) = &self.source else { return false };
        {
            let mut known = self.known();
            if ctx.now().since(known.read_at) < READ_AGAIN_AFTER {
                return false;
            }
            known.read_at = ctx.now();
        }
        let read: Result<Vec<SigningSecret>> = source.read().await;
        match read {
            Ok(secrets) => self.known().secrets = secrets.into(),
            // What was known is still good, and the next one asks again.
            Err(failure) => ctx.warn(&failure),
        }
        true
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
