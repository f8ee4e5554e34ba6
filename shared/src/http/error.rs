//! Every error on the wire: its code by one exhaustive match, and its status, type and headers by
//! another, so that a new one cannot be forgotten.

use http::StatusCode;
use serde::Serialize;

use crate::Error;

/// How an error is answered.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) status: StatusCode,
    kind: &'static str,
    code: Option<&'static str>,
    pub(super) headers: Headers,
}

/// What clients branch on: the `code` of an error, or its `type` where it has no code of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "the names are the words on the wire, and crate::Error explains them"
)]
pub enum ErrorCode {
    InvalidJson,
    UnknownField,
    ParameterMissing,
    InvalidType,
    InvalidValue,
    UnsupportedMediaType,
    Unauthorized,
    MissingScope,
    NotFound,
    FileNotPending,
    FileNotMultipart,
    CompletionBegun,
    FileNotCompleted,
    MultipartRequired,
    PartsMismatch,
    UploadMissing,
    SizeMismatch,
    ChecksumMismatch,
    PurposeMimeType,
    PurposeSize,
    TooManyRequests,
    ServiceUnavailable,
    InternalServerError,
}

/// What an error adds to the answer's headers.
#[derive(Debug)]
pub(super) enum Headers {
    /// Nothing.
    None,
    /// `WWW-Authenticate: Bearer`.
    Challenge,
    /// `Retry-After`, as [`retry_after`] tells it.
    RetryAfter,
    /// `x-should-retry: false`: the official client of the API that we are compatible with sends a
    /// 409 three times otherwise.
    NeverRetry,
}

impl ErrorCode {
    /// The code of an error.
    #[must_use]
    pub const fn of(error: &Error) -> Self {
        use Error as E;
        match error {
            E::InvalidJson { .. } => Self::InvalidJson,
            E::UnknownField { .. } => Self::UnknownField,
            E::ParameterMissing { .. } => Self::ParameterMissing,
            E::InvalidType { .. } => Self::InvalidType,
            E::InvalidValue { .. } => Self::InvalidValue,
            E::UnsupportedMediaType => Self::UnsupportedMediaType,
            E::Unauthorized => Self::Unauthorized,
            E::MissingScope { .. } => Self::MissingScope,
            E::NotFound => Self::NotFound,
            E::FileNotPending { .. } => Self::FileNotPending,
            E::FileNotMultipart => Self::FileNotMultipart,
            E::CompletionBegun | E::OtherClaimBegun => Self::CompletionBegun,
            E::FileNotCompleted { .. } => Self::FileNotCompleted,
            E::MultipartRequired { .. } => Self::MultipartRequired,
            E::PartsMismatch { .. } => Self::PartsMismatch,
            E::UploadMissing => Self::UploadMissing,
            E::SizeMismatch { .. } => Self::SizeMismatch,
            E::ChecksumMismatch { .. } => Self::ChecksumMismatch,
            E::PurposeMimeType { .. } => Self::PurposeMimeType,
            E::PurposeSize { .. } => Self::PurposeSize,
            E::RateLimited { .. } => Self::TooManyRequests,
            E::RejectionInProgress | E::TooEarly | E::Unavailable { .. } => {
                Self::ServiceUnavailable
            }
            E::Internal { .. } => Self::InternalServerError,
        }
    }

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        let wire = self.wire();
        match wire.code {
            Some(code) => code,
            None => wire.kind,
        }
    }

    /// The status of the answer.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        self.wire().status
    }

    /// How an error with this code is answered.
    pub(super) const fn wire(self) -> Wire {
        match self {
            Self::InvalidJson => bad_request("invalid_json"),
            Self::UnknownField => bad_request("unknown_field"),
            Self::ParameterMissing => bad_request("parameter_missing"),
            Self::InvalidType => bad_request("invalid_type"),
            Self::InvalidValue => bad_request("invalid_value"),
            Self::UnsupportedMediaType => {
                plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", Headers::None)
            }
            Self::Unauthorized => {
                plain(StatusCode::UNAUTHORIZED, "unauthorized", Headers::Challenge)
            }
            Self::MissingScope => {
                coded(StatusCode::FORBIDDEN, "forbidden", "missing_scope", Headers::None)
            }
            Self::NotFound => plain(StatusCode::NOT_FOUND, "not_found", Headers::None),
            Self::FileNotPending => conflict("file_not_pending"),
            Self::FileNotMultipart => conflict("file_not_multipart"),
            Self::CompletionBegun => conflict("completion_begun"),
            Self::FileNotCompleted => conflict("file_not_completed"),
            Self::MultipartRequired => unprocessable("multipart_required"),
            Self::PartsMismatch => unprocessable("parts_mismatch"),
            Self::UploadMissing => unprocessable("upload_missing"),
            Self::SizeMismatch => unprocessable("size_mismatch"),
            Self::ChecksumMismatch => unprocessable("checksum_mismatch"),
            Self::PurposeMimeType => unprocessable("purpose_mime_type"),
            Self::PurposeSize => unprocessable("purpose_size"),
            Self::TooManyRequests => {
                plain(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", Headers::RetryAfter)
            }
            Self::ServiceUnavailable => {
                plain(StatusCode::SERVICE_UNAVAILABLE, "service_unavailable", Headers::RetryAfter)
            }
            Self::InternalServerError => {
                plain(StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error", Headers::None)
            }
        }
    }
}

const fn bad_request(code: &'static str) -> Wire {
    coded(StatusCode::BAD_REQUEST, "bad_request", code, Headers::None)
}

const fn conflict(code: &'static str) -> Wire {
    coded(StatusCode::CONFLICT, "conflict", code, Headers::NeverRetry)
}

const fn unprocessable(code: &'static str) -> Wire {
    coded(StatusCode::UNPROCESSABLE_ENTITY, "unprocessable_content", code, Headers::None)
}

const fn coded(
    status: StatusCode,
    kind: &'static str,
    code: &'static str,
    headers: Headers,
) -> Wire {
    Wire { status, kind, code: Some(code), headers }
}

const fn plain(status: StatusCode, kind: &'static str, headers: Headers) -> Wire {
    Wire { status, kind, code: None, headers }
}

/// When a request that failed may be sent again, if it may: whole seconds from now, never too early.
#[must_use]
pub fn retry_after(error: &Error) -> Option<u64> {
    match error {
        // A wait of 1 ms is one second.
        Error::RateLimited { wait } => {
            Some(u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX))
        }
        Error::RejectionInProgress | Error::TooEarly | Error::Unavailable { .. } => Some(1),
        _ => None,
    }
}

