//! How many requests are under way at once, and for how long.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

/// What the gateway lets through.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Invocations under way at once; further requests wait.
    pub concurrent: usize,
    /// Requests that wait at once; further ones are refused.
    pub waiting: usize,
    /// How long a request may wait and be under way together.
    pub time: Duration,
}

impl Limits {
    /// None but API Gateway's own: an integration ends after 30 s.
    pub const AS_IN_AWS: Self =
        Self { concurrent: Semaphore::MAX_PERMITS, waiting: 0, time: Duration::from_secs(30) };
}

/// The request was not answered in time, or could not even wait.
#[derive(Debug)]
pub(super) struct Busy;

pub(super) struct Places {
    limits: Limits,
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Places {
    pub(super) fn new(limits: Limits) -> Self {
        let free = Arc::new(Semaphore::new(limits.concurrent));
        Self { limits, free, waiting: AtomicUsize::new(0) }
    }

    /// Runs an invocation when there is a place for it. It keeps its place until it ends, even if
    /// nobody waits for it any more: what runs the functions is still busy with it.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        invocation: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Busy> {
        let run = async {
            let place = self.place().await?;
            let running = tokio::spawn(async move {
                let outcome = invocation.await;
                drop(place);
                outcome
            });
            running.await.map_err(|_| Busy)
        };
        timeout(self.limits.time, run).await.unwrap_or(Err(Busy))
    }

    async fn place(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Busy> {
        let free = Arc::clone(&self.free);
        if let Ok(place) = Arc::clone(&free).try_acquire_owned() {
            return Ok(place);
        }
        let _turn = Turn::take(&self.waiting, self.limits.waiting).ok_or(Busy)?;
        free.acquire_owned().await.map_err(|_| Busy)
    }
}

/// A place among those who wait, given back on drop: a client may go away while it waits.
struct Turn<'a>(&'a AtomicUsize);

impl<'a> Turn<'a> {
    fn take(waiting: &'a AtomicUsize, most: usize) -> Option<Self> {
        let one_more = |now| (now < most).then_some(now + 1);
        waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Self(waiting))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
