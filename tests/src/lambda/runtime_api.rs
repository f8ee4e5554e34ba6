//! The Lambda Runtime API of one container: the process asks for an event and posts what became of it.

use std::io;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderName, StatusCode};
use axum::routing::{get, post};
use bytes::Bytes;
use local::{Clock, SystemClock};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::FunctionError;

type Outcome = Result<Bytes, FunctionError>;
type NextEvent = ([(HeaderName, String); 4], Bytes);

/// The server's own end: invocations go in, outcomes come out.
#[derive(Debug)]
pub(super) struct RuntimeApi {
    invocations: mpsc::Sender<Invocation>,
    asked: watch::Receiver<bool>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Invocation {
    id: String,
    event: Bytes,
    deadline_ms: u64,
    outcome: oneshot::Sender<Outcome>,
}

impl RuntimeApi {
    pub(super) fn serve(function: &str, listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let (invocations, waiting) = mpsc::channel(1);
        let (asked_sender, asked) = watch::channel(false);
        let desk = Desk {
            arn: format!("arn:aws:lambda:us-east-1:000000000000:function:{function}"),
            waiting: tokio::sync::Mutex::new(waiting),
            held: Mutex::default(),
            asked: asked_sender,
        };
        let server = tokio::spawn(async move {
            // It ends only by being aborted: axum retries a failed accept.
            let _ = axum::serve(listener, routes(desk)).await;
        });
        Ok(Self { invocations, asked, server })
    }

    /// Resolves when the process has asked for an event for the first time.
    pub(super) async fn asked(&mut self) {
        self.asked
            .wait_for(|asked| *asked)
            .await
            .expect("the server runs as long as the container");
    }

    pub(super) async fn invoke(&mut self, event: Bytes, timeout: Duration) -> Outcome {
        let (sender, outcome) = oneshot::channel();
        let allowed_ms = u64::try_from(timeout.as_millis()).expect("minutes, not aeons");
        let deadline_ms = SystemClock.now_ms() + allowed_ms;
        let invocation = Invocation { id: request_id(), event, deadline_ms, outcome: sender };
        let lost = "the server runs as long as the container";
        self.invocations.send(invocation).await.expect(lost);
        outcome.await.expect(lost)
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The handlers' end. `held` is the invocation that the process is working on.
#[derive(Debug)]
struct Desk {
    arn: String,
    waiting: tokio::sync::Mutex<mpsc::Receiver<Invocation>>,
    held: Mutex<Option<(String, oneshot::Sender<Outcome>)>>,
    asked: watch::Sender<bool>,
}

impl Desk {
    fn settle(&self, id: &str, outcome: Outcome) -> StatusCode {
        let held = self.held.lock().expect("no holder panics").take_if(|(held, _)| held == id);
        let Some((_, sender)) = held else { return StatusCode::BAD_REQUEST };
        // Nobody is left to tell when the invocation has timed out.
        let _ = sender.send(outcome);
        StatusCode::ACCEPTED
    }
}

fn routes(desk: Desk) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        // The process exits next, and that is what the invocation fails with.
        .route("/2018-06-01/runtime/init/error", post(StatusCode::ACCEPTED))
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::new(desk))
}

async fn next(State(desk): State<Arc<Desk>>) -> Result<NextEvent, StatusCode> {
    desk.asked.send_replace(true);
    let invocation = desk.waiting.lock().await.recv().await.ok_or(StatusCode::GONE)?;
    let headers = [
        ("lambda-runtime-aws-request-id", invocation.id.clone()),
        ("lambda-runtime-deadline-ms", invocation.deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", desk.arn.clone()),
        ("lambda-runtime-trace-id", trace_id(&invocation.id)),
    ];
    *desk.held.lock().expect("no holder panics") = Some((invocation.id, invocation.outcome));
    Ok((headers.map(|(name, value)| (HeaderName::from_static(name), value)), invocation.event))
}

async fn response(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    answer: Bytes,
) -> StatusCode {
    desk.settle(&id, Ok(answer))
}

async fn error(State(desk): State<Arc<Desk>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    let error = serde_json::from_slice(&body).map(FunctionError);
    desk.settle(&id, Err(error.unwrap_or_else(|e| FunctionError::new("Runtime.Unknown", e))))
}

/// Unique in this process, in the shape of Lambda's.
fn request_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("00000000-0000-4000-8000-{:012x}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// With one in the environment, the AWS SDK adds a trace header to its requests as it does on AWS.
fn trace_id(request_id: &str) -> String {
    let unique = &request_id[request_id.len() - 12..];
    format!("Root=1-68000000-000000000000{unique};Parent=0000{unique};Sampled=0")
}
