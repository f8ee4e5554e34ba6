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

/// Whether AWS said that it did not do what was asked. After a time-out or a 5xx it may have.
///
/// The SDK retries, and a refused second attempt says nothing of a first one whose answer was lost:
/// who acts on this must be right even where the work was done after all.
pub(super) fn is_definite<E>(failure: &SdkError<E, HttpResponse>) -> bool {
    match failure {
        SdkError::ConstructionFailure(_) => true,
        SdkError::ServiceError(refusal) => refusal.raw().status().is_client_error(),
        _ => false,
    }
}

/// Whether the time given to the operation was over before its answer was there.
#[cfg(feature = "bucket")]
pub(super) fn ran_out_of_time<E>(failure: &SdkError<E, HttpResponse>) -> bool {
    matches!(failure, SdkError::TimeoutError(_))
}
