//! Schemas of the types on the wire, as people and generators of clients read them best.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The schemas that have been asked for. A request is what the parser takes, an answer what the view says.
pub(crate) struct Schemas {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

impl Schemas {
    pub(crate) fn new() -> Self {
        let settings = || {
            let mut settings = SchemaSettings::draft2020_12();
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
            settings
        };
        Self {
            requests: settings().for_deserialize().into_generator(),
            answers: settings().for_serialize().into_generator(),
        }
    }

    /// A reference to the schema of a request's body.
    pub(crate) fn request<T: JsonSchema>(&mut self) -> Value {
        self.requests.subschema_for::<T>().to_value()
    }

    /// A reference to the schema of an answer's body.
    pub(crate) fn answer<T: JsonSchema>(&mut self) -> Value {
        self.answers.subschema_for::<T>().to_value()
    }

    /// The components that the references name.
    pub(crate) fn into_components(mut self) -> Map<String, Value> {
        let mut components = self.requests.take_definitions(true);
        for schema in components.values_mut() {
            simplify(schema);
            forget_defaults(schema);
        }
        let mut answers = self.answers.take_definitions(true);
        for schema in answers.values_mut() {
            simplify(schema);
            absent_is_not_null(schema);
        }
        components.append(&mut answers);
        components
    }
}

/// The name of a field, and its schema.
pub(crate) type Field = (String, Value);

/// The fields of a query.
pub(crate) fn fields<T: JsonSchema>() -> Vec<Field> {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    simplify(&mut schema);
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    properties.into_iter().collect()
}

/// The names that a field-less enum has on the wire, each with its description.
pub(crate) fn names<T: JsonSchema>() -> Vec<(String, String)> {
    let schema: Schema = schemars::schema_for!(T);
    let names = alternatives(schema.as_value()).unwrap_or_default();
    names.into_iter().map(|(name, meaning)| (name, unwrapped(&meaning))).collect()
}

/// A doc comment's paragraphs without the breaks of its lines.
fn unwrapped(comment: &str) -> String {
    let paragraphs = comment.split("\n\n").map(|it| it.replace('\n', " "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// Makes a schema plainer, everywhere in it: names as one `enum`, integers in the formats of OpenAPI.
fn simplify(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(simplify),
        Value::Object(object) => {
            object.values_mut().for_each(simplify);
            if let Some(Value::String(description)) = object.get_mut("description") {
                *description = unwrapped(description);
            }
            let format = object.get("format").and_then(Value::as_str);
            if let Some(format) = format.and_then(signed) {
                object.insert("format".to_owned(), format.into());
            }
            if let Some(names) = alternatives(schema) {
                enumerate(schema, &names);
            }
        }
        _ => {}
    }
}

/// The format of OpenAPI that holds all integers of this one.
fn signed(format: &str) -> Option<&'static str> {
    match format {
        "uint8" | "uint16" => Some("int32"),
        "uint32" | "uint64" => Some("int64"),
        _ => None,
    }
}

/// The names among which a schema chooses, with their descriptions, if that is all it does.
fn alternatives(schema: &Value) -> Option<Vec<(String, String)>> {
    let told = |it: &Value| {
        let name = it["const"].as_str()?.to_owned();
        Some((name, it["description"].as_str().unwrap_or_default().to_owned()))
    };
    schema["oneOf"].as_array()?.iter().map(told).collect()
}

/// Turns alternatives into an `enum`, and their descriptions into a list.
fn enumerate(schema: &mut Value, names: &[(String, String)]) {
    let before = schema["description"].as_str().unwrap_or_default().to_owned();
    let description = format!("{before}\n\n{}", bullets(names));
    let names: Vec<_> = names.iter().map(|(name, _)| name).collect();
    *schema = json!({ "type": "string", "enum": names, "description": description });
}

/// A list of names and what each means.
pub(crate) fn bullets<T: AsRef<str>>(names: &[(T, T)]) -> String {
    let bullet = |(name, meaning): &(T, T)| format!("- `{}`: {}", name.as_ref(), meaning.as_ref());
    names.iter().map(bullet).collect::<Vec<_>>().join("\n")
}

/// A field of a request that has a default may be left out. Some generators demand it of clients all the same,
/// unless they do not know of the default.
fn forget_defaults(schema: &mut Value) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut) {
        if let Some(property) = property.as_object_mut() {
            property.remove("default");
        }
    }
}

/// A field that an answer may leave out is never null in it.
fn absent_is_not_null(schema: &mut Value) {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for (name, property) in properties {
        if !required.iter().any(|it| it == name) {
            drop_null(property);
        }
    }
}

fn drop_null(property: &mut Value) {
    let null = json!({ "type": "null" });
    let Some(property) = property.as_object_mut() else { return };
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|it| it != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            property.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(mut options)) = property.remove("anyOf") {
        options.retain(|it| *it != null);
        for option in options.iter().filter_map(Value::as_object) {
            property.extend(option.clone());
        }
    }
}
