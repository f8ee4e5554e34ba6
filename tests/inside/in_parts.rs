//! A scene for completions in two parts that go wrong, and what must have become of them.

use std::sync::Arc;

use bytes::Bytes;
use local::{Call, Interceptor};
use serde_json::json;
use tests::{Answer, Client, Settings, Stack, id_of, md5_of, two_parts};
use tokio::task::JoinHandle;

use crate::hand::{Gate, NOWHERE, When, step_of, warms_up};
use crate::races::pages;
use crate::records::Records;

/// A workspace whose files are to have `bytes`. Events wait until the test lets them come.
pub(crate) struct Scene {
    pub(crate) stack: Stack,
    pub(crate) client: Client,
    pub(crate) bytes: Bytes,
}

impl Scene {
    pub(crate) async fn start() -> Self {
        let stack = Stack::start(Settings::default()).await;
        let client = stack.workspace("acme").await;
        stack.local().deliver_to(NOWHERE);
        Self { stack, client, bytes: two_parts("good") }
    }

    /// A completion with the MD5 of `bytes`.
    pub(crate) async fn complete(&self, id: &str) -> Answer {
        self.client.complete(id, &md5_of(&self.bytes)).await
    }

    /// The same, while `hand` is in its calls.
    pub(crate) async fn attempt(&self, id: &str, hand: Arc<dyn Interceptor>) -> Answer {
        self.stack.local().intercept(hand);
        let answer = self.complete(id).await;
        self.stack.local().stop_intercepting();
        answer
    }

    /// A completion that stands still before the first of its calls of a kind.
    pub(crate) async fn overtaken(
        &self,
        id: &str,
        which: impl Fn(&Call) -> bool + Send + Sync + 'static,
    ) -> Held {
        self.held(id, Gate::new(which, When::Before)).await
    }

    /// A completion whose process dies with a call of this step under way.
    pub(crate) async fn dies(&self, id: &str, step: String, when: When) {
        let held = self.held(id, Gate::new(move |call| step_of(call) == step, when)).await;
        self.stack.function("complete-file").kill();
        assert_eq!(held.attempt.await.expect("the request ends").status, 500);
        self.stack.local().stop_intercepting();
    }

    async fn held(&self, id: &str, gate: Arc<Gate>) -> Held {
        self.stack.local().intercept(gate.clone());
        let attempt = tokio::spawn({
            let (client, id, md5) = (self.client.clone(), id.to_owned(), md5_of(&self.bytes));
            async move { client.complete(&id, &md5).await }
        });
        gate.arrival().await;
        Held { gate, attempt }
    }

    /// A file whose parts are joined and whose process died when it began to read them.
    pub(crate) async fn left_to_the_event(&self) -> String {
        self.stack.local().deliver_to(NOWHERE);
        let created = self.client.uploaded_in_parts("left.bin", self.bytes.clone()).await;
        self.dies(id_of(&created), "GetObject".to_owned(), When::Before).await;
        id_of(&created).to_owned()
    }

    /// Lets all events come.
    pub(crate) async fn events_come(&self) {
        self.stack.local().deliver_to(self.stack.invoke_url());
        self.stack.local().settled().await;
    }

    /// The steps of a completion, in the order in which they are first taken.
    pub(crate) async fn steps_of_a_completion(&self) -> Vec<String> {
        let created = self.client.uploaded_in_parts("recorded.bin", self.bytes.clone()).await;
        self.stack.local().forget_calls();
        self.complete(id_of(&created)).await.ok();
        self.steps(["HeadObject", "ListParts", "CompleteMultipartUpload", "GetObject"])
    }

    /// The steps of a completion that finds other bytes.
    pub(crate) async fn steps_of_a_rejection(&self) -> Vec<String> {
        let created = self.client.uploaded_in_parts("recorded.bin", two_parts("evil")).await;
        self.stack.local().forget_calls();
        self.complete(id_of(&created)).await.refused(422, "checksum_mismatch");
        self.steps(["GetObject", "DeleteObject", "CreateMultipartUpload", "PutItem"])
    }

    /// The steps of an event that ends a completion.
    pub(crate) async fn steps_of_the_event(&self) -> Vec<String> {
        self.left_to_the_event().await;
        self.stack.local().forget_calls();
        self.events_come().await;
        self.steps(["GetItem", "HeadObject", "GetObject"])
    }

    fn steps<const N: usize>(&self, expected: [&str; N]) -> Vec<String> {
        let mut steps = Vec::new();
        let calls = self.stack.local().calls();
        for step in calls.iter().filter(|call| !warms_up(call)).map(step_of) {
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        for step in expected {
            assert!(steps.iter().any(|taken| taken == step), "{step} is not in {steps:?}");
        }
        steps
    }

    /// A completion after something went wrong at `step` is a success.
    pub(crate) async fn completes(&self, id: &str, step: &str) {
        let answer = self.complete(id).await;
        assert_eq!(answer.status, 200, "after {step}: {}", answer.body);
        self.is_whole(id, step).await;
    }

    /// After something went wrong at `step` of a rejection, the session takes the right bytes.
    pub(crate) async fn is_sent_again(&self, id: &str, step: &str) {
        let mut answer = self.complete(id).await;
        if answer.status == 503 {
            // Somebody might still be at it; after a minute nobody can be.
            Records::of(&self.stack, "acme").age_file(id, "rejectedAt", 60_000).await;
            answer = self.complete(id).await;
        }
        assert_eq!(answer.status, 422, "after {step}: {}", answer.body);
        self.complete(id).await.refused(422, "parts_mismatch");
        let signed = self.client.sign_parts(id, &json!({ "partNumbers": [1, 2] })).await.ok();
        self.client.put_parts(&signed["data"], &self.bytes).await;
        self.completes(id, step).await;
    }

    /// The file is COMPLETED, and its bytes are the right ones.
    pub(crate) async fn is_whole(&self, id: &str, step: &str) {
        let file = self.client.file(id).await.ok();
        let told = (&file["status"], &file["md5"]);
        assert_eq!(told, (&json!("COMPLETED"), &json!(md5_of(&self.bytes))), "after {step}");
        let url = self.client.url(id).await.ok();
        assert!(self.client.download(&url).await.bytes == self.bytes, "after {step}");
    }

    /// The events that come now change nothing, and no file was completed twice.
    pub(crate) async fn nothing_is_left_to_happen(&self) {
        let (_, before) = pages(&self.client).await;
        self.events_come().await;
        assert_eq!(pages(&self.client).await.1, before);
        let counted = self.stack.logs().matches("\"UploadsCompleted\":1").count();
        assert!(counted <= before.len(), "{counted} completions of {} files", before.len());
    }
}

/// A completion that waits at a gate.
pub(crate) struct Held {
    gate: Arc<Gate>,
    attempt: JoinHandle<Answer>,
}

impl Held {
    /// Lets it go, and what comes of it.
    pub(crate) async fn goes_on(self) -> Answer {
        self.gate.open();
        self.attempt.await.expect("the request ends")
    }
}
