//! API Gateway's HTTP API in front of the functions, and Lambda's invoke endpoint for events.

mod event;
mod reply;
mod routes;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::lambda::Functions;
pub use routes::{Endpoint, Routes};

/// In bytes. API Gateway takes a body of 10 MB, but the event that carries it must fit Lambda's 6 MB.
const MAX_EVENT: usize = 6 * 1024 * 1024;

/// A running gateway. Dropping it closes the port and ends the functions' processes.
#[derive(Debug)]
pub struct Gateway {
    address: SocketAddr,
    functions: Arc<Functions>,
    server: JoinHandle<()>,
}

impl Gateway {
    /// Listens on a free port of the loopback interface.
    ///
    /// # Panics
    /// When a function that `routes` names has not been built.
    pub async fn start(routes: Routes, functions: Functions) -> Self {
        for name in routes.functions() {
            let _ = functions.get(name);
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound port has an address");
        let functions = Arc::new(functions);
        let app = app(Desk { routes, functions: Arc::clone(&functions) })
            .into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move {
            // It ends only by being aborted: axum retries a failed accept.
            let _ = axum::serve(listener, app).await;
        });
        Self { address, functions, server }
    }

    /// The base URL, without a slash at its end: of the HTTP API, and of the invoke endpoint.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The functions behind it.
    #[must_use]
    pub fn functions(&self) -> &Functions {
        &self.functions
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.server.abort();
        self.functions.close();
    }
}

#[derive(Debug)]
struct Desk {
    routes: Routes,
    functions: Arc<Functions>,
}

fn app(desk: Desk) -> Router {
    Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        .fallback(http_api)
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::new(desk))
}

/// A failure is a 500, where AWS answers 200 and tells by a header: whoever delivers events retries
/// on the status alone.
async fn invoke(State(desk): State<Arc<Desk>>, Path(name): Path<String>, event: Bytes) -> Response {
    let Some(function) = desk.functions.find(&name) else {
        return message(StatusCode::NOT_FOUND, &format!("Function not found: {name}"));
    };
    match function.invoke(event).await {
        Ok(answer) => answer.into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(error.0)).into_response(),
    }
}

async fn http_api(
    State(desk): State<Arc<Desk>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let Some(route) = desk.routes.find(request.method(), request.uri().path()) else {
        return message(StatusCode::NOT_FOUND, "Not Found");
    };
    let (head, body) = request.into_parts();
    // A client that goes away while it sends has no use for an answer.
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let event = event::of_request(&head, &body, &route, client.ip()).to_string();
    if event.len() > MAX_EVENT {
        return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    }
    let answer = desk.functions.get(&route.function).invoke(event.into()).await;
    answer
        .ok()
        .and_then(|answer| reply::of_answer(&answer))
        .unwrap_or_else(|| message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"))
}

fn message(status: StatusCode, text: &str) -> Response {
    (status, axum::Json(json!({ "message": text }))).into_response()
}
