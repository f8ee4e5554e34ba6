//! Functions that are open to everybody: they ask for no key, call nothing, and need no settings.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::value::RawValue;

use super::serve::route;
use super::{Reply, Request, Response};
use crate::context::system_time;
use crate::log::{Level, Line};
use crate::{Error, Exit, Result};

/// Runs a function that is open to everybody: answers its requests until Lambda ends the process.
///
/// # Errors
///
/// The runtime is gone.
pub async fn serve_open(handler: impl Fn(&Request) -> Result<Reply> + Sync) -> Exit {
    let handler = &handler;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| async move {
        let request = Request::of_event(event.payload.get());
        Ok::<_, Diagnostic>(answer_open(handler, &event.context, request))
    }))
    .await
}

/// Answers one request.
pub fn answer_open(
    handler: &impl Fn(&Request) -> Result<Reply>,
    invocation: &lambda_runtime::Context,
    request: Request,
) -> Response {
    let started = system_time();
    let (method, route) = (request.method().clone(), route(&request));
    let request = request.with_get_for_head();
    let caught = catch_unwind(AssertUnwindSafe(|| handler(&request)));
    let result = caught.unwrap_or_else(|_| Err(Error::internal("the handler panicked")));
    let failure = result.as_ref().err().map(Error::chain);
    let reply = result.unwrap_or_else(|error| Reply::of_error(&error));
    let status = reply.status();
    Line {
        level: Level::of_status(status),
        request_id: &invocation.request_id,
        route: &route,
        workspace: None,
        status: Some(status),
        ms: system_time().millis().saturating_sub(started.millis()),
        error: failure,
        metrics: None,
    }
    .write();
    reply.into_response(&method, &invocation.request_id, None)
}
