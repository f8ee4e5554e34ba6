//! The edge: every HTTP function's loop, and the one place where callers are admitted.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt as _, future};
use lambda_http::http::{HeaderName, HeaderValue};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt as _, Response, service_fn};

use super::dialect::{self, Access, Dialect, Native};
use super::{Call, Reply};
use crate::domain::{Caller, Category, Credentials, Refused, Scope, Standing};
use crate::log::{Level, Line};
use crate::{Context, Error, Result, metrics};

/// Runs an endpoint of the native API: answers its requests until Lambda ends the process.
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
    serve_dialect(Native { access, handler: &handler }).await
}

/// Runs a dialect: answers its requests until Lambda ends the process.
///
/// # Errors
///
/// The environment lacks a setting, or the runtime is gone.
pub async fn serve_dialect<D: Dialect>(dialect: D) -> std::result::Result<(), lambda_http::Error> {
    let context = Context::from_environment()?;
    context.warm_up().await;
    let (context, dialect) = (&context, &dialect);
    lambda_http::run(service_fn(move |request| async move {
        Ok::<_, std::convert::Infallible>(answer(context, dialect, request).await)
    }))
    .await
}

/// Answers one request.
///
/// The handler runs *while* the caller is being admitted, so that reads cost one round trip. That
/// gives nothing away: its answer is dropped if the caller is refused, and it cannot write before,
/// because every write demands the [`Caller`] that only an admission yields.
pub async fn answer<D: Dialect>(
    context: &Context,
    dialect: &D,
    request: Request,
) -> Response<Body> {
    let context = &context.during(&request.lambda_context());
    let started = context.now();
    let route = route(&request);
    let echo = echo::<D>(&request);
    let asked = ask(context, dialect, &request);
    let workspace = asked.as_ref().ok().map(|asked| asked.credentials.workspace.to_string());

    let outcome = match asked {
        Ok(Asked { operation, access, credentials }) => {
            let call = Call::new(request, credentials.workspace.clone());
            let admission = admit(context, &credentials, access, call.clone());
            let reply = caught(dialect.handle(context.clone(), call, operation)).map(Ok);
            future::try_join(admission, reply).await
        }
        Err(error) => Err(Refused::from(error)),
    };
    let (result, standing): (Result<Reply>, Option<Standing>) = match outcome {
        Ok((caller, result)) => (result, Some(caller.standing())),
        Err(refused) => (Err(refused.error), refused.standing),
    };

    let failure = result.as_ref().err().map(Error::chain);
    let (milestone, reply) = match result {
        Ok(reply) => (reply.milestone(), reply),
        Err(error) => (dialect::milestone(&error), dialect.refusal(&error)),
    };
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
        metrics: milestone.map(|it| metrics::embedded(it, &context.config().stage, now)),
    }
    .write();
    let reply = echo.into_iter().fold(reply, |reply, (name, value)| reply.with(name, value));
    reply.into_response(context.request_id(), standing)
}

/// The header of the request that its answer repeats.
fn echo<D: Dialect>(request: &Request) -> Option<(HeaderName, HeaderValue)> {
    let name = D::ECHOED?;
    let value = request.headers().get(&name)?.clone();
    Some((name, value))
}

/// A request that names something to do and somebody who wishes it.
struct Asked<O> {
    operation: O,
    access: Access,
    credentials: Credentials,
}

fn ask<D: Dialect>(
    context: &Context,
    dialect: &D,
    request: &Request,
) -> Result<Asked<D::Operation>> {
    let (operation, access) = dialect.operation(request)?;
    let credentials = dialect.credentials(request, context)?;
    Ok(Asked { operation, access, credentials })
}

/// Admits the caller, and tells the handler that waits for it.
async fn admit(
    context: &Context,
    credentials: &Credentials,
    access: Access,
    call: Call,
) -> std::result::Result<Caller, Refused> {
    let caller = context.admit(credentials, access.scope, access.category).await?;
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
