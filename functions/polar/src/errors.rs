//! Errors as Polar answers them: one exhaustive match.
//!
//! Its clients parse three kinds, by status: 403 `NotPermitted`, 404 `ResourceNotFound`, and 422 with a list
//! of violations. They report anything else as a crash, so an operation that a file's state does not allow
//! is answered by one of the three.

use serde::Serialize;
use shared::Error;
use shared::domain::multipart::PartFlaw;
use shared::http::{self, HeaderName, HeaderValue, Reply, StatusCode, header::WWW_AUTHENTICATE};

/// The body of a refusal.
#[derive(Serialize)]
struct Refusal {
    error: &'static str,
    detail: Detail,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Detail {
    Sentence(String),
    Violations(Vec<Violation>),
}

/// What is wrong where.
#[derive(Serialize)]
struct Violation {
    r#type: &'static str,
    loc: Vec<Place>,
    msg: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ctx: Option<Part>,
}

/// A field, or the index of an item.
#[derive(Serialize)]
#[serde(untagged)]
enum Place {
    Field(String),
    Item(usize),
}

/// Which part is wrong.
#[derive(Serialize)]
struct Part {
    number: u16,
}

/// The answer to an error.
pub(crate) fn refusal(error: &Error) -> Reply {
    let (status, refusal) = wire(error);
    let reply = Reply::json(status, &refusal).unwrap_or_else(|_| Reply::empty(status));
    match header(error) {
        Some((name, value)) => reply.with(name, value),
        None => reply,
    }
}

fn wire(error: &Error) -> (StatusCode, Refusal) {
    use {Error as E, StatusCode as S};
    match error {
        E::InvalidJson { .. } | E::UnsupportedMediaType => {
            request("json_invalid", vec![field("body")], error.to_string())
        }
        E::UnknownField { param } => {
            request("extra_forbidden", place(param), "Extra inputs are not permitted".to_owned())
        }
        E::ParameterMissing { param } => {
            request("missing", place(param), "Field required".to_owned())
        }
        E::InvalidType { param, reason } => request("type_error", place(param), reason.clone()),
        E::InvalidValue { param, reason } => request("value_error", place(param), reason.clone()),
        E::QuotaExceeded(_) => request("value_error", place("size"), error.to_string()),
        E::PartsMismatch { .. } => {
            violations(error.listed_flaws().iter().copied().map(flawed).collect())
        }
        E::FileNotPending { .. }
        | E::FileNotMultipart
        | E::FileMultipart
        | E::CompletionBegun
        | E::OtherClaimBegun
        | E::IdempotencyKeyTooLong
        | E::IdempotencyKeyReused
        | E::IdempotencyConflict
        | E::MultipartRequired { .. }
        | E::PurposeMimeType { .. }
        | E::PurposeSize { .. }
        | E::UploadMissing
        | E::SizeMismatch { .. }
        | E::ChecksumMismatch { .. } => {
            let loc = vec![field("path"), field("id")];
            violations(vec![Violation::new("value_error", loc, error.to_string())])
        }
        E::Unauthorized => named(S::UNAUTHORIZED, "Unauthorized", error.to_string()),
        E::MissingScope { .. } | E::ClosedToTokens | E::BeyondToken(_) => {
            named(S::FORBIDDEN, "NotPermitted", error.to_string())
        }
        E::MethodNotAllowed { .. } => {
            named(S::METHOD_NOT_ALLOWED, "MethodNotAllowed", error.to_string())
        }
        E::NotFound | E::NoSuchToken | E::NoSuchPath { .. } | E::FileNotCompleted { .. } => {
            named(S::NOT_FOUND, "ResourceNotFound", error.to_string())
        }
        E::RateLimited { .. } => named(S::TOO_MANY_REQUESTS, "TooManyRequests", error.to_string()),
        E::RejectionInProgress | E::Contended | E::TooEarly | E::Unavailable { .. } => {
            let retry = "The service is briefly unavailable: try again.".to_owned();
            named(S::SERVICE_UNAVAILABLE, "ServiceUnavailable", retry)
        }
        E::Internal { .. } => {
            let sorry = "The service failed. The request id helps to find out why.".to_owned();
            named(S::INTERNAL_SERVER_ERROR, "InternalServerError", sorry)
        }
    }
}

/// What an error adds to the answer's headers. A missing scope is named as in RFC 6750.
fn header(error: &Error) -> Option<(HeaderName, HeaderValue)> {
    match error {
        Error::Unauthorized => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        Error::MissingScope { needed } => {
            let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{needed}\"");
            HeaderValue::from_str(&challenge).ok().map(|value| (WWW_AUTHENTICATE, value))
        }
        _ => http::recovery_header(error),
    }
}

fn named(status: StatusCode, error: &'static str, sentence: String) -> (StatusCode, Refusal) {
    (status, Refusal { error, detail: Detail::Sentence(sentence) })
}

/// An invalid request.
fn request(kind: &'static str, loc: Vec<Place>, msg: String) -> (StatusCode, Refusal) {
    let detail = Detail::Violations(vec![Violation::new(kind, loc, msg)]);
    (StatusCode::UNPROCESSABLE_ENTITY, Refusal { error: "RequestValidationError", detail })
}

/// A valid request that the file's state does not allow.
fn violations(violations: Vec<Violation>) -> (StatusCode, Refusal) {
    let detail = Detail::Violations(violations);
    (StatusCode::UNPROCESSABLE_ENTITY, Refusal { error: "PolarRequestValidationError", detail })
}

fn flawed(flaw: PartFlaw) -> Violation {
    let (number, problem) = (flaw.part.get(), flaw.problem.as_str());
    let msg = format!("Part {number} must be sent again: {problem}.");
    let loc = vec![field("body"), field("parts")];
    Violation { ctx: Some(Part { number }), ..Violation::new(problem, loc, msg) }
}

impl Violation {
    fn new(kind: &'static str, loc: Vec<Place>, msg: String) -> Self {
        Self { r#type: kind, loc, msg, ctx: None }
    }
}

/// What stands before the name of a parameter of the query: a field of a body may have the same name.
pub(crate) const QUERY: &str = "query.";

/// Where a parameter stands, `upload.parts[2].number` in steps.
fn place(param: &str) -> Vec<Place> {
    let (room, param) = match param.strip_prefix(QUERY) {
        Some(param) => ("query", param),
        None => ("body", param),
    };
    let steps = param.split(['.', '[']).map(|step| {
        let index = step.strip_suffix(']').and_then(|index| index.parse().ok());
        index.map_or_else(|| field(step), Place::Item)
    });
    std::iter::once(field(room)).chain(steps).collect()
}

fn field(name: &str) -> Place {
    Place::Field(name.to_owned())
}
