//! Unexpected failures of AWS. Each names its operation.

use std::error::Error as StdError;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

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

/// Whether AWS certainly did not do what was asked. After a time-out or a 5xx it may have. The same holds
/// after throttling: the SDK retries, so the throttled attempt may follow one whose answer was lost.
pub(super) fn is_definite<E>(failure: &SdkError<E, HttpResponse>) -> bool
where
    E: ProvideErrorMetadata,
{
    const THROTTLED: [&str; 4] = [
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionInProgressException",
    ];
    match failure {
        SdkError::ConstructionFailure(_) => true,
        SdkError::ServiceError(refusal) => {
            refusal.raw().status().is_client_error()
                && !refusal.err().code().is_some_and(|code| THROTTLED.contains(&code))
        }
        _ => false,
    }
}

/// Whether the operation timed out.
pub(super) fn ran_out_of_time<E>(failure: &SdkError<E, HttpResponse>) -> bool {
    matches!(failure, SdkError::TimeoutError(_))
}
