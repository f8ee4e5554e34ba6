//! What AWS refuses without being expected to: every such failure names its operation.

use std::error::Error as StdError;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use crate::Error;

/// Turns an unexpected failure of `operation` into an error.
pub(super) fn unavailable<E>(
    operation: &'static str,
) -> impl FnOnce(SdkError<E, HttpResponse>) -> Error
where
    E: StdError + Send + Sync + 'static,
{
    move |failure| Error::Unavailable { operation, source: failure.into() }
}

/// Whether AWS certainly did not do what was asked: it said so, and it was asked only once.
///
/// After a time-out or a 5xx it may have. A refusal of a *second* attempt says nothing of the first.
pub(super) fn is_definite<E>(failure: &SdkError<E, HttpResponse>) -> bool {
    match failure {
        SdkError::ConstructionFailure(_) => true,
        SdkError::ServiceError(refusal) => refusal.raw().status().is_client_error(),
        _ => false,
    }
}
