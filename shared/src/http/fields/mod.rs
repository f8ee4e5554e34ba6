//! Parsing bodies and queries into typed fields, with a separate error for each way a field can be wrong.
//!
//! `serde` tells its error type exactly what happened (an unknown field, a wrong type, …). The error
//! types of JSON parsers turn that into prose. [`FieldError`] keeps it, so we never parse a message.

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};
use serde_json::{Map, Number, Value};

use crate::text::quoted;
use crate::{Error, Result};

mod field_error;
mod tree;

use field_error::{FieldError, INTEGER, kind_of};

/// Reads a JSON object.
pub(super) fn of_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let value = tree::parse(bytes)?;
    if !value.is_object() {
        return Err(Error::InvalidJson { reason: "it is another kind of value".to_owned() });
    }
    T::deserialize(Field(value)).map_err(FieldError::into_error)
}

/// Reads a query string.
pub(super) fn of_query<T: DeserializeOwned>(query: &str) -> Result<T> {
    let mut object = Map::new();
    for (name, text) in form_urlencoded::parse(query.as_bytes()) {
        if object.insert(name.to_string(), number_or_text(&text)).is_some() {
            return Err(repeated(&name));
        }
    }
    T::deserialize(Field(object.into())).map_err(FieldError::into_error)
}

/// The object whose fields an application names: what it calls them stays out of errors, and so out of the log.
const OPAQUE: &str = "labels";

/// The path of a field `inner` of `outer`: `sizeBytes`, or `parts[2].etag`.
fn joined(outer: &str, inner: &str) -> String {
    match inner {
        "" => outer.to_owned(),
        _ if outer == OPAQUE => outer.to_owned(),
        item if item.starts_with('[') => format!("{outer}{item}"),
        field => format!("{outer}.{field}"),
    }
}

fn repeated(param: &str) -> Error {
    let param = quoted(param).into_owned();
    Error::InvalidValue { param, reason: "it is given more than once".to_owned() }
}

/// Query parameters have no types; every one we have is a whole number.
fn number_or_text(text: &str) -> Value {
    let number = text.parse::<u64>().map(Value::from);
    let number = number.or_else(|_| text.parse::<i64>().map(Value::from)).ok();
    number.or_else(|| too_large(text)).unwrap_or_else(|| text.into())
}

/// A whole number of more digits than any field can hold, so that it is refused as out of range.
fn too_large(digits: &str) -> Option<Value> {
    let is_whole = digits.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| is_whole)?;
    Number::from_f64(number).map(Value::from)
}

/// A value whose errors are [`FieldError`]s.
struct Field(Value);

type Found<T> = std::result::Result<T, FieldError>;

/// Methods that read a value of one kind.
macro_rules! of_kind {
    ($wanted:expr, $is_wanted:expr => $($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Found<V::Value> {
            self.of_kind($wanted, $is_wanted, visitor)
        })*
    };
}

impl Field {
    /// Reads a value of the wanted kind. The error for another kind names JSON types, not Rust types.
    fn of_kind<'de, V: Visitor<'de>>(
        self,
        wanted: &'static str,
        is_wanted: fn(&Value) -> bool,
        visitor: V,
    ) -> Found<V::Value> {
        match &self.0 {
            value if !is_wanted(value) => Err(FieldError::of_type(kind_of(value), wanted)),
            Value::Number(number) if wanted == INTEGER && Whole::of(number).is_none() => {
                Err(FieldError::of_fraction(number))
            }
            _ => self.deserialize_any(visitor),
        }
    }
}
impl<'de> Deserializer<'de> for Field {
    type Error = FieldError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Found<V::Value> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => match Whole::of(&number) {
                Some(Whole::Natural(number)) => visitor.visit_u64(number),
                Some(Whole::Negative(number)) => visitor.visit_i64(number),
                None => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
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
            other => Err(FieldError::of_type(kind_of(&other), "text")),
        }
    }

    of_kind!(INTEGER, Value::is_number => deserialize_i8 deserialize_i16 deserialize_i32
        deserialize_i64 deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32
        deserialize_u64 deserialize_u128);
    of_kind!("a number", Value::is_number => deserialize_f32 deserialize_f64);
    of_kind!("true or false", Value::is_boolean => deserialize_bool);
    of_kind!("text", Value::is_string => deserialize_char deserialize_str deserialize_string);
    of_kind!("a list", Value::is_array => deserialize_seq);

    fn deserialize_tuple<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Found<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Found<V::Value> {
        self.of_kind("an object", Value::is_object, visitor)
    }

    /// An array is no object, though `serde` would read one into a struct.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Found<V::Value> {
        self.deserialize_map(visitor)
    }

    serde::forward_to_deserialize_any! {
        bytes byte_buf unit unit_struct tuple_struct identifier ignored_any
    }
}

/// A number whose value is an integer, however it is spelled: 5, 5.0 and 0.5e1 are one number in JSON.
enum Whole {
    Natural(u64),
    Negative(i64),
}

impl Whole {
    /// Spelled with a point or an exponent, only integers up to 2^53 are certain to be what was meant.
    const CERTAIN: f64 = 9_007_199_254_740_992.0;

    fn of(number: &Number) -> Option<Self> {
        if let Some(number) = number.as_u64() {
            return Some(Self::Natural(number));
        }
        if let Some(number) = number.as_i64() {
            return Some(Self::Negative(number));
        }
        let number = number.as_f64().filter(|number| number.abs() <= Self::CERTAIN)?;
        if number.fract() != 0.0 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "it is an integer of at most 2^53")]
        let number = number as i64;
        Some(u64::try_from(number).map_or(Self::Negative(number), Self::Natural))
    }
}

/// The fields of an object, each error told with its field's name.
struct Fields {
    entries: serde_json::map::IntoIter,
    current: Option<(String, Value)>,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = FieldError;

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
    type Error = FieldError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Found<Option<T::Value>> {
        let Some(value) = self.values.next() else { return Ok(None) };
        let name = format!("[{}]", self.at);
        self.at += 1;
        seed.deserialize(Field(value)).map(Some).map_err(|flaw| flaw.within(&name))
    }
}

#[cfg(test)]
mod tests;
