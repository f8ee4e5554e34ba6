//! Errors as GeoLens answers them: ours by one exhaustive match, and those that only GeoLens has.

use shared::Error;
use shared::http::{self, HeaderName, HeaderValue, Reply, StatusCode, header::WWW_AUTHENTICATE};
use shared::text::quoted;

use crate::problem::{Detail, Problem};

/// An error that only GeoLens has.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It does not take files with this extension.
    Extension(String),
    /// It does not take files of this size.
    TooLarge {
        /// The size announced, in bytes.
        bytes: u64,
        /// The largest there can be, in bytes.
        max_bytes: u64,
    },
    /// The upload has been completed before.
    AlreadyCompleted,
    /// The job has ended, because its upload was completed.
    AlreadyProcessed,
    /// The job was cancelled.
    Cancelled,
    /// The time for the upload is over.
    Expired,
    /// An upload in parts was completed without naming them.
    NoParts,
}

impl Refusal {
    /// The refusal as it is answered.
    pub(crate) fn reply(self) -> Reply {
        let over = |end| format!("This job {end} and cannot be completed. Start a new upload.");
        let status = match self {
            Self::TooLarge { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::BAD_REQUEST,
        };
        let detail = match self {
            Self::Extension(extension) => Detail::Code {
                code: "disallowed_extension",
                extension: quoted(&extension).into_owned(),
            },
            Self::TooLarge { bytes, max_bytes } => {
                let exceeds = "exceeds the maximum allowed";
                format!("File size ({bytes} bytes) {exceeds} ({max_bytes} bytes).").into()
            }
            Self::AlreadyCompleted => "Upload already completed for this job".into(),
            Self::AlreadyProcessed => "Job already processed".into(),
            Self::Cancelled => over("has been cancelled").into(),
            Self::Expired => over("has already failed").into(),
            Self::NoParts => {
                "Multipart upload completion requires at least one uploaded part".into()
            }
        };
        Problem::new(status, detail).reply()
    }
}

/// The answer to an error.
pub(crate) fn refusal(error: &Error) -> Reply {
    let (status, detail) = wire(error);
    let problem = Problem::new(status, detail);
    let reply = match error {
        Error::PartsMismatch { .. } => problem.with_parts(error.listed_flaws()).reply(),
        _ => problem.reply(),
    };
    match header(error) {
        Some((name, value)) => reply.with(name, value),
        None => reply,
    }
}

/// What an error adds to the answer's headers.
fn header(error: &Error) -> Option<(HeaderName, HeaderValue)> {
    match error {
        Error::Unauthorized => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        _ => http::recovery_header(error),
    }
}

/// Status and message of an error. The client can parse all of these statuses. Wrong parts are a 422, not a
/// 502 as in GeoLens: a 502 says that S3 has failed and that a retry may succeed, and neither is true.
fn wire(error: &Error) -> (StatusCode, String) {
    use {Error as E, StatusCode as S};
    match error {
        E::InvalidJson { .. } | E::UnsupportedMediaType => {
            (S::UNPROCESSABLE_ENTITY, format!("body: {error}"))
        }
        E::UnknownField { param } => invalid(param, "Extra inputs are not permitted"),
        E::ParameterMissing { param } => invalid(param, "Field required"),
        E::InvalidType { param, reason } | E::InvalidValue { param, reason } => {
            invalid(param, reason)
        }
        E::Unauthorized => (S::UNAUTHORIZED, error.to_string()),
        E::MissingScope { .. } | E::ClosedToTokens | E::BeyondToken(_) => {
            (S::FORBIDDEN, error.to_string())
        }
        E::NotFound | E::NoSuchToken => (S::NOT_FOUND, "Job not found".to_owned()),
        E::NoSuchPath { .. } => (S::NOT_FOUND, "Not Found".to_owned()),
        E::MethodNotAllowed { .. } => (S::METHOD_NOT_ALLOWED, "Method Not Allowed".to_owned()),
        E::UploadMissing => (S::BAD_REQUEST, "File not found in S3 after upload".to_owned()),
        E::FileNotPending { .. }
        | E::FileNotMultipart
        | E::FileMultipart
        | E::FileNotCompleted { .. }
        | E::CompletionBegun
        | E::OtherClaimBegun
        | E::IdempotencyKeyReused
        | E::IdempotencyConflict => (S::CONFLICT, error.to_string()),
        E::SizeMismatch { announced, stored } => {
            let declared = format!("does not match the declared size ({announced} bytes).");
            (S::UNPROCESSABLE_ENTITY, format!("Uploaded file size ({stored} bytes) {declared}"))
        }
        E::MultipartRequired { .. }
        | E::PartsMismatch { .. }
        | E::ChecksumMismatch { .. }
        | E::PurposeMimeType { .. }
        | E::PurposeSize { .. }
        | E::IdempotencyKeyTooLong
        | E::QuotaExceeded(_) => (S::UNPROCESSABLE_ENTITY, error.to_string()),
        E::RateLimited { .. } => (S::TOO_MANY_REQUESTS, error.to_string()),
        E::RejectionInProgress | E::Contended | E::TooEarly | E::Unavailable { .. } => {
            let retry = "The service is briefly unavailable. Please retry.";
            (S::SERVICE_UNAVAILABLE, retry.to_owned())
        }
        E::Internal { .. } => (S::INTERNAL_SERVER_ERROR, "Internal server error".to_owned()),
    }
}

/// Place and rule, as the framework of GeoLens joins them.
fn invalid(param: &str, rule: &str) -> (StatusCode, String) {
    (StatusCode::UNPROCESSABLE_ENTITY, format!("body.{param}: {rule}"))
}
