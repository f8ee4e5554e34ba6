//! A JSON value in which no field is given twice.
//!
//! In most parsers the last of two equal fields wins, in some the first. Two programs could therefore read
//! different requests from one body, so such a body is refused, like a query with a repeated parameter.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{joined, repeated};
use crate::text::quoted;
use crate::{Error, Result};

/// Parses `bytes`, all of them.
///
/// # Errors
///
/// [`Error::InvalidJson`], or [`Error::InvalidValue`] for the first field that is given twice.
pub(super) fn parse(bytes: &[u8]) -> Result<Value> {
    let twice = RefCell::new(None);
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    let value = Tree { twice: &twice }.deserialize(&mut parser);
    let value = value.and_then(|value| parser.end().map(|()| value));
    let value = value.map_err(|error| Error::InvalidJson { reason: error.to_string() })?;
    twice.into_inner().map_or(Ok(value), |param| Err(repeated(&param)))
}

/// Builds a value, and records the path of the first repeated field.
#[derive(Clone, Copy)]
struct Tree<'a> {
    twice: &'a RefCell<Option<String>>,
}

impl Tree<'_> {
    /// Notes `name`, unless a field was noted before.
    fn note(self, name: &str) {
        self.twice.borrow_mut().get_or_insert_with(|| quoted(name).into_owned());
    }

    /// Puts `outer` before what was noted since `before`.
    fn within(self, noted_before: bool, outer: impl FnOnce(&str) -> String) {
        if let (false, Some(inner)) = (noted_before, self.twice.borrow_mut().as_mut()) {
            *inner = outer(inner);
        }
    }

    fn has_noted(self) -> bool {
        self.twice.borrow().is_some()
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> std::result::Result<Value, E> {
        let number = serde_json::Number::from_f64(value);
        number.map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let noted_before = self.has_noted();
            let Some(item) = items.next_element_seed(self)? else { return Ok(list.into()) };
            self.within(noted_before, |inner| format!("[{}].{inner}", list.len()));
            list.push(item);
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> std::result::Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let noted_before = self.has_noted();
            let value = fields.next_value_seed(self)?;
            self.within(noted_before, |inner| joined(&quoted(&name), inner));
            if object.contains_key(&name) {
                self.note(&name);
            }
            object.insert(name, value);
        }
        Ok(object.into())
    }
}
