//! The bucket's CORS rule: which web pages may use the URLs, and see the `ETag` of what they sent.

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use hyper::{Method, Response, StatusCode};
use s3s::{Body, S3Error, S3ErrorCode, S3Result};

const METHODS: &str = "GET, PUT, HEAD";
const EXPOSED_HEADERS: &str = "ETag";
const MAX_AGE_SECONDS: &str = "3000";

/// The rule of the one bucket.
pub(super) struct Cors {
    /// Exact origins, such as `http://localhost:3000`; `*` stands for every origin.
    pub(super) allowed_origins: Vec<String>,
}

impl Cors {
    /// Whether the request is a browser's question rather than a call.
    pub(super) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
        method == Method::OPTIONS && headers.contains_key(ORIGIN)
    }

    /// Answers a browser's question.
    pub(super) fn preflight(&self, headers: &HeaderMap) -> S3Result<Response<Body>> {
        let origin = self.allowed(headers.get(ORIGIN));
        let method = headers.get(ACCESS_CONTROL_REQUEST_METHOD);
        let method = method.and_then(|method| method.to_str().ok());
        let method_allowed = method.is_some_and(|method| METHODS.split(", ").any(|m| m == method));
        let Some(origin) = origin.filter(|_| method_allowed) else {
            return Err(forbidden());
        };
        let mut answer = Response::new(Body::empty());
        let allow = answer.headers_mut();
        grant(allow, origin);
        if let Some(asked) = headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            allow.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
        allow.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE_SECONDS));
        Ok(answer)
    }

    /// Lets the page at `origin` read the answer, if it may.
    pub(super) fn decorate(&self, origin: Option<&HeaderValue>, answer: &mut HeaderMap) {
        if let Some(origin) = self.allowed(origin) {
            grant(answer, origin);
        }
    }

    fn allowed(&self, origin: Option<&HeaderValue>) -> Option<HeaderValue> {
        let origin = origin?;
        let mut allowed = self.allowed_origins.iter();
        let is_allowed =
            allowed.any(|allowed| allowed == "*" || allowed.as_bytes() == origin.as_bytes());
        is_allowed.then(|| origin.clone())
    }
}

fn forbidden() -> S3Error {
    let code = S3ErrorCode::Custom("AccessForbidden".into());
    let mut refusal =
        S3Error::with_message(code, "CORSResponse: This CORS request is not allowed.");
    refusal.set_status_code(StatusCode::FORBIDDEN);
    refusal
}

fn grant(answer: &mut HeaderMap, origin: HeaderValue) {
    answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    answer.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    answer.append(VARY, HeaderValue::from_static("Origin"));
}
