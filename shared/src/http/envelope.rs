//! The body of every error.

use schemars::JsonSchema;
use serde::Serialize;

use super::ErrorCode;
use super::call::IDEMPOTENCY_KEY;
use crate::Error;
use crate::domain::multipart::Problem;
use crate::domain::{PartNumber, QuotaExceeded, TokenRefusal};

/// The answer to a request that failed.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Error")]
pub struct Envelope<'a> {
    error: Details<'a>,
}

/// What is wrong.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "ErrorDetails")]
struct Details<'a> {
    /// The kind of the error: one for each status, and `idempotency_conflict` beside `conflict`.
    r#type: &'static str,
    /// What exactly is wrong, where the type leaves it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// What is wrong, for people to read. It may change.
    message: String,
    /// The field or the parameter that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<&'a str>,
    /// What is wrong with which part: the first 25.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<FlawedPart>,
}

/// What is wrong with one part.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "FlawedPart")]
struct FlawedPart {
    #[schemars(with = "PartNumber")]
    part_number: u16,
    #[schemars(with = "Problem")]
    problem: &'static str,
}

/// The body of an error. The text of a 5xx is for the caller only: causes stay in the log.
pub(super) fn envelope(error: &Error) -> Envelope<'_> {
    let code = ErrorCode::of(error);
    let message = match error {
        Error::Unavailable { .. } => "The service is briefly unavailable: try again.".to_owned(),
        Error::Internal { .. } => {
            "The service failed. The request id helps to find out why.".to_owned()
        }
        told => told.to_string(),
    };
    let (param, parts) = (param(error), parts(error));
    Envelope { error: Details { r#type: code.kind(), code: code.code(), message, param, parts } }
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
        Error::IdempotencyKeyTooLong | Error::IdempotencyKeyReused | Error::IdempotencyConflict => {
            Some(IDEMPOTENCY_KEY)
        }
        Error::QuotaExceeded(QuotaExceeded::Bytes { .. }) => Some("sizeBytes"),
        Error::MultipartRequired { .. } => Some("multipart"),
        Error::PartsMismatch { .. } => Some("parts"),
        Error::PurposeMimeType { .. } | Error::BeyondToken(TokenRefusal::MimeType) => {
            Some("mimeType")
        }
        Error::PurposeSize { .. } | Error::BeyondToken(TokenRefusal::Size { .. }) => {
            Some("sizeBytes")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::multipart::PartFlaw;

    #[test]
    fn a_refusal_lists_the_first_flawed_parts_and_counts_them_all() {
        let flaws = (1..=10_000_u64)
            .map(|number| PartFlaw { part: number.try_into().unwrap(), problem: Problem::Missing });
        let error = Error::PartsMismatch { flaws: flaws.collect() };
        let body = serde_json::to_string(&envelope(&error)).unwrap();
        assert!(body.len() < 4096, "{} bytes", body.len());
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["error"]["parts"].as_array().unwrap().len(), 25);
        let message = body["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("10000 of the parts"), "{message}");
    }
}
