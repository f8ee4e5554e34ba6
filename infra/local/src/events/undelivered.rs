//! How many events no function has acknowledged yet.

use tokio::sync::watch;

/// A count that can be waited for to become zero.
pub(crate) struct Undelivered {
    count: watch::Sender<usize>,
}

impl Default for Undelivered {
    fn default() -> Self {
        Self { count: watch::Sender::new(0) }
    }
}

impl Undelivered {
    /// `count` more events wait for their acknowledgement.
    pub(crate) fn add(&self, count: usize) {
        self.count.send_modify(|waiting| *waiting += count);
    }

    /// `count` events were acknowledged.
    pub(crate) fn acknowledged(&self, count: usize) {
        self.count.send_modify(|waiting| *waiting -= count);
    }

    /// Whether none waits.
    pub(crate) fn is_none(&self) -> bool {
        *self.count.borrow() == 0
    }

    /// Resolves when none waits.
    pub(crate) async fn none(&self) {
        // The sender is ours, so the channel cannot close while we wait.
        let _ = self.count.subscribe().wait_for(|waiting| *waiting == 0).await;
    }
}
