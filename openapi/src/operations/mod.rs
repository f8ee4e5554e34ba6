//! What each operation is for, what it takes and what it answers.

mod files;
mod keys;
mod uploads;

use schemars::JsonSchema;
use serde_json::{Value, json};
use shared::http::{Endpoint, endpoints};

use crate::schemas::{Field, Schemas};

/// The prose of an operation, and the types of its bodies.
pub(crate) struct Operation {
    pub(crate) tag: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) description: &'static str,
    pub(crate) query: Option<fn() -> Vec<Field>>,
    /// Whether an `Idempotency-Key` has an effect.
    pub(crate) idempotent: bool,
    pub(crate) request: Option<Request>,
    pub(crate) answers: Vec<Answer>,
    /// The operations that take the id of the file in the answer.
    pub(crate) links: &'static [&'static Endpoint],
}

/// The body of a request.
pub(crate) struct Request {
    pub(crate) schema: fn(&mut Schemas) -> Value,
    pub(crate) required: bool,
}

/// A success.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) description: &'static str,
    pub(crate) schema: Option<fn(&mut Schemas) -> Value>,
}

/// The groups of operations, each with what it is about.
pub(crate) const TAGS: [(&str, &str); 4] = [
    ("Files", "Upload files, list them and download them."),
    ("Parts", "Upload large files in parts, several at a time, and resume what was interrupted."),
    ("Upload tokens", "Let people without keys upload from a page."),
    ("Keys", "Find out what a key may do, and what its workspace keeps."),
];

const NONE: Operation = Operation {
    tag: "Files",
    summary: "",
    description: "",
    query: None,
    idempotent: false,
    request: None,
    answers: Vec::new(),
    links: &[],
};

const FILE_LINKS: &[&Endpoint] =
    &[&endpoints::GET_FILE, &endpoints::GET_FILE_URL, &endpoints::DELETE_FILE];

const UPLOAD_LINKS: &[&Endpoint] = &[
    &endpoints::COMPLETE_FILE,
    &endpoints::CANCEL_FILE,
    &endpoints::SIGN_UPLOAD,
    &endpoints::SIGN_PARTS,
    &endpoints::LIST_PARTS,
    &endpoints::GET_FILE,
    &endpoints::DELETE_FILE,
];

/// The body of a request that follows a link, where it needs one.
pub(crate) fn body_of_link(to: &Endpoint) -> Option<Value> {
    match to.function {
        "complete-file" => Some(json!({})),
        "sign-parts" => Some(json!({ "partNumbers": [1] })),
        _ => None,
    }
}

/// The operation of an endpoint.
///
/// # Errors
///
/// Nothing is said of the endpoint: its function's name.
pub(crate) fn of(endpoint: &Endpoint) -> Result<Operation, &'static str> {
    let function = endpoint.function;
    let operation = uploads::of(function).or_else(|| files::of(function));
    operation.or_else(|| keys::of(function)).ok_or(function)
}

const fn ok<T: JsonSchema>(description: &'static str) -> Answer {
    Answer { status: 200, description, schema: Some(Schemas::answer::<T>) }
}

const fn request<T: JsonSchema>(required: bool) -> Request {
    Request { schema: Schemas::request::<T>, required }
}
