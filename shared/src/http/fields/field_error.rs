//! What is wrong with a field, in the words of the API.

use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};
use serde_json::{Number, Value};

use super::joined;
use crate::Error;
use crate::text::quoted;

/// What a field of numbers without fractions wants.
pub(super) const INTEGER: &str = "an integer";

/// What is wrong with a field, and where the field stands: `sizeBytes`, or `parts[2].etag`.
#[derive(Debug)]
pub(super) struct FieldError {
    path: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Unknown,
    Missing,
    Type(String),
    Value(String),
}

impl FieldError {
    pub(super) fn within(self, outer: &str) -> Self {
        Self { path: joined(outer, &self.path), ..self }
    }

    pub(super) fn of_type(found: &str, wanted: &str) -> Self {
        let reason = format!("it is {found}, not {wanted}");
        Self { path: String::new(), kind: Kind::Type(reason) }
    }

    pub(super) fn of_value(rule: impl Into<String>) -> Self {
        Self { path: String::new(), kind: Kind::Value(rule.into()) }
    }

    /// A number that is not an integer, or too large for an `f64` to tell.
    pub(super) fn of_fraction(number: &Number) -> Self {
        if number.as_f64().is_some_and(|number| number.fract() != 0.0) {
            return Self::of_type("a number with a fraction", INTEGER);
        }
        Self::of_value(OUT_OF_RANGE)
    }

    pub(super) fn into_error(self) -> Error {
        let param = quoted(&self.path).into_owned();
        match self.kind {
            Kind::Unknown => Error::UnknownField { param },
            Kind::Missing => Error::ParameterMissing { param },
            Kind::Type(reason) => Error::InvalidType { param, reason },
            Kind::Value(reason) => Error::InvalidValue { param, reason },
        }
    }
}

impl de::Error for FieldError {
    fn custom<T: Display>(rule: T) -> Self {
        Self::of_value(rule.to_string())
    }

    fn invalid_value(_found: Unexpected<'_>, _expected: &dyn Expected) -> Self {
        Self::of_value(OUT_OF_RANGE)
    }

    fn unknown_variant(_found: &str, known: &'static [&'static str]) -> Self {
        Self::of_value(format!("it must be one of: {}", known.join(", ")))
    }

    fn unknown_field(name: &str, _expected: &'static [&'static str]) -> Self {
        Self { path: quoted(name).into_owned(), kind: Kind::Unknown }
    }

    fn missing_field(name: &'static str) -> Self {
        Self { path: name.to_owned(), kind: Kind::Missing }
    }
}

const OUT_OF_RANGE: &str = "it is out of range";

/// The kind of a value in the words of JSON, without its content: that may be long, or not for
/// everyone's eyes.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl Display for FieldError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {:?}", self.path, self.kind)
    }
}

impl std::error::Error for FieldError {}
