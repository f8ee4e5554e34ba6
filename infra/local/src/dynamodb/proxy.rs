//! The proxy before the engine: checks who calls, reads each call's name and body, and passes it through
//! the recorder.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderMap};
use hyper::http::request::Parts;
use hyper::http::uri::{PathAndQuery, Scheme};
use hyper::{Request, Response, StatusCode, Uri};
use serde_json::json;

use super::signature;
use crate::call::{Call, Service};
use crate::http::{self, HangUp, HttpClient};
use crate::recorder::{Intercepted, Recorder};

/// Stands between the clients and the engine.
pub(super) struct Proxy {
    engine: SocketAddr,
    secret: String,
    client: HttpClient,
    recorder: Arc<Recorder>,
}

impl Proxy {
    /// A proxy for the engine listening on `engine`, and for whoever signs with `secret`.
    pub(super) fn new(engine: SocketAddr, secret: String, recorder: Arc<Recorder>) -> Self {
        Self { engine, secret, client: http::client(), recorder }
    }

    /// Answers one call.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, HangUp> {
        let (head, body) = request.into_parts();
        // A client that breaks off its request waits for no answer.
        let body = body.collect().await.map_err(|_| HangUp)?.to_bytes();
        if let Err(refusal) = signature::check(&head, &body, &self.secret) {
            let (name, message) = refusal.words();
            return Ok(error(StatusCode::BAD_REQUEST, name, message));
        }
        let call = Call::new(
            Service::DynamoDb,
            operation(&head.headers),
            head.uri.path().to_owned(),
            body.clone(),
        );
        match self.recorder.pass(call, self.forward(head, body)).await {
            Ok(answer) => answer,
            Err(Intercepted::Refused { status, code }) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
                Ok(error(status, &code, "Injected by a test."))
            }
            Err(Intercepted::HungUp) => Err(HangUp),
        }
    }

    async fn forward(&self, mut head: Parts, body: Bytes) -> Result<Response<Full<Bytes>>, HangUp> {
        head.uri = self.engine_uri(&head.uri)?;
        let request = Request::from_parts(head, Full::new(body));
        let answer = self.client.request(request).await.map_err(|_| HangUp)?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.map_err(|_| HangUp)?.to_bytes();
        Ok(Response::from_parts(head, Full::new(body)))
    }

    fn engine_uri(&self, asked: &Uri) -> Result<Uri, HangUp> {
        let path = asked.path_and_query().cloned();
        Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(self.engine.to_string())
            .path_and_query(path.unwrap_or_else(|| PathAndQuery::from_static("/")))
            .build()
            .map_err(|_| HangUp)
    }
}

/// `DynamoDB_20120810.UpdateItem` names the operation `UpdateItem`.
fn operation(headers: &HeaderMap) -> String {
    let target = headers.get("x-amz-target");
    let target = target.and_then(|target| target.to_str().ok());
    let name = target.and_then(|target| target.rsplit('.').next());
    name.unwrap_or("Unknown").to_owned()
}

fn error(status: StatusCode, name: &str, message: &str) -> Response<Full<Bytes>> {
    let body = json!({
        "__type": format!("com.amazonaws.dynamodb.v20120810#{name}"),
        "message": message,
    });
    let mut answer = Response::new(Full::from(body.to_string()));
    *answer.status_mut() = status;
    let media_type = hyper::header::HeaderValue::from_static("application/x-amz-json-1.0");
    answer.headers_mut().insert(CONTENT_TYPE, media_type);
    answer
}
