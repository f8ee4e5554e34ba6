//! Every error in the words of MetaStudio: one exhaustive match, so a new one cannot be forgotten.
//!
//! It has few statuses and codes: what is wrong with a request is a 400, also a file that is not there.
//! The text says more than the code.

use serde::Serialize;
use shared::Error;
use shared::http::{self, Reply, StatusCode};

/// No, or wrong, credentials; or right ones without the scope, which is told by 403.
const UNAUTHORIZED: &str = "MSS.00000001";
/// What is asked for cannot be done to this file now.
const INVALID: &str = "MSS.00000003";
const INTERNAL: &str = "MSS.00000004";
const NO_SUCH_API: &str = "MSS.00010003";
const NO_SUCH_METHOD: &str = "MSS.00010004";
const NOT_JSON: &str = "MSS.10000002";
const INVALID_PARAMETER: &str = "MSS.10000003";
const NO_SUCH_FILE: &str = "MSS.10001004";
const TOO_LARGE: &str = "MSS.10001007";
/// The code of the gateway in front of MetaStudio.
const THROTTLED: &str = "APIGW.0308";

#[derive(Serialize)]
struct Envelope<'a> {
    error_code: &'static str,
    error_msg: &'a str,
}

/// An error as the client reads it. The text of a 5xx is for the client only: causes stay in the log.
pub(crate) fn reply(error: &Error) -> Reply {
    let (status, code) = wire(error);
    let text = match error {
        Error::Unauthorized => "A valid X-Auth-Token or a right signature is required.".to_owned(),
        Error::NoSuchPath { .. } => "There is no such API.".to_owned(),
        Error::UploadMissing => "No bytes have been uploaded.".to_owned(),
        _ if status.is_server_error() => "Internal Error".to_owned(),
        told => told.to_string(),
    };
    let envelope = Envelope { error_code: code, error_msg: &text };
    let reply = Reply::json(status, &envelope).unwrap_or_else(|_| Reply::empty(status));
    match http::recovery_header(error) {
        Some((name, value)) => reply.with(name, value),
        None => reply,
    }
}

fn wire(error: &Error) -> (StatusCode, &'static str) {
    use Error as E;
    match error {
        E::InvalidJson { .. } | E::UnsupportedMediaType => (StatusCode::BAD_REQUEST, NOT_JSON),
        E::UnknownField { .. }
        | E::ParameterMissing { .. }
        | E::InvalidType { .. }
        | E::InvalidValue { .. }
        | E::IdempotencyKeyTooLong
        | E::PurposeMimeType { .. } => (StatusCode::BAD_REQUEST, INVALID_PARAMETER),
        E::MultipartRequired { .. } | E::PurposeSize { .. } | E::QuotaExceeded(_) => {
            (StatusCode::BAD_REQUEST, TOO_LARGE)
        }
        E::Unauthorized => (StatusCode::UNAUTHORIZED, UNAUTHORIZED),
        E::MissingScope { .. } | E::ClosedToTokens | E::BeyondToken(_) => {
            (StatusCode::FORBIDDEN, UNAUTHORIZED)
        }
        E::NotFound | E::NoSuchToken => (StatusCode::BAD_REQUEST, NO_SUCH_FILE),
        E::NoSuchPath { .. } => (StatusCode::NOT_FOUND, NO_SUCH_API),
        E::MethodNotAllowed { .. } => (StatusCode::METHOD_NOT_ALLOWED, NO_SUCH_METHOD),
        E::FileNotPending { .. }
        | E::FileNotCompleted { .. }
        | E::FileNotMultipart
        | E::FileMultipart
        | E::CompletionBegun
        | E::OtherClaimBegun
        | E::IdempotencyKeyReused
        | E::IdempotencyConflict
        | E::PartsMismatch { .. }
        | E::UploadMissing
        | E::SizeMismatch { .. }
        | E::ChecksumMismatch { .. } => (StatusCode::BAD_REQUEST, INVALID),
        E::RateLimited { .. } => (StatusCode::TOO_MANY_REQUESTS, THROTTLED),
        E::RejectionInProgress | E::Contended | E::TooEarly | E::Unavailable { .. } => {
            (StatusCode::SERVICE_UNAVAILABLE, INTERNAL)
        }
        E::Internal { .. } => (StatusCode::INTERNAL_SERVER_ERROR, INTERNAL),
    }
}
