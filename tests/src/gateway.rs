//! The gateway in front of the functions' processes, and Lambda's invoke endpoint for events.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path as Parameters, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use local::gateway::{Lambda, Limits};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::lambda::Functions;
pub use local::gateway::{Endpoint, Routes};

/// A running gateway. Dropping it closes both ports and ends the functions' processes.
#[derive(Debug)]
pub struct Gateway {
    api: local::gateway::Gateway,
    invoke_url: String,
    functions: Arc<Functions>,
    invoke: JoinHandle<()>,
}

impl Gateway {
    /// Listens on free ports of the loopback interface.
    ///
    /// # Panics
    /// When a function that `routes` names has not been built.
    pub async fn start(routes: Routes, functions: Functions) -> Self {
        for name in routes.functions() {
            let _ = functions.get(name);
        }
        let functions = Arc::new(functions);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port has an address");
        let app = Router::new()
            .route("/2015-03-31/functions/{name}/invocations", post(invoke))
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&functions));
        let invoke = tokio::spawn(async move {
            // It ends only by being aborted: axum retries a failed accept.
            let _ = axum::serve(listener, app).await;
        });
        let lambda = Arc::clone(&functions);
        let any_origin = vec!["*".to_owned()];
        let api =
            local::gateway::Gateway::start(0, routes, lambda, Limits::AS_IN_AWS, any_origin).await;
        let api = api.expect("a free port");
        Self { api, invoke_url: format!("http://{address}"), functions, invoke }
    }

    /// The base URL of the HTTP API, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        self.api.url()
    }

    /// The base URL of the invoke endpoint, without a slash at its end.
    #[must_use]
    pub fn invoke_url(&self) -> &str {
        &self.invoke_url
    }

    /// The functions behind it.
    #[must_use]
    pub fn functions(&self) -> &Functions {
        &self.functions
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.invoke.abort();
        self.functions.close();
    }
}

impl Lambda for Functions {
    async fn invoke(&self, function: &str, event: Bytes) -> Option<Bytes> {
        self.get(function).invoke(event).await.ok()
    }
}

/// The routes of the workspace's own `Cargo.toml`.
#[must_use]
pub fn routes_of_the_workspace() -> Routes {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).expect("the workspace has a Cargo.toml");
    Routes::of_manifest(&manifest).expect("the workspace has routes")
}

/// A failure is a 500, where AWS answers 200 and tells by a header: whoever delivers events retries
/// on the status alone.
async fn invoke(
    State(functions): State<Arc<Functions>>,
    Parameters(name): Parameters<String>,
    event: Bytes,
) -> Response {
    let Some(function) = functions.find(&name) else {
        return (StatusCode::NOT_FOUND, format!("Function not found: {name}")).into_response();
    };
    match function.invoke(event).await {
        Ok(answer) => answer.into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(error.0)).into_response(),
    }
}
