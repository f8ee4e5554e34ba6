//! The loop of the functions that AWS itself calls, with events instead of requests.

use std::future::Future;

use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The events, as AWS describes them.
pub use aws_lambda_events as events;

use crate::log::{Level, Line};
use crate::{BucketContext, Exit, Resources, Result, context};

/// The authority of an event that AWS itself has sent. Only [`serve`] makes one, and hands it to the
/// handler. The compiler keeps everybody else from it:
///
/// ```compile_fail
/// let authority = shared::trigger::EventAuthority(());
/// ```
#[derive(Debug)]
pub struct EventAuthority(());

/// Runs an event function until Lambda ends the process. `source` names the events in the log.
///
/// # Errors
///
/// The environment lacks a setting, or the runtime is gone.
pub async fn serve<E, A, H, F>(source: &'static str, handler: H) -> Exit
where
    E: DeserializeOwned + Send,
    A: Serialize + Send,
    H: Fn(BucketContext, EventAuthority, E) -> F + Sync,
    F: Future<Output = Result<A>> + Send,
{
    let context = BucketContext::from_environment()?;
    context::warm_up(&context).await;
    let (context, handler) = (&context, &handler);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<E>| async move {
        handle(context, source, handler, event).await
    }))
    .await
}

/// Handles one event. Returning an error makes Lambda deliver the event again.
async fn handle<E, A, H, F>(
    context: &BucketContext,
    source: &str,
    handler: &H,
    event: LambdaEvent<E>,
) -> std::result::Result<A, lambda_runtime::Error>
where
    H: Fn(BucketContext, EventAuthority, E) -> F,
    F: Future<Output = Result<A>>,
{
    let started = context.now();
    let result = run(context.during(&event.context), handler, event.payload).await;
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

/// Hands the event to the handler, with the authority to act on it.
pub(crate) async fn run<E, A, H, F>(context: BucketContext, handler: &H, event: E) -> Result<A>
where
    H: Fn(BucketContext, EventAuthority, E) -> F,
    F: Future<Output = Result<A>>,
{
    // Boxed: the SDK's futures nest deeper than the compiler follows.
    Box::pin(handler(context, EventAuthority(()), event)).await
}
