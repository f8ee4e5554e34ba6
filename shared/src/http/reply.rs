//! Answers, and the headers that all of them have.

use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;

use super::envelope::envelope;
use super::error::{self, ErrorCode, Headers};
use super::response::{Body, Response};
use crate::domain::{Milestone, Standing};
use crate::{Error, Result};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");
const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The header that tells what a client can do about an error, in every dialect: `Allow`, with the methods that
/// there are, or `Retry-After`.
#[must_use]
pub fn recovery_header(error: &Error) -> Option<(HeaderName, HeaderValue)> {
    match error {
        Error::MethodNotAllowed { allow } => Some((ALLOW, HeaderValue::from_str(allow).ok()?)),
        _ => error::retry_after(error).map(|seconds| (RETRY_AFTER, seconds.into())),
    }
}

/// An answer, before the edge adds what every answer has.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
    milestone: Option<Milestone>,
}

impl Reply {
    /// 200 with a JSON body.
    ///
    /// # Errors
    ///
    /// The view cannot be written as JSON: an internal error.
    pub fn ok(view: &impl Serialize) -> Result<Self> {
        Self::json(StatusCode::OK, view)
    }

    /// 202 with a JSON body: the work continues.
    ///
    /// # Errors
    ///
    /// As [`Reply::ok`].
    pub fn accepted(view: &impl Serialize) -> Result<Self> {
        Self::json(StatusCode::ACCEPTED, view)
    }

    /// Any status with a JSON body.
    ///
    /// # Errors
    ///
    /// As [`Reply::ok`].
    pub fn json(status: StatusCode, view: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_string(view)
            .map_err(|error| Error::internal(format!("unwritable view: {error}")))?;
        Ok(Self { body: Body::Text(body), ..Self::empty(status) })
    }

    /// Any status without a body.
    #[must_use]
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Body::default(), milestone: None }
    }

    /// 200 with bytes of a media type.
    #[must_use]
    pub fn bytes(media_type: HeaderValue, bytes: Vec<u8>) -> Self {
        let reply = Self { body: Body::Bytes(bytes), ..Self::empty(StatusCode::OK) };
        reply.with(CONTENT_TYPE, media_type)
    }

    /// The same answer with this header, replacing one of the same name.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// 204 without a body.
    #[must_use]
    pub fn no_content() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    /// The same answer, which also counts as this metric.
    #[must_use]
    pub fn marking(self, milestone: Milestone) -> Self {
        Self { milestone: Some(milestone), ..self }
    }

    /// An error in its envelope.
    pub(super) fn of_error(error: &Error) -> Self {
        let wire = ErrorCode::of(error).wire();
        let header = match wire.headers {
            Headers::None => None,
            Headers::Challenge => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Headers::Allow | Headers::RetryAfter => recovery_header(error),
            Headers::NeverRetry => Some((SHOULD_RETRY, HeaderValue::from_static("false"))),
        };
        let headers = HeaderMap::from_iter(header);
        let body = serde_json::to_string(&envelope(error)).unwrap_or_default();
        let body = Body::Text(body);
        Self { status: wire.status, headers, body, milestone: None }
    }

    /// The metric that this answer counts as.
    pub(super) fn milestone(&self) -> Option<Milestone> {
        self.milestone
    }

    /// The status, as a number for the log.
    pub(super) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The answer as it goes out.
    pub(super) fn into_response(
        self,
        method: &Method,
        request_id: &str,
        standing: Option<Standing>,
    ) -> Response {
        let mut headers = self.headers;
        if !self.body.is_empty() {
            headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        }
        // Answers hold presigned URLs and change with time: nobody between us may keep them, unless the
        // answer itself says so.
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, id);
        }
        if let Some(standing) = standing {
            headers.insert(LIMIT, standing.limit.burst().into());
            headers.insert(REMAINING, standing.remaining.into());
            headers.insert(RESET, standing.reset.into());
        }
        let body = if method == Method::HEAD { Body::default() } else { self.body };
        Response::new(self.status, headers, body)
    }
}
