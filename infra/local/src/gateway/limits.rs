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
        waiting.try_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Self(waiting))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use futures_util::future::join_all;
    use tokio::sync::oneshot;

    use super::*;

    fn places(concurrent: usize, waiting: usize, time: Duration) -> Places {
        Places::new(Limits { concurrent, waiting, time })
    }

    #[tokio::test]
    async fn so_many_are_under_way_at_once_and_the_others_wait_their_turn() {
        let places = places(3, 1000, Duration::from_mins(1));
        let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let invocation = || {
            let (under_way, most) = (Arc::clone(&under_way), Arc::clone(&most));
            async move {
                most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                under_way.fetch_sub(1, Ordering::SeqCst);
            }
        };
        let answers = join_all((0..400).map(|_| places.run(invocation()))).await;
        assert!(answers.iter().all(Result::is_ok));
        assert_eq!(most.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn who_cannot_even_wait_is_refused_at_once() {
        let places = places(1, 1, Duration::from_mins(1));
        let (end, ended) = oneshot::channel::<()>();
        let first = places.run(async { ended.await.is_ok() });
        let second = places.run(async { true });
        let third = async {
            // The two before have been polled: one is under way, and one waits.
            assert!(places.run(async {}).await.is_err());
            end.send(()).unwrap();
        };
        let (first, second, ()) = tokio::join!(first, second, third);
        assert!(first.unwrap() && second.unwrap());
        assert!(places.run(async {}).await.is_ok(), "the turn was given back");
    }

    #[tokio::test]
    async fn an_invocation_that_takes_too_long_is_not_waited_for_and_keeps_its_place() {
        let places = places(1, 1, Duration::from_millis(20));
        assert!(places.run(pending::<()>()).await.is_err());
        assert!(places.run(async {}).await.is_err(), "what runs the functions is still busy");
    }
}
