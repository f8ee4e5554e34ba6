//! The edge: every HTTP function's loop, and the one place where callers are admitted.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt as _, future};
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::value::RawValue;

use super::dialect::{self, Dialect, Native};
use super::{Call, Endpoint, HeaderName, HeaderValue, Reply, Request, Response, unmatched};
use crate::domain::{Access, Credentials, KeyKind, Standing, TokenUse};
use crate::log::{Level, Line};
use crate::text::{MOST_QUOTED, quoted};
use crate::{
    Caller, Context, Error, Exit, PendingCaller, Reach, Refused, Resources, Result, context,
    metrics,
};

/// API Gateway's route of all requests that no other route matches.
const DEFAULT_ROUTE: &str = "$default";

/// Runs an endpoint of the native API: answers its requests until Lambda ends the process.
///
/// # Errors
///
/// The environment lacks a setting, or the runtime is gone.
pub async fn serve<H, R, F>(endpoint: &Endpoint, handler: H) -> Exit
where
    H: Fn(R, Call) -> F + Sync,
    R: Resources,
    F: Future<Output = Result<Reply>> + Send,
{
    serve_dialect(Native::new(endpoint, &handler)).await
}

/// Runs a dialect: answers its requests until Lambda ends the process.
///
/// # Errors
///
/// The environment lacks a setting, or the runtime is gone.
pub async fn serve_dialect<D: Dialect>(dialect: D) -> Exit {
    serve_dialect_in(Resources::from_environment()?, dialect).await
}

/// Runs a dialect whose construction needs its resources.
///
/// # Errors
///
/// The runtime is gone.
pub async fn serve_dialect_in<D: Dialect>(resources: D::Resources, dialect: D) -> Exit {
    context::warm_up(&resources).await;
    let (resources, dialect) = (&resources, &dialect);
    // The event is taken as it is: parsing it here would leave the answer to whoever cannot parse it.
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| async move {
        let request = Request::of_event(event.payload.get());
        // Boxed: the SDK's futures nest deep, and the runtime moves this one several times.
        let answer = Box::pin(answer(resources, dialect, &event.context, request)).await;
        Ok::<_, Diagnostic>(answer)
    }))
    .await
}

/// Answers one request.
///
/// The handler runs *while* the caller is being admitted, so that reads cost one round trip. That
/// gives nothing away: its answer is dropped if the caller is refused, and it cannot write before,
/// because every write demands the [`Caller`] that only an admission makes. Reads that a forged key must
/// not cause wait for [`PendingCaller::confirmed`].
pub async fn answer<D: Dialect>(
    resources: &D::Resources,
    dialect: &D,
    invocation: &lambda_runtime::Context,
    request: Request,
) -> Response {
    let resources = resources.during(invocation);
    let context = resources.as_ref();
    let started = context.now();
    let (method, route) = (request.method().clone(), route(&request));
    let request = request.with_get_for_head();
    let echo = echo::<D>(&request);
    let Answered { result, standing, workspace } =
        caught(answered(&resources, dialect, request)).await;

    let failure = result.as_ref().err().map(Error::chain);
    let (milestone, reply) = match result {
        Ok(reply) => (reply.milestone(), reply),
        Err(error) => (dialect::milestone(&error), dialect.refusal(&error)),
    };
    let status = reply.status();
    let now = context.now();
    Line {
        level: Level::of_status(status),
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
    reply.into_response(&method, context.request_id(), standing)
}

/// The result of a request, and what is known of its caller.
struct Answered {
    result: Result<Reply>,
    standing: Option<Standing>,
    workspace: Option<String>,
}

impl From<Error> for Answered {
    fn from(error: Error) -> Self {
        Self { result: Err(error), standing: None, workspace: None }
    }
}

async fn answered<D: Dialect>(resources: &D::Resources, dialect: &D, request: Request) -> Answered {
    let context = resources.as_ref();
    let Asked { operation, access, credentials } = match ask(context, dialect, &request).await {
        Ok(asked) => asked,
        Err(error) => return error.into(),
    };
    let is_confirmed = context.is_confirmed(&credentials);
    let caller = PendingCaller::new(Reach::of(&credentials), is_confirmed);
    let call = Call::new(request, caller.clone());
    let admission = admit(context, &credentials, access, &caller);
    let reply = dialect.handle(resources.clone(), call, operation).map(|result| {
        // A handler that refuses the body has announced no file, and the admission may wait for one.
        caller.announce_nothing();
        Ok(result)
    });
    let (result, standing) = match future::try_join(admission, reply).await {
        Ok((caller, result)) => (result, Some(caller.standing())),
        Err(refused) => (Err(refused.error), refused.standing),
    };
    Answered { result, standing, workspace: Some(credentials.workspace.to_string()) }
}

/// The request header that the answer repeats, unless it is too long to be a real value.
fn echo<D: Dialect>(request: &Request) -> Option<(HeaderName, HeaderValue)> {
    let name = D::ECHOED?;
    let value = request.header(&name).filter(|value| value.len() <= MOST_QUOTED)?;
    Some((name, HeaderValue::from_str(value).ok()?))
}

/// A request whose operation and credentials are well-formed.
struct Asked<O> {
    operation: O,
    access: Access,
    credentials: Credentials,
}

async fn ask<D: Dialect>(
    context: &Context,
    dialect: &D,
    request: &Request,
) -> Result<Asked<D::Operation>> {
    let operation = dialect.operation(request);
    let (operation, access) =
        operation.map_err(|error| unmatched::by_this_method(dialect, request, error))?;
    let credentials = dialect.credentials(request, context).await?;
    Ok(Asked { operation, access, credentials })
}

/// Admits the caller, and wakes the handler that waits for it. A token's bounds are part of the admission,
/// so where it creates a file, the handler first reads the body and announces the file.
async fn admit(
    context: &Context,
    credentials: &Credentials,
    access: Access,
    pending: &PendingCaller,
) -> std::result::Result<Caller, Refused> {
    let announced = match (credentials.kind, access.tokens) {
        (KeyKind::UploadToken, TokenUse::CreatesFile) => pending.announced().await,
        _ => None,
    };
    let caller = context.admit(credentials, access, announced).await?;
    pending.admitted(caller.clone());
    Ok(caller)
}

/// Turns a panic into a 500, so that it does not end the sandbox.
async fn caught(answered: impl Future<Output = Answered>) -> Answered {
    let caught = AssertUnwindSafe(answered).catch_unwind().await;
    caught.unwrap_or_else(|_| Error::internal("the handler panicked").into())
}

/// The route for the log: as the gateway names it, with the method where it names none. What a stranger
/// asked for stays out of it.
pub(super) fn route(request: &Request) -> String {
    let route = request.route().unwrap_or(DEFAULT_ROUTE);
    let route = match route.strip_prefix("ANY ") {
        Some(path) => format!("{} {path}", request.method()),
        None => route.to_owned(),
    };
    quoted(&route).into_owned()
}
