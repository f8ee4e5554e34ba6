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

use super::due::Due;
use super::{Access, signature};
use crate::call::{Call, Service};
use crate::http::{self, HangUp, HttpClient};
use crate::recorder::{Intercepted, Recorder};
use crate::secrets;

/// Stands between the clients and the engine.
pub(super) struct Proxy {
    engine: SocketAddr,
    access: Access,
    client: HttpClient,
    due: Arc<Due>,
    recorder: Arc<Recorder>,
}

impl Proxy {
    /// A proxy for the engine listening on `engine`, and for whoever has `access`.
    pub(super) fn new(
        engine: SocketAddr,
        access: Access,
        due: Arc<Due>,
        recorder: Arc<Recorder>,
    ) -> Self {
        Self { engine, access, client: http::client(), due, recorder }
    }

    /// Answers one call.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, HangUp> {
        let (head, body) = request.into_parts();
        // A client that breaks off its request waits for no answer.
        let body = body.collect().await.map_err(|_| HangUp)?.to_bytes();
        if let Err(refusal) = signature::check(&head, &body, &self.access.secret_access_key) {
            let (name, message) = refusal.words();
            return Ok(error(StatusCode::BAD_REQUEST, name, message));
        }
        if let Some(operation) = target(&head.headers).strip_prefix(secrets::TARGET) {
            return Ok(self.secret(operation, &body));
        }
        let call = Call::new(
            Service::DynamoDb,
            operation(&head.headers),
            head.uri.path().to_owned(),
            body.clone(),
        );
        match self.recorder.pass(call, self.forward(head, body)).await {
            Ok(answer) | Err(Intercepted::BrokenOff { answer, .. }) => answer,
            Err(Intercepted::Refused { status, code }) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
                Ok(error(status, &code, "Injected by a test."))
            }
            Err(Intercepted::HungUp) => Err(HangUp),
        }
    }

    fn secret(&self, operation: &str, body: &Bytes) -> Response<Full<Bytes>> {
        let told = secrets::answer(self.access.secret.as_ref(), operation, body);
        told.map_or_else(
            || {
                let message = "Secrets Manager can't find the specified secret.";
                error(StatusCode::BAD_REQUEST, "ResourceNotFoundException", message)
            },
            |told| json_answer(StatusCode::OK, told),
        )
    }

    async fn forward(&self, mut head: Parts, body: Bytes) -> Result<Response<Full<Bytes>>, HangUp> {
        head.uri = self.engine_uri(&head.uri)?;
        let request = Request::from_parts(head, Full::new(body.clone()));
        let answer = self.client.request(request).await;
        self.due.note_write(&body);
        let answer = answer.map_err(|_| HangUp)?;
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

fn target(headers: &HeaderMap) -> &str {
    headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default()
}

/// `DynamoDB_20120810.UpdateItem` names the operation `UpdateItem`.
fn operation(headers: &HeaderMap) -> String {
    let name = target(headers).rsplit('.').next().filter(|name| !name.is_empty());
    name.unwrap_or("Unknown").to_owned()
}

fn error(status: StatusCode, name: &str, message: &str) -> Response<Full<Bytes>> {
    let body = json!({
        "__type": format!("com.amazonaws.dynamodb.v20120810#{name}"),
        "message": message,
    });
    json_answer(status, body.to_string())
}

fn json_answer(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::from(body));
    *answer.status_mut() = status;
    let media_type = hyper::header::HeaderValue::from_static("application/x-amz-json-1.0");
    answer.headers_mut().insert(CONTENT_TYPE, media_type);
    answer
}
