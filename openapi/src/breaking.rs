//! What a new description takes away from the clients of the old one.

use std::collections::BTreeSet;

use serde_json::Value;

/// Every change that would break a client, in words: an operation, parameter, field, status or code that is
/// gone, a type that has changed, and whatever a request must have that it need not have before.
#[must_use]
pub fn breaking_changes(old: &Value, new: &Value) -> Vec<String> {
    let mut changes = Changes { old, new, found: Vec::new() };
    for (path, item) in entries(&old["paths"]) {
        for (method, operation) in entries(item).filter(|(method, _)| *method != "parameters") {
            let place = format!("{} {path}", method.to_uppercase());
            match new["paths"][path].get(method) {
                Some(kept) => changes.operation(&place, operation, kept),
                None => changes.found.push(format!("{place}: the operation is gone")),
            }
        }
    }
    changes.found
}

/// Which side says what a schema describes.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    /// A client: it must be able to say what it said before.
    Request,
    /// The service: it must say what clients relied on.
    Answer,
}

struct Changes<'a> {
    old: &'a Value,
    new: &'a Value,
    found: Vec<String>,
}

impl<'a> Changes<'a> {
    fn operation(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        self.parameters(place, old, new);
        let body = |operation: &'a Value| &operation["requestBody"];
        if body(new)["required"] == true && body(old)["required"] != true {
            self.found.push(format!("{place}: the body is required now"));
        }
        self.content(&format!("{place}: "), body(old), body(new), Side::Request);
        for (status, answer) in entries(&old["responses"]) {
            let Some(kept) = new["responses"].get(status) else {
                self.found.push(format!("{place}: the status {status} is gone"));
                continue;
            };
            let (old, new) = (resolved(self.old, answer), resolved(self.new, kept));
            for code in gone(&old["x-error-codes"], &new["x-error-codes"]) {
                self.found.push(format!("{place}: the code {code} is gone"));
            }
            self.content(&format!("{place} {status}: "), old, new, Side::Answer);
        }
    }

    fn parameters(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        let named = |parameters: &'a Value, name: &Value| {
            items(parameters).find(move |parameter| parameter["name"] == *name)
        };
        for parameter in items(&old["parameters"]) {
            let name = &parameter["name"];
            match named(&new["parameters"], name) {
                Some(kept) => {
                    let place = format!("{place}: ");
                    let path = name.as_str().unwrap_or_default();
                    self.schema(
                        &place,
                        path,
                        (&parameter["schema"], &kept["schema"]),
                        Side::Request,
                    );
                }
                None => self.found.push(format!("{place}: the parameter {name} is gone")),
            }
        }
        for parameter in items(&new["parameters"]).filter(|it| it["required"] == true) {
            let name = &parameter["name"];
            if named(&old["parameters"], name).is_none_or(|before| before["required"] != true) {
                self.found.push(format!("{place}: the parameter {name} is required now"));
            }
        }
    }

    fn content(&mut self, place: &str, old: &'a Value, new: &'a Value, side: Side) {
        let schema = |it: &'a Value| &it["content"]["application/json"]["schema"];
        self.schema(place, "", (schema(old), schema(new)), side);
    }

    /// Compares two schemas; `path` is where they stand in the body.
    fn schema(&mut self, place: &str, path: &str, (old, new): (&'a Value, &'a Value), side: Side) {
        let (old, new) = (resolved(self.old, old), resolved(self.new, new));
        let (were, are) = (types(self.old, old), types(self.new, new));
        let (said, understood) = if side == Side::Request { (&were, &are) } else { (&are, &were) };
        if !said.is_subset(understood) {
            self.found.push(format!("{place}{path} has another type"));
        }
        if side == Side::Request {
            for value in gone(&old["enum"], &new["enum"]) {
                self.found.push(format!("{place}{path} cannot be {value} any more"));
            }
        }
        for (name, property) in entries(&old["properties"]) {
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            match new["properties"].get(name) {
                Some(kept) => self.schema(place, &path, (property, kept), side),
                None => self.found.push(format!("{place}{path} is gone")),
            }
        }
        let (before, after, change) = match side {
            Side::Request => (&new["required"], &old["required"], "is required now"),
            Side::Answer => (&old["required"], &new["required"], "may be absent now"),
        };
        for name in gone(before, after) {
            // What is gone altogether has been said.
            if side == Side::Request || new["properties"].get(name).is_some() {
                self.found.push(format!("{place}{path}{}{name} {change}", dot(path)));
            }
        }
        if old.get("items").is_some() {
            self.schema(place, &format!("{path}[]"), (&old["items"], &new["items"]), side);
        }
    }
}

fn dot(path: &str) -> &'static str {
    if path.is_empty() { "" } else { "." }
}

/// What a reference stands for; of a choice between something and null, the something.
fn resolved<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    loop {
        let options = items(&value["anyOf"]).find(|option| option["type"] != "null");
        let target =
            value["$ref"].as_str().and_then(|target| document.pointer(target.strip_prefix('#')?));
        match target.or(options) {
            Some(inner) => value = inner,
            None => return value,
        }
    }
}

