//! The edge: every HTTP function's loop, and the one place where callers are admitted.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt as _, future};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt as _, Response, service_fn};

use super::{Call, Reply, call};
use crate::domain::{ApiKey, Caller, Category, Refused, Scope, Standing};
use crate::log::{Level, Line};
use crate::{Context, Error, Result, metrics};

/// What a key needs to be let in to an endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// The scope it must have, if any.
    pub scope: Option<Scope>,
    /// The limit it must be within.
    pub category: Category,
}

/// Runs an endpoint: answers its requests until Lambda ends the process.
///
/// # Errors
///
/// The environment lacks a setting, or the runtime is gone.
pub async fn serve<H, F>(
    scope: impl Into<Option<Scope>>,
    category: Category,
    handler: H,
) -> std::result::Result<(), lambda_http::Error>
where
    H: Fn(Context, Call) -> F + Sync,
    F: Future<Output = Result<Reply>> + Send,
{
    let access = Access { scope: scope.into(), category };
    let context = Context::from_environment()?;
    context.warm_up().await;
    let (context, handler) = (&context, &handler);
    lambda_http::run(service_fn(move |request| async move {
        Ok::<_, std::convert::Infallible>(answer(context, access, handler, request).await)
    }))
    .await
}

/// Answers one request.
///
/// The handler runs *while* the caller is being admitted, so that reads cost one round trip. That
/// gives nothing away: its answer is dropped if the caller is refused, and it cannot write before,
/// because every write demands the [`Caller`] that only an admission yields.
pub async fn answer<H, F>(
    context: &Context,
    access: Access,
    handler: &H,
    request: Request,
) -> Response<Body>
where
    H: Fn(Context, Call) -> F,
    F: Future<Output = Result<Reply>> + Send,
{
    let context = &context.during(&request.lambda_context());
    let started = context.now();
    let route = route(&request);
    let key = call::key(&request);
    let workspace = key.as_ref().map(|key| key.workspace().to_string());

    let outcome = match key {
        Some(key) => {
            let call = Call::new(request, key.workspace().clone());
            let admission = admit(context, &key, access, call.clone());
            let reply = caught(handler(context.clone(), call)).map(Ok);
            future::try_join(admission, reply).await
        }
        None => Err(Refused::from(Error::Unauthorized)),
    };
    let (result, standing): (Result<Reply>, Option<Standing>) = match outcome {
        Ok((caller, result)) => (result, Some(caller.standing())),
        Err(refused) => (Err(refused.error), refused.standing),
    };

    let failure = result.as_ref().err().map(Error::chain);
    let reply = result.unwrap_or_else(|error| Reply::of_error(&error));
    let status = reply.status();
    let now = context.now();
    Line {
        level: if status >= 500 { Level::Warn } else { Level::Info },
        request_id: context.request_id(),
        route: &route,
        workspace: workspace.as_deref(),
        status: Some(status),
        ms: now.millis().saturating_sub(started.millis()),
        error: failure,
        metrics: reply.milestone().map(|it| metrics::embedded(it, &context.config().stage, now)),
    }
    .write();
    reply.into_response(context.request_id(), standing)
}

/// Admits the caller, and tells the handler that waits for it.
async fn admit(
    context: &Context,
    key: &ApiKey,
    access: Access,
    call: Call,
) -> std::result::Result<Caller, Refused> {
    let caller = context.admit(key, access.scope, access.category).await?;
    call.admit(caller.clone());
    Ok(caller)
}

/// A panic is this request's 500, not the sandbox's end.
async fn caught(reply: impl Future<Output = Result<Reply>>) -> Result<Reply> {
    AssertUnwindSafe(reply)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(Error::internal("the handler panicked")))
}

/// The route for the log: as the gateway names it, or method and path where it does not.
fn route(request: &Request) -> String {
    if let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref()
        && let Some(route) = context.route_key.as_deref()
        && route != "$default"
    {
        return route.to_owned();
    }
    format!("{} {}", request.method(), request.raw_http_path())
}