/// The body of every error.
#[derive(Serialize)]
pub(super) struct Envelope<'a> {
    error: Details<'a>,
}

#[derive(Serialize)]
struct Details<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<FlawedPart>,
}

/// What is wrong with one part.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FlawedPart {
    part_number: u16,
    problem: &'static str,
}

/// The body of an error. The text of a 5xx is for the caller only: causes stay in the log.
pub(super) fn envelope<'a>(error: &'a Error, wire: &Wire) -> Envelope<'a> {
    let message = match error {
        Error::Unavailable { .. } => "The service is briefly unavailable: try again.".to_owned(),
        Error::Internal { .. } => {
            "The service failed. The request id helps to find out why.".to_owned()
        }
        told => told.to_string(),
    };
    let (param, parts) = (param(error), parts(error));
    Envelope { error: Details { r#type: wire.kind, code: wire.code, message, param, parts } }
}

fn parts(error: &Error) -> Vec<FlawedPart> {
    let told = error
        .listed_flaws()
        .iter()
        .map(|flaw| FlawedPart { part_number: flaw.part.get(), problem: flaw.problem.as_str() });
    told.collect()
}

fn param(error: &Error) -> Option<&str> {
    match error {
        Error::UnknownField { param }
        | Error::ParameterMissing { param }
        | Error::InvalidType { param, .. }
        | Error::InvalidValue { param, .. } => Some(param),
        Error::ChecksumMismatch { .. } => Some("md5"),
        Error::MultipartRequired { .. } => Some("multipart"),
        Error::PartsMismatch { .. } => Some("parts"),
        Error::PurposeMimeType { .. } => Some("mimeType"),
        Error::PurposeSize { .. } => Some("sizeBytes"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::multipart::{PartFlaw, Problem};

    #[test]
    fn a_refusal_lists_the_first_flawed_parts_and_counts_them_all() {
        let flaws = (1..=10_000_u64)
            .map(|number| PartFlaw { part: number.try_into().unwrap(), problem: Problem::Missing });
        let error = Error::PartsMismatch { flaws: flaws.collect() };
        let body = serde_json::to_string(&envelope(&error, &ErrorCode::of(&error).wire())).unwrap();
        assert!(body.len() < 4096, "{} bytes", body.len());
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["error"]["parts"].as_array().unwrap().len(), 25);
        let message = body["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("10000 of the parts"), "{message}");
    }
}