/// The types that a schema allows.
fn types<'a>(document: &'a Value, schema: &'a Value) -> BTreeSet<&'a str> {
    match &schema["type"] {
        Value::String(only) => BTreeSet::from([only.as_str()]),
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => {
            items(&schema["anyOf"]).flat_map(|it| types(document, resolved(document, it))).collect()
        }
    }
}

/// The texts of one list that another lacks.
fn gone<'a>(before: &'a Value, after: &'a Value) -> impl Iterator<Item = &'a str> {
    let lacks = move |text: &&str| !items(after).any(|kept| kept == text);
    items(before).filter_map(Value::as_str).filter(lacks)
}

fn entries(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn items(array: &Value) -> impl Iterator<Item = &Value> {
    array.as_array().into_iter().flatten()
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;

    /// A description with one operation, whose body and answer are both a `Thing`.
    fn description() -> Value {
        let content =
            json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } });
        json!({
            "paths": { "/things": { "post": {
                "parameters": [{ "name": "limit", "in": "query", "schema": { "type": "integer" } }],
                "requestBody": { "required": false, "content": content },
                "responses": {
                    "200": { "content": content },
                    "409": { "$ref": "#/components/responses/Conflict" },
                },
            } } },
            "components": {
                "responses": { "Conflict": { "x-error-codes": ["busy", "late"] } },
                "schemas": {
                    "Thing": {
                        "type": "object",
                        "required": ["name"],
                        "properties": {
                            "name": { "type": "string" },
                            "kind": { "type": "string", "enum": ["a", "b"] },
                            "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Part" } },
                            "cut": { "anyOf": [{ "$ref": "#/components/schemas/Part" }, { "type": "null" }] },
                        },
                    },
                    "Part": {
                        "type": "object",
                        "properties": { "size": { "type": ["integer", "null"] } },
                    },
                },
            },
        })
    }

    /// What is found when one place of the description has changed.
    fn found(place: &str, value: Value) -> Vec<String> {
        let mut new = description();
        *new.pointer_mut(place).expect("there is such a place") = value;
        let mut found = breaking_changes(&description(), &new);
        found.sort_unstable();
        found
    }

    const OPERATION: &str = "/paths/~1things/post";

    #[test]
    fn what_is_gone_is_named() {
        let operation = |rest: &str| format!("{OPERATION}{rest}");
        let thing = |rest: &str| format!("/components/schemas/Thing{rest}");
        for (place, value, told) in [
            ("/paths/~1things".to_owned(), json!({}), "POST /things: the operation is gone"),
            (operation("/parameters"), json!([]), "POST /things: the parameter \"limit\" is gone"),
            (
                operation("/responses/409"),
                json!({ "x-error-codes": ["late"] }),
                "POST /things: the code busy is gone",
            ),
            (
                operation("/responses"),
                json!({ "200": description()["paths"]["/things"]["post"]["responses"]["200"] }),
                "POST /things: the status 409 is gone",
            ),
            (
                operation("/requestBody/required"),
                json!(true),
                "POST /things: the body is required now",
            ),
            (
                thing("/properties/kind/enum"),
                json!(["b"]),
                "POST /things: kind cannot be a any more",
            ),
            (thing("/required"), json!(["name", "kind"]), "POST /things: kind is required now"),
            (thing("/required"), json!([]), "POST /things 200: name may be absent now"),
        ] {
            assert_eq!(found(&place, value), [told]);
        }
    }

    #[test]
    fn a_field_that_is_gone_or_of_another_type_is_told_for_both_sides_and_within_lists() {
        let parts = "/components/schemas/Part/properties";
        let both = |what: &str| {
            let places = ["cut.size", "parts[].size"].map(|it| format!("{it} {what}"));
            let [cut, parts] = &places;
            [
                ("POST /things 200: ", cut),
                ("POST /things 200: ", parts),
                ("POST /things: ", cut),
                ("POST /things: ", parts),
            ]
            .map(|(place, it)| format!("{place}{it}"))
        };
        assert_eq!(found(parts, json!({})), both("is gone"));
        assert_eq!(found(&format!("{parts}/size/type"), json!("string")), both("has another type"));
        // Narrower is harmless in an answer, wider in a request.
        let narrower = found(&format!("{parts}/size/type"), json!("integer"));
        assert_eq!(narrower, both("has another type")[2..]);
    }

    #[test]
    fn what_is_added_breaks_nobody() {
        let thing = "/components/schemas/Thing/properties/cut";
        for (place, value) in [
            (thing, json!({ "$ref": "#/components/schemas/Part", "description": "more" })),
            ("/components/responses/Conflict/x-error-codes", json!(["busy", "late", "new"])),
            (
                "/components/schemas/Part/properties",
                json!({ "size": { "type": ["integer", "null"] }, "md5": {} }),
            ),
            (OPERATION, description()["paths"]["/things"]["post"].clone()),
        ] {
            assert!(found(place, value).is_empty(), "{place}");
        }
    }
}
