//! What stands before `s3s`: CORS, the recorder, and the checks on presigned requests it does not make.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Frame, Incoming};
use hyper::header::{CONNECTION, HeaderMap, HeaderValue, ORIGIN, RANGE};
use hyper::{Request, Response, StatusCode};
use percent_encoding::percent_decode_str;
use s3s::service::S3Service;
use s3s::{Body, S3Error, S3ErrorCode, S3Result, StdError};

use super::refusal::{self, said};
use super::request_body::RequestBody;
use super::{operation, presigned};
use crate::call::{Call, Service};
use crate::clock::Clock;
use crate::cors::Cors;
use crate::http::HangUp;
use crate::recorder::{Intercepted, Recorder};

/// The whole of S3, from the request to the answer.
pub(super) struct Front {
    /// The signature check and the operations behind it.
    pub(super) service: S3Service,
    /// The bucket's CORS rule.
    pub(super) cors: Cors,
    /// The clock presigned URLs expire by.
    pub(super) clock: Arc<dyn Clock>,
    /// Where every call is written down.
    pub(super) recorder: Arc<Recorder>,
}

impl Front {
    /// Answers one request.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, HangUp> {
        let method = request.method().clone();
        let (awaits, mut request) = RequestBody::of(request);
        presigned::ignore_what_s3_ignores(&mut request);
        if Cors::is_preflight(request.method(), request.headers()) {
            let preflight = self.preflight(request.headers());
            return refusal::worded(preflight.or_else(said)?, &method).await;
        }
        let origin = request.headers().get(ORIGIN).cloned();
        let mut answer = refusal::worded(self.call(request).await?, &method).await?;
        if awaits.is_unread() {
            // The client waits for leave to send the body, and does not get it: what comes next on this
            // connection may be the body or the next request, and nobody can tell.
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        self.cors.decorate(origin.as_ref(), answer.headers_mut());
        Ok(answer)
    }

    /// The answer to a browser's question.
    fn preflight(&self, asked: &HeaderMap) -> S3Result<Response<Body>> {
        let Some(headers) = self.cors.preflight(asked) else {
            let code = S3ErrorCode::Custom("AccessForbidden".into());
            let mut refusal =
                S3Error::with_message(code, "CORSResponse: This CORS request is not allowed.");
            refusal.set_status_code(StatusCode::FORBIDDEN);
            return Err(refusal);
        };
        let mut answer = Response::new(Body::empty());
        *answer.headers_mut() = headers;
        Ok(answer)
    }

    async fn call(&self, request: Request<Body>) -> Result<Response<Body>, HangUp> {
        let mut call = Call::new(
            Service::S3,
            operation::name(request.method(), request.uri()).to_owned(),
            percent_decode_str(request.uri().path()).decode_utf8_lossy().into_owned(),
            Bytes::new(),
        );
        let range = request.headers().get(RANGE).and_then(|range| range.to_str().ok());
        call.range = range.map(str::to_owned);
        match self.recorder.pass(call, self.act(request)).await {
            Ok(answer) => answer,
            Err(Intercepted::Refused { status, code }) => said(injected(status, &code)),
            Err(Intercepted::HungUp) => Err(HangUp),
            Err(Intercepted::BrokenOff { answer, after }) => Ok(answer?
                .map(|body| Body::http_body_unsync(Cut { body, left: after, flushed: false }))),
        }
    }

    async fn act(&self, request: Request<Body>) -> Result<Response<Body>, HangUp> {
        let query = request.uri().query().unwrap_or_default();
        if let Err(refusal) = presigned::check(query, request.headers(), self.clock.now_ms()) {
            return said(refusal);
        }
        self.service.call(request).await.map_err(|_| HangUp)
    }
}

/// A body that breaks off before its end, and with it the connection.
struct Cut {
    body: Body,
    left: u64,
    flushed: bool,
}

impl hyper::body::Body for Cut {
    type Data = Bytes;
    type Error = StdError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StdError>>> {
        if self.left == 0 {
            if std::mem::replace(&mut self.flushed, true) {
                return Poll::Ready(Some(Err("broken off by a test".into())));
            }
            // What came so far, headers included, is sent while a body has nothing to give.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(frame.map(|frame| {
            let bytes = frame?.into_data().unwrap_or_default();
            let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
            self.left -= length as u64;
            Ok(Frame::data(bytes.slice(..length)))
        }))
    }
}

fn injected(status: u16, code: &str) -> S3Error {
    let known = S3ErrorCode::from_bytes(code.as_bytes());
    let mut refusal =
        S3Error::with_message(known.unwrap_or(S3ErrorCode::InternalError), "Injected by a test.");
    refusal.set_status_code(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST));
    refusal
}
