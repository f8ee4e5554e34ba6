//! API Gateway's HTTP API: every request of a route becomes an event of payload format 2.0 for the
//! route's function, and the function's answer becomes the response.
//!
//! `make run`, `make test` and the tests use this one, so they see the same events and answers. What a
//! gateway says itself is said as API Gateway says it, `{"message": …}`:
//!
//! | status | when |
//! |---|---|
//! | 404 `Not Found` | no route has this path and method, and there is no default route |
//! | 413 `Request Entity Too Large` | the event would be larger than Lambda's 6 MB |
//! | 500 `Internal Server Error` | the function failed, or answered what is no response |
//! | 503 `Service Unavailable` | the function took longer than 30 s, or too many requests wait |

mod event;
mod limits;
mod reply;
mod routes;

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue, ORIGIN, RETRY_AFTER};
use hyper::{Request, Response, StatusCode};
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::Error;
use crate::cors::Cors;
use crate::http::{self, HangUp, StopSignal};
pub use limits::Limits;
use limits::{Busy, Places};
pub use routes::{Endpoint, Routes};

/// In bytes. API Gateway takes a body of 10 MB, but the event that carries it must fit Lambda's 6 MB.
const MAX_EVENT: usize = 6 * 1024 * 1024;

/// What runs the functions.
pub trait Lambda: Send + Sync + 'static {
    /// Invokes a function with an event; nothing if it failed.
    fn invoke(&self, function: &str, event: Bytes) -> impl Future<Output = Option<Bytes>> + Send;
}

/// A running gateway. Dropping it closes the port and breaks off what is under way.
#[derive(Debug)]
pub struct Gateway {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Gateway {
    /// Listens on 127.0.0.1; port 0 takes any free port.
    ///
    /// # Errors
    ///
    /// [`Error::PortInUse`] or [`Error::Listen`].
    pub async fn start<L: Lambda>(
        port: u16,
        routes: Routes,
        lambda: Arc<L>,
        limits: Limits,
        allowed_origins: Vec<String>,
    ) -> Result<Self, Error> {
        let (listener, address) = http::listen("the API", port).await?;
        let cors = Cors::of_api(allowed_origins);
        let desk = Arc::new(Desk { routes, lambda, places: Places::new(limits), cors });
        let stop = watch::Sender::new(false);
        let signal = StopSignal(stop.subscribe());
        let server = tokio::spawn(http::serve(listener, signal, move |request| {
            let desk = Arc::clone(&desk);
            async move { desk.answer(request).await }
        }));
        Ok(Self { address, stop, server })
    }

    /// The base URL, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.server.abort();
    }
}

struct Desk<L> {
    routes: Routes,
    lambda: Arc<L>,
    places: Places,
    cors: Cors,
}

impl<L: Lambda> Desk<L> {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, HangUp> {
        if Cors::is_preflight(request.method(), request.headers()) {
            return Ok(self.preflight(request.headers()));
        }
        let origin = request.headers().get(ORIGIN).cloned();
        let mut answer = self.route(request).await?;
        self.cors.decorate(origin.as_ref(), answer.headers_mut());
        Ok(answer)
    }

    /// The answer to a browser's question. A page that may not call is answered, too, but not told that it
    /// may.
    fn preflight(&self, asked: &HeaderMap) -> Response<Full<Bytes>> {
        let mut answer = Response::new(Full::default());
        *answer.status_mut() = StatusCode::NO_CONTENT;
        *answer.headers_mut() = self.cors.preflight(asked).unwrap_or_default();
        answer
    }

    async fn route(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, HangUp> {
        let Some(route) = self.routes.find(request.method(), request.uri().path()) else {
            return Ok(message(StatusCode::NOT_FOUND, "Not Found"));
        };
        let (head, body) = request.into_parts();
        // A client that goes away while it sends waits for no answer.
        let body = body.collect().await.map_err(|_| HangUp)?.to_bytes();
        let event = event::of_request(&head, &body, &route).to_string();
        if event.len() > MAX_EVENT {
            return Ok(message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"));
        }
        // On a task of its own: a client that goes away does not end the invocation.
        let lambda = Arc::clone(&self.lambda);
        let invocation = async move { lambda.invoke(&route.function, event.into()).await };
        Ok(match self.places.run(invocation).await {
            Ok(answer) => {
                answer.and_then(|answer| reply::of_answer(&answer)).unwrap_or_else(|| {
                    message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
                })
            }
            Err(Busy) => busy(),
        })
    }
}

fn busy() -> Response<Full<Bytes>> {
    let mut answer = message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    answer
}

fn message(status: StatusCode, text: &str) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::from(json!({ "message": text }).to_string()));
    *answer.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, json);
    answer
}
