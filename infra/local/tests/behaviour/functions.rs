//! A stand-in for the functions' invoke endpoint, answering as a test tells it to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The functions: every invocation is remembered.
pub(crate) struct Functions {
    pub(crate) url: String,
    script: Arc<Script>,
}

#[derive(Default)]
struct Script {
    invocations: watch::Sender<Vec<(String, Value)>>,
    answers: Mutex<VecDeque<(StatusCode, Value)>>,
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

    /// The next invocation without an answer of its own is answered with this one.
    pub(crate) fn answer_once(&self, status: u16, body: Value) {
        let status = StatusCode::from_u16(status).unwrap();
        self.script.answers.lock().unwrap().push_back((status, body));
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
}

async fn invoke(
    State(script): State<Arc<Script>>,
    Path(name): Path<String>,
    Json(payload): Json<Value>,
) -> (StatusCode, Json<Value>) {
    script.invocations.send_modify(|invocations| invocations.push((name, payload)));
    let answer = script.answers.lock().unwrap().pop_front();
    let (status, body) = answer.unwrap_or((StatusCode::OK, json!(null)));
    (status, Json(body))
}
