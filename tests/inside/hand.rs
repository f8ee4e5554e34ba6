//! A test's hand in the calls to AWS: refuse them, hold them, make them wait for each other.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use local::{Call, Interceptor, Verdict};
use serde_json::Value;
use tokio::sync::{Barrier, Semaphore};

/// Where nobody takes events.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:9";

/// Which calls are meant.
type Which = Box<dyn Fn(&Call) -> bool + Send + Sync>;

/// The Put of a file's record.
pub(crate) fn put_of_a_file(call: &Call) -> bool {
    call.operation == "PutItem" && mentions(call, "\"FILE#")
}

/// The Put of a session.
pub(crate) fn put_of_a_session(call: &Call) -> bool {
    call.operation == "PutItem" && mentions(call, "\"SESSION#")
}

/// The update of a workspace's counter, which takes a number.
pub(crate) fn counts(call: &Call) -> bool {
    call.operation == "UpdateItem" && mentions(call, "\"COUNTER#")
}

/// The admission of a caller.
pub(crate) fn admission(call: &Call) -> bool {
    call.operation == "UpdateItem" && mentions(call, "\"KEY#")
}

/// A transaction, such as removes a file's record.
pub(crate) fn transaction(call: &Call) -> bool {
    call.operation == "TransactWriteItems"
}

/// The Put of what an idempotency key stands for.
pub(crate) fn reserves(call: &Call) -> bool {
    call.operation == "PutItem" && mentions(call, "\"IDEM#")
}

/// Two hands in one scene.
pub(crate) struct Both(pub(crate) Arc<dyn Interceptor>, pub(crate) Arc<dyn Interceptor>);

#[async_trait]
impl Interceptor for Both {
    async fn before(&self, call: &Call) -> Verdict {
        match self.0.before(call).await {
            Verdict::Pass => self.1.before(call).await,
            verdict => verdict,
        }
    }

    async fn after(&self, call: &Call) -> Verdict {
        match self.0.after(call).await {
            Verdict::Pass => self.1.after(call).await,
            verdict => verdict,
        }
    }
}

/// The update that completes a file.
pub(crate) fn completion(call: &Call) -> bool {
    call.operation == "UpdateItem" && mentions(call, "\"COMPLETED\"")
}

/// The Query that reads rows of files.
pub(crate) fn query_of_files(call: &Call) -> bool {
    call.operation == "Query" && mentions(call, "\"FILE#")
}

/// The deletion of an object.
pub(crate) fn delete_object(call: &Call) -> bool {
    call.operation == "DeleteObject"
}

/// A look at an object.
pub(crate) fn head_object(call: &Call) -> bool {
    call.operation == "HeadObject" && !warms_up(call)
}

/// A call that only opens a connection. A container makes some when it starts, which may be at any moment.
pub(crate) fn warms_up(call: &Call) -> bool {
    call.path.ends_with("/warm-up") || mentions(call, "\"WARM-UP\"")
}

/// The upload of an object.
pub(crate) fn put_object(call: &Call) -> bool {
    call.operation == "PutObject"
}

/// The assembly of an object from its parts.
pub(crate) fn joins(call: &Call) -> bool {
    call.operation == "CompleteMultipartUpload"
}

/// The reading of an object.
pub(crate) fn reads(call: &Call) -> bool {
    call.operation == "GetObject"
}

/// A look at the parts of an upload.
pub(crate) fn lists_parts(call: &Call) -> bool {
    call.operation == "ListParts"
}

/// The upload of a part.
pub(crate) fn puts_part(call: &Call) -> bool {
    call.operation == "UploadPart"
}

/// The end of a multipart upload that came to nothing.
pub(crate) fn aborts(call: &Call) -> bool {
    call.operation == "AbortMultipartUpload"
}

/// What a call is for, in the same words each time: the operation, and for an update of the table
/// its expression.
pub(crate) fn step_of(call: &Call) -> String {
    if warms_up(call) {
        return "warm-up".to_owned();
    }
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    match body["UpdateExpression"].as_str() {
        Some(expression) => format!("{}: {expression}", call.operation),
        None => call.operation.clone(),
    }
}

