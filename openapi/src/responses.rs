//! Errors and headers: what all operations answer alike.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use shared::http::{Endpoint, Envelope, ErrorCode, endpoints};

use crate::examples::{Examples, content};
use crate::schemas::{Schemas, bullets, names};

/// The errors that every operation answers in the same words.
const COMMON: [(ErrorCode, &str); 5] = [
    (ErrorCode::IdempotencyKeyTooLong, "IdempotencyKeyTooLong"),
    (ErrorCode::Unauthorized, "Unauthorized"),
    (ErrorCode::TooManyRequests, "TooManyRequests"),
    (ErrorCode::InternalServerError, "InternalServerError"),
    (ErrorCode::ServiceUnavailable, "ServiceUnavailable"),
];

/// Every code on the wire with its meaning.
pub(crate) fn meanings() -> Vec<(ErrorCode, String)> {
    let known = |(name, meaning): (String, String)| Some((parse(&name)?, meaning));
    names::<ErrorCode>().into_iter().filter_map(known).collect()
}

fn parse(name: &str) -> Option<ErrorCode> {
    serde_json::from_value(name.into()).ok()
}

/// The errors of an endpoint, by their status.
pub(crate) fn errors(
    endpoint: &Endpoint,
    examples: &Examples,
    schemas: &mut Schemas,
) -> Map<String, Value> {
    let mut by_status = BTreeMap::<u16, Vec<ErrorCode>>::new();
    for code in endpoint.codes() {
        by_status.entry(code.status().as_u16()).or_default().push(code);
    }
    let told = by_status.into_iter().map(|(status, codes)| {
        let common = COMMON.iter().find(|(code, _)| codes == [*code]);
        let response = match common {
            Some((_, name)) => json!({ "$ref": format!("#/components/responses/{name}") }),
            None => error(&codes, examples.of_answer(endpoint, status), schemas),
        };
        (status.to_string(), response)
    });
    told.collect()
}

/// The common errors, for the components.
pub(crate) fn common(examples: &Examples, schemas: &mut Schemas) -> Map<String, Value> {
    let told = COMMON.iter().map(|(code, name)| {
        let of_any = &endpoints::VALIDATE_KEY;
        let examples = examples.of_answer(of_any, code.status().as_u16());
        ((*name).to_owned(), error(&[*code], examples, schemas))
    });
    told.collect()
}

fn error(codes: &[ErrorCode], examples: Map<String, Value>, schemas: &mut Schemas) -> Value {
    let meanings = meanings();
    let told = codes.iter().map(|code| {
        let meaning = meanings.iter().find(|(known, _)| known == code);
        (code.as_str(), meaning.map_or("", |(_, meaning)| meaning.as_str()))
    });
    let description = match &told.collect::<Vec<_>>()[..] {
        [(name, meaning)] => format!("`{name}`: {meaning}"),
        told => bullets(told),
    };
    let names: Vec<_> = codes.iter().map(|code| code.as_str()).collect();
    json!({
        "description": description,
        "headers": error_headers(codes),
        "content": content(schemas.answer::<Envelope<'_>>(), examples),
        "x-error-codes": names,
    })
}

/// The headers of a status: those that all of its codes have, and those that only some have.
fn error_headers(codes: &[ErrorCode]) -> Value {
    let mut told = headers(codes.iter().flat_map(|code| of_error(*code)));
    for (name, header) in told.as_object_mut().into_iter().flatten() {
        let has_it = |code: &ErrorCode| of_error(*code).any(|other| other == name);
        if name != REQUEST_ID && !codes.iter().all(has_it) {
            *header = all_headers()[name].take();
            header["required"] = false.into();
        }
    }
    told
}

/// The headers that an error always has. Only a caller who is known for sure is told of a limit.
fn of_error(code: ErrorCode) -> impl Iterator<Item = &'static str> {
    use ErrorCode::{InternalServerError, ServiceUnavailable, Unauthorized};
    let is_unknown = matches!(code, Unauthorized | InternalServerError | ServiceUnavailable);
    let limits = if is_unknown { &[] } else { LIMITS };
    limits.iter().copied().chain(code.header())
}

/// The headers that tell a caller of its limit.
pub(crate) const LIMITS: &[&str] =
    &["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"];

/// The header of every answer.
const REQUEST_ID: &str = "x-request-id";

/// References to headers, and to that of every answer.
pub(crate) fn headers<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    let refer = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    let all = std::iter::once(REQUEST_ID).chain(names);
    all.map(|name| (name.to_owned(), refer(name))).collect::<Map<_, _>>().into()
}

/// Every header, for the components.
pub(crate) fn all_headers() -> Value {
    let header = |description: &str, schema: Value, example: Value| json!({ "description": description, "required": true, "schema": schema, "example": example });
    let integer = |description: &str, example: u64| {
        header(description, json!({ "type": "integer", "minimum": 0 }), example.into())
    };
    let text = |description: &str, example: &str| {
        header(description, json!({ "type": "string" }), example.into())
    };
    json!({
        REQUEST_ID: text(
            "The id of the request, as it stands in the log.",
            "5f1b8e6a-3c2d-4e7f-9a0b-1c2d3e4f5a6b",
        ),
        "X-RateLimit-Limit": integer("How many requests the key has at one instant in this category.", 25),
        "X-RateLimit-Remaining": integer("How many of them are left.", 24),
        "X-RateLimit-Reset": integer("When all of them are there again, in seconds since 1970.", 1_775_649_601),
        "Retry-After": integer("After how many seconds to try again.", 1),
        "WWW-Authenticate": text("How to authenticate.", "Bearer"),
        "x-should-retry": text("`false`: the same request fails again.", "false"),
    })
}
