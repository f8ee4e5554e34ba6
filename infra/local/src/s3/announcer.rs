//! Tells `verify-upload` of every published object, at least once, also across a restart.

use std::pin::pin;
use std::sync::Arc;

use backon::Retryable as _;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::notification::object_created;
use super::object::Object;
use super::store::Store;
use crate::events::{Courier, PAUSES, Undelivered};
use crate::http::StopSignal;

/// Queues announcements and carries them out.
pub(super) struct Announcer {
    store: Arc<Store>,
    courier: Arc<Courier>,
    undelivered: Arc<Undelivered>,
    queue: mpsc::UnboundedSender<Created>,
}

/// The announcements that wait for their task.
pub(super) type Announcements = mpsc::UnboundedReceiver<Created>;

/// An object of which no function knows yet.
pub(super) struct Created {
    bucket: String,
    object: Arc<Object>,
}

impl Announcer {
    /// An announcer with everything queued that an earlier process left unannounced.
    pub(super) fn new(store: Arc<Store>, courier: Arc<Courier>) -> (Self, Announcements) {
        let (queue, announcements) = mpsc::unbounded_channel();
        let announcer = Self { store, courier, undelivered: Arc::default(), queue };
        for (bucket, object) in announcer.store.unannounced() {
            announcer.announce(bucket, object);
        }
        (announcer, announcements)
    }

    /// Queues the announcement of a published object.
    pub(super) fn announce(&self, bucket: String, object: Arc<Object>) {
        self.undelivered.add(1);
        // The receiver is gone only when everything is ending; the description then brings it back.
        let _ = self.queue.send(Created { bucket, object });
    }

    /// What no function has acknowledged yet.
    pub(super) fn undelivered(&self) -> Arc<Undelivered> {
        Arc::clone(&self.undelivered)
    }

    /// Carries out announcements side by side until the signal.
    pub(super) async fn run(self: Arc<Self>, mut queue: Announcements, stop: StopSignal) {
        let mut stopped = pin!(stop.given());
        let mut deliveries = JoinSet::new();
        loop {
            tokio::select! {
                () = &mut stopped => break,
                Some(_) = deliveries.join_next() => {}
                Some(created) = queue.recv() => {
                    deliveries.spawn(Arc::clone(&self).deliver(created));
                }
            }
        }
        deliveries.shutdown().await;
    }

    async fn deliver(self: Arc<Self>, created: Created) {
        let event = object_created(&created.bucket, &created.object);
        // It ends by success alone, for the pauses never end.
        let _ = (|| self.courier.attempt(&event)).retry(PAUSES).await;
        self.note_announced(&created);
        self.undelivered.acknowledged(1);
    }

    fn note_announced(&self, created: &Created) {
        let sequencer = &created.object.sequencer;
        // The object may be gone or replaced by now: then there is nothing left to note, and where the
        // note cannot be written the event comes again after a restart.
        let _ = self.store.change(&created.bucket, &created.object.key, |object| {
            object.announced |= object.sequencer == *sequencer;
        });
    }
}
