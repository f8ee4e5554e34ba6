//! Bodies and queries into typed fields, with our own error for each way a field can be wrong.
//!
//! `serde` tells its error type exactly what happened (an unknown field, a wrong type, ...). The
//! error types of JSON parsers turn that into prose; [`Flaw`] keeps it, so no message is ever parsed.

use std::fmt::{self, Display};

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer,
};
use serde::de::{MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::{Map, Value};

use crate::{Error, Result};

/// Reads a JSON object.
pub(super) fn of_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| Error::InvalidJson { reason: error.to_string() })?;
    if !value.is_object() {
        return Err(Error::InvalidJson { reason: "it is another kind of value".to_owned() });
    }
    T::deserialize(Field(value)).map_err(Flaw::into_error)
}

/// Reads a query string.
pub(super) fn of_query<T: DeserializeOwned>(query: &str) -> Result<T> {
    let mut object = Map::new();
    for (name, text) in form_urlencoded::parse(query.as_bytes()) {
        if object.insert(name.to_string(), number_or_text(&text)).is_some() {
            let reason = "it is given more than once".to_owned();
            return Err(Error::InvalidValue { param: name.into_owned(), reason });
        }
    }
    T::deserialize(Field(object.into())).map_err(Flaw::into_error)
}

/// Query parameters have no types; every one we have is a whole number.
fn number_or_text(text: &str) -> Value {
    let number = text.parse::<u64>().map(Value::from);
    number.or_else(|_| text.parse::<i64>().map(Value::from)).unwrap_or_else(|_| text.into())
}

/// A value whose errors are [`Flaw`]s.
struct Field(Value);

type Found<T> = std::result::Result<T, Flaw>;

impl<'de> Deserializer<'de> for Field {
    type Error = Flaw;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Found<V::Value> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => visitor.visit_u64(number),
                (_, Some(number)) => visitor.visit_i64(number),
                _ => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(values) => visitor.visit_seq(Items { values: values.into_iter(), at: 0 }),
            Value::Object(object) => {
                visitor.visit_map(Fields { entries: object.into_iter(), current: None })
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Found<V::Value> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Found<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Found<V::Value> {
        match self.0 {
            Value::String(text) => visitor.visit_enum(text.into_deserializer()),
            _ => self.deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// The fields of an object, each error told with its field's name.
struct Fields {
    entries: serde_json::map::IntoIter,
    current: Option<(String, Value)>,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Flaw;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Found<Option<K::Value>> {
        self.current = self.entries.next();
        let name = self.current.as_ref().map(|(name, _)| name.clone());
        name.map(|name| seed.deserialize(name.into_deserializer())).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Found<V::Value> {
        let (name, value) = self.current.take().unwrap_or_default();
        seed.deserialize(Field(value)).map_err(|flaw| flaw.within(&name))
    }
}

/// The items of an array, each error told with its item's index.
struct Items {
    values: std::vec::IntoIter<Value>,
    at: usize,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Flaw;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Found<Option<T::Value>> {
        let Some(value) = self.values.next() else { return Ok(None) };
        let name = format!("[{}]", self.at);
        self.at += 1;
        seed.deserialize(Field(value)).map(Some).map_err(|flaw| flaw.within(&name))
    }
}

/// What is wrong with a field, and where the field stands: `sizeBytes`, or `parts[2].etag`.
#[derive(Debug)]
struct Flaw {
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

impl Flaw {
    fn within(self, outer: &str) -> Self {
        let path = match self.path.as_str() {
            "" => outer.to_owned(),
            inner if inner.starts_with('[') => format!("{outer}{inner}"),
            inner => format!("{outer}.{inner}"),
        };
        Self { path, ..self }
    }

    fn into_error(self) -> Error {
        let param = self.path;
        match self.kind {
            Kind::Unknown => Error::UnknownField { param },
            Kind::Missing => Error::ParameterMissing { param },
            Kind::Type(reason) => Error::InvalidType { param, reason },
            Kind::Value(reason) => Error::InvalidValue { param, reason },
        }
    }
}

impl de::Error for Flaw {
    fn custom<T: Display>(rule: T) -> Self {
        Self { path: String::new(), kind: Kind::Value(rule.to_string()) }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let reason = format!("it is {}, not {expected}", kind_of(found));
        Self { path: String::new(), kind: Kind::Type(reason) }
    }

    fn unknown_field(name: &str, _expected: &'static [&'static str]) -> Self {
        Self { path: name.to_owned(), kind: Kind::Unknown }
    }

    fn missing_field(name: &'static str) -> Self {
        Self { path: name.to_owned(), kind: Kind::Missing }
    }
}

/// The kind of what was found, without its content: that may be long, or not for everyone's eyes.
fn kind_of(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "a whole number",
        Unexpected::Float(_) => "a fraction",
        Unexpected::Char(_) | Unexpected::Str(_) => "text",
        Unexpected::Unit => "null",
        Unexpected::Seq => "an array",
        Unexpected::Map => "an object",
        _ => "something else",
    }
}

impl Display for Flaw {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {:?}", self.path, self.kind)
    }
}

impl std::error::Error for Flaw {}

#[cfg(test)]
mod tests;
