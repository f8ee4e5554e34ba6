//! The loop of the functions that AWS itself calls, with events instead of requests.

use std::future::Future;

use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::log::{Level, Line};
use crate::{Context, Result};

/// Runs an event function until Lambda ends the process. `source` names the events in the log.
///
/// # Errors
///
/// The environment lacks a setting, or the runtime is gone.
pub async fn serve<E, R, H, F>(
    source: &'static str,
    handler: H,
) -> std::result::Result<(), lambda_runtime::Error>
where
    E: DeserializeOwned + Send,
    R: Serialize + Send,
    H: Fn(Context, E) -> F + Sync,
    F: Future<Output = Result<R>> + Send,
{
    let context = Context::from_environment()?;
    let (context, handler) = (&context, &handler);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<E>| async move {
        handle(context, source, handler, event).await
    }))
    .await
}

/// Handles one event. A failure is Lambda's to repeat.
async fn handle<E, R, H, F>(
    context: &Context,
    source: &str,
    handler: &H,
    event: LambdaEvent<E>,
) -> std::result::Result<R, lambda_runtime::Error>
where
    H: Fn(Context, E) -> F,
    F: Future<Output = Result<R>>,
{
    let started = context.now();
    // Boxed: the SDK's futures nest deeper than the compiler follows.
    let result = Box::pin(handler(context.during(&event.context), event.payload)).await;
    Line {
        level: if result.is_ok() { Level::Info } else { Level::Warn },
        request_id: &event.context.request_id,
        route: source,
        workspace: None,
        status: None,
        ms: context.now().millis().saturating_sub(started.millis()),
        error: result.as_ref().err().map(crate::Error::chain),
        metrics: None,
    }
    .write();
    result.map_err(Into::into)
}
