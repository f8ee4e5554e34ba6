//! API Gateway's side: requests in its payload format 2.0, and the answers it gets.

use std::future::Future;
use std::time::Duration;

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{ID, NOW, invocation, key, token};
use crate::http::dialect::Native;
use crate::http::{Call, Dialect, Endpoint, Reply, Request, Response, answer, answer_open};
use crate::{BucketContext, Resources, Result};

/// The id that Lambda gives to every invocation.
pub const REQUEST_ID: &str = "5f1b8e6a-3c2d-4e7f-9a0b-1c2d3e4f5a6b";

/// A request on its way to a function.
#[derive(Clone, Debug)]
pub struct GatewayRequest {
    event: Value,
    time: Duration,
}

/// A request of `route`, for example `GET /v1/files/{id}`: for the file [`super::ID`], with the key
/// [`super::key`], and with no body.
#[must_use]
pub fn request(route: &str) -> GatewayRequest {
    let (method, template) = route.split_once(' ').unwrap();
    let path = template.replace("{id}", ID);
    let event = json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": { "authorization": format!("Bearer {}", key().reveal()) },
        "pathParameters": { "id": ID },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "api.execute-api.us-east-1.amazonaws.com",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "test",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": route,
            "stage": "$default",
            "time": "08/Apr/2026:12:00:00 +0000",
            "timeEpoch": 1_775_649_600_000_u64,
        },
        "isBase64Encoded": false,
    });
    GatewayRequest { event, time: Duration::from_secs(30) }
}

impl GatewayRequest {
    /// For another file.
    #[must_use]
    pub fn of_file(mut self, id: &str) -> Self {
        self.event["pathParameters"]["id"] = id.into();
        self
    }

    /// For another path, as what no route matches: nothing is known of its parameters.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.event["rawPath"] = path.into();
        self.event["pathParameters"] = Value::Null;
        self
    }

    /// With a query string.
    #[must_use]
    pub fn query(mut self, query: &str) -> Self {
        self.event["rawQueryString"] = query.into();
        self
    }

    /// With another value of a header; its name is in lowercase.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.event["headers"][name] = value.into();
        self
    }

    /// By the holder of the upload token [`super::token`].
    #[must_use]
    pub fn by_token(self) -> Self {
        self.header("authorization", &format!("Bearer {}", token().reveal()))
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body(&body.to_string()).header("content-type", "application/json")
    }

    /// With this body, which does not say what it is.
    #[must_use]
    pub fn body(mut self, text: &str) -> Self {
        self.event["body"] = text.into();
        self
    }

    /// With a body that is no text, which the gateway passes on in base64.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.event["isBase64Encoded"] = true.into();
        self.body(&BASE64.encode(bytes))
    }

    /// To an invocation that lasts no longer than this.
    #[must_use]
    pub fn within(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }
}

/// An answer as the client reads it.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, parsed; null where it is no JSON.
    pub body: Value,
    response: Response,
}

impl Answer {
    fn of(response: Response) -> Self {
        let body = serde_json::from_str(response.body()).unwrap_or_default();
        Self { status: response.status().as_u16(), body, response }
    }

    /// The body's bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.response.bytes()
    }

    /// A header, if the answer has it.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name).map(|value| value.to_str().unwrap())
    }

    /// When the client may come again, in seconds, if the answer says so.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        self.header("retry-after").map(|seconds| seconds.parse().unwrap())
    }

    /// The status, and the code of the error, or its type where it has no code.
    #[must_use]
    pub fn error(&self) -> (u16, &str) {
        let error = &self.body["error"];
        (self.status, error["code"].as_str().or(error["type"].as_str()).unwrap_or_default())
    }

    /// The parameter that the error blames.
    #[must_use]
    pub fn param(&self) -> Option<&str> {
        self.body["error"]["param"].as_str()
    }
}

/// Sends a request to an endpoint.
pub async fn ask<H, R, F>(
    context: &BucketContext,
    endpoint: &Endpoint,
    handler: &H,
    request: GatewayRequest,
) -> Answer
where
    H: Fn(R, Call) -> F + Sync,
    R: Resources + From<BucketContext>,
    F: Future<Output = Result<Reply>> + Send,
{
    ask_dialect(&R::from(context.clone()), &Native::new(endpoint, handler), request).await
}

/// Sends a request to a function that is open to everybody.
pub fn ask_open(handler: impl Fn(&Request) -> Result<Reply>, request: &GatewayRequest) -> Answer {
    let lambda = invocation(NOW, request.time);
    let request = Request::of_event(&request.event.to_string());
    Answer::of(answer_open(&handler, &lambda, request))
}

/// Sends a request to a dialect.
pub async fn ask_dialect<D: Dialect>(
    resources: &D::Resources,
    dialect: &D,
    request: GatewayRequest,
) -> Answer {
    let lambda = invocation(resources.as_ref().now(), request.time);
    let request = Request::of_event(&request.event.to_string());
    // Boxed, so that every test need not do it.
    Answer::of(Box::pin(answer(resources, dialect, &lambda, request)).await)
}
