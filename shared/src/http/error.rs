//! Every error on the wire: one exhaustive match, so a new one cannot be forgotten.

use http::StatusCode;
use serde::Serialize;

use crate::Error;

/// An error as the caller hears it.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) status: StatusCode,
    kind: &'static str,
    code: Option<&'static str>,
    pub(super) headers: Headers,
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

/// The status, type, code and headers of an error.
pub(super) fn wire(error: &Error) -> Wire {
    use Error as E;
    match error {
        E::InvalidJson { .. } => bad_request("invalid_json"),
        E::UnknownField { .. } => bad_request("unknown_field"),
        E::ParameterMissing { .. } => bad_request("parameter_missing"),
        E::InvalidType { .. } => bad_request("invalid_type"),
        E::InvalidValue { .. } => bad_request("invalid_value"),
        E::UnsupportedMediaType => {
            plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", Headers::None)
        }
        E::Unauthorized => plain(StatusCode::UNAUTHORIZED, "unauthorized", Headers::Challenge),
        E::MissingScope { .. } => {
            coded(StatusCode::FORBIDDEN, "forbidden", "missing_scope", Headers::None)
        }
        E::NotFound => plain(StatusCode::NOT_FOUND, "not_found", Headers::None),
        E::FileNotPending { .. } => conflict("file_not_pending"),
        E::FileNotMultipart => conflict("file_not_multipart"),
        E::CompletionBegun | E::OtherClaimBegun => conflict("completion_begun"),
        E::FileNotCompleted { .. } => conflict("file_not_completed"),
        E::MultipartRequired { .. } => unprocessable("multipart_required"),
        E::PartsMismatch { .. } => unprocessable("parts_mismatch"),
        E::UploadMissing => unprocessable("upload_missing"),
        E::SizeMismatch { .. } => unprocessable("size_mismatch"),
        E::ChecksumMismatch { .. } => unprocessable("checksum_mismatch"),
        E::PurposeMimeType { .. } => unprocessable("purpose_mime_type"),
        E::PurposeSize { .. } => unprocessable("purpose_size"),
        E::RateLimited { .. } => {
            plain(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", Headers::RetryAfter)
        }
        E::RejectionInProgress | E::TooEarly | E::Unavailable { .. } => {
            plain(StatusCode::SERVICE_UNAVAILABLE, "service_unavailable", Headers::RetryAfter)
        }
        E::Internal { .. } => {
            plain(StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error", Headers::None)
        }
    }
}

fn bad_request(code: &'static str) -> Wire {
    coded(StatusCode::BAD_REQUEST, "bad_request", code, Headers::None)
}

fn conflict(code: &'static str) -> Wire {
    coded(StatusCode::CONFLICT, "conflict", code, Headers::NeverRetry)
}

fn unprocessable(code: &'static str) -> Wire {
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
    use crate::domain::multipart::{Flaw, Problem};

    #[test]
    fn a_refusal_lists_the_first_flawed_parts_and_counts_them_all() {
        let flaws = (1..=10_000_u64)
            .map(|number| Flaw { part: number.try_into().unwrap(), problem: Problem::Missing });
        let error = Error::PartsMismatch { flaws: flaws.collect() };
        let body = serde_json::to_string(&envelope(&error, &wire(&error))).unwrap();
        assert!(body.len() < 4096, "{} bytes", body.len());
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["error"]["parts"].as_array().unwrap().len(), 25);
        let message = body["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("10000 of the parts"), "{message}");
    }
}
