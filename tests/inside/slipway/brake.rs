//! A hand that holds an upload in the midst of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use local::{Call, Interceptor, Verdict};
use tokio::sync::Semaphore;

use crate::hand::puts_part;

/// Lets so many parts through and holds the others, until it is released and breaks them off.
pub(crate) struct Brake {
    parts: usize,
    connections: usize,
    seen: AtomicUsize,
    arrived: Semaphore,
    released: Semaphore,
}

impl Brake {
    pub(crate) fn new(parts: usize, connections: usize) -> Arc<Self> {
        let (arrived, released) = (Semaphore::new(0), Semaphore::new(0));
        Arc::new(Self { parts, connections, seen: AtomicUsize::new(0), arrived, released })
    }

    /// Waits until those that are let through are stored, and every connection waits for another.
    pub(crate) async fn reached(&self) {
        let all = u32::try_from(self.parts + self.connections).expect("a few parts");
        self.arrived.acquire_many(all).await.expect("never closed").forget();
    }

    pub(crate) fn release(&self) {
        self.released.add_permits(self.connections);
    }
}

#[async_trait]
impl Interceptor for Brake {
    async fn before(&self, call: &Call) -> Verdict {
        if !puts_part(call) || self.seen.fetch_add(1, Ordering::SeqCst) < self.parts {
            return Verdict::Pass;
        }
        self.arrived.add_permits(1);
        self.released.acquire().await.expect("never closed").forget();
        Verdict::HangUp
    }

    async fn after(&self, call: &Call) -> Verdict {
        if puts_part(call) {
            self.arrived.add_permits(1);
        }
        Verdict::Pass
    }
}
