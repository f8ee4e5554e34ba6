//! A stand-in for the functions' invoke endpoint, answering as a test tells it to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

/// The functions: every invocation is remembered.
pub(crate) struct Functions {
    pub(crate) url: String,
    script: Arc<Script>,
}

#[derive(Default)]
struct Script {
    invocations: watch::Sender<Vec<(String, Value)>>,
    answers: Mutex<VecDeque<Answer>>,
}

enum Answer {
    Fixed(StatusCode),
    Computed(fn(&Value) -> Value),
    Held(oneshot::Receiver<()>),
}

impl Functions {
    /// Functions that answer every invocation with success.
    pub(crate) async fn start() -> Self {
        let script = Arc::new(Script::default());
        let app = Router::new()
            .route("/2015-03-31/functions/{name}/invocations", post(invoke))
            .with_state(Arc::clone(&script));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, script }
    }

    /// The next invocation without an answer of its own fails with this status.
    pub(crate) fn fail_once(&self, status: u16) {
        self.next(Answer::Fixed(StatusCode::from_u16(status).unwrap()));
    }

    /// The next invocation without an answer of its own is answered with what this makes of its payload.
    pub(crate) fn answer_once(&self, answer: fn(&Value) -> Value) {
        self.next(Answer::Computed(answer));
    }

    /// The next invocation without an answer of its own is answered when the sender is used or dropped.
    pub(crate) fn hold_once(&self) -> oneshot::Sender<()> {
        let (release, held) = oneshot::channel();
        self.next(Answer::Held(held));
        release
    }

    /// The invocations so far: function and payload.
    pub(crate) fn invocations(&self) -> Vec<(String, Value)> {
        self.script.invocations.borrow().clone()
    }

    /// Resolves when so many invocations have come.
    pub(crate) async fn invoked(&self, count: usize) {
        let mut invocations = self.script.invocations.subscribe();
        invocations.wait_for(|invocations| invocations.len() >= count).await.unwrap();
    }

    fn next(&self, answer: Answer) {
        self.script.answers.lock().unwrap().push_back(answer);
    }
}

async fn invoke(
    State(script): State<Arc<Script>>,
    Path(name): Path<String>,
    Json(payload): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let answer = script.answers.lock().unwrap().pop_front();
    script.invocations.send_modify(|invocations| invocations.push((name, payload.clone())));
    match answer {
        Some(Answer::Fixed(status)) => (status, Json(Value::Null)),
        Some(Answer::Computed(answer)) => (StatusCode::OK, Json(answer(&payload))),
        Some(Answer::Held(held)) => {
            // Dropping the sender releases as well.
            let _ = held.await;
            (StatusCode::OK, Json(Value::Null))
        }
        None => (StatusCode::OK, Json(Value::Null)),
    }
}