/// Whether the body of a call contains this text.
pub(crate) fn mentions(call: &Call, text: &str) -> bool {
    String::from_utf8_lossy(&call.body).contains(text)
}

/// When, in the course of a call, the hand is at work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Before AWS acts.
    Before,
    /// After AWS has acted, before its answer is on the way.
    After,
}

/// Takes one of so many times, if any is left.
pub(crate) fn takes_one(left: &AtomicUsize) -> bool {
    let one_less = |left: usize| left.checked_sub(1);
    left.try_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok()
}

/// Gives the first `times` calls of a kind a verdict of its own.
pub(crate) struct Fault {
    which: Which,
    when: When,
    verdict: Verdict,
    left: AtomicUsize,
}

impl Fault {
    pub(crate) fn new(
        which: impl Fn(&Call) -> bool + Send + Sync + 'static,
        when: When,
        verdict: Verdict,
        times: usize,
    ) -> Arc<Self> {
        Arc::new(Self { which: Box::new(which), when, verdict, left: AtomicUsize::new(times) })
    }

    fn judge(&self, call: &Call, when: When) -> Verdict {
        let meant = when == self.when && (self.which)(call);
        if meant && takes_one(&self.left) {
            return self.verdict.clone();
        }
        Verdict::Pass
    }
}

#[async_trait]
impl Interceptor for Fault {
    async fn before(&self, call: &Call) -> Verdict {
        self.judge(call, When::Before)
    }

    async fn after(&self, call: &Call) -> Verdict {
        self.judge(call, When::After)
    }
}

/// Holds one call of a kind until it is let go.
pub(crate) struct Gate {
    which: Which,
    when: When,
    before: usize,
    taken: AtomicUsize,
    arrived: Semaphore,
    open: Semaphore,
}

impl Gate {
    /// Holds the first call.
    pub(crate) fn new(
        which: impl Fn(&Call) -> bool + Send + Sync + 'static,
        when: When,
    ) -> Arc<Self> {
        Self::after(0, which, when)
    }

    /// Holds the call that comes after so many others of its kind.
    pub(crate) fn after(
        before: usize,
        which: impl Fn(&Call) -> bool + Send + Sync + 'static,
        when: When,
    ) -> Arc<Self> {
        let (which, taken) = (Box::new(which), AtomicUsize::new(0));
        let (arrived, open) = (Semaphore::new(0), Semaphore::new(0));
        Arc::new(Self { which, when, before, taken, arrived, open })
    }

    /// Waits until a call stands before the gate.
    pub(crate) async fn arrival(&self) {
        self.arrived.acquire().await.expect("never closed").forget();
    }

    /// Lets the call go.
    pub(crate) fn open(&self) {
        self.open.add_permits(1);
    }

    async fn pass(&self, call: &Call, when: When) -> Verdict {
        let meant = when == self.when && (self.which)(call);
        if meant && self.taken.fetch_add(1, Ordering::SeqCst) == self.before {
            self.arrived.add_permits(1);
            self.open.acquire().await.expect("never closed").forget();
        }
        Verdict::Pass
    }
}

#[async_trait]
impl Interceptor for Gate {
    async fn before(&self, call: &Call) -> Verdict {
        self.pass(call, When::Before).await
    }

    async fn after(&self, call: &Call) -> Verdict {
        self.pass(call, When::After).await
    }
}

/// Answers no call of a round before all of that round have come, so that calls which are said to
/// run side by side are seen to do so: if they did not, the first would wait in vain.
pub(crate) struct Rounds(Mutex<Vec<Arc<Barrier>>>);

impl Rounds {
    /// So many calls in the first round, in the second, and so on.
    pub(crate) fn new(sizes: &[usize]) -> Arc<Self> {
        let calls = sizes.iter().rev().flat_map(|size| {
            let barrier = Arc::new(Barrier::new(*size));
            std::iter::repeat_n(barrier, *size)
        });
        Arc::new(Self(Mutex::new(calls.collect())))
    }
}

#[async_trait]
impl Interceptor for Rounds {
    async fn before(&self, _call: &Call) -> Verdict {
        let barrier = self.0.lock().expect("no holder panics").pop();
        if let Some(barrier) = barrier {
            barrier.wait().await;
        }
        Verdict::Pass
    }
}
