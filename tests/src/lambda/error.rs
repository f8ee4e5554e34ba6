//! A failed invocation, in the JSON that Lambda answers it with.

use serde_json::{Value, json};

/// What the function reported of itself, or Lambda of the function: `errorType` and `errorMessage`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct FunctionError(pub Value);

impl FunctionError {
    pub(super) fn new(error_type: &str, message: impl std::fmt::Display) -> Self {
        Self(json!({ "errorType": error_type, "errorMessage": message.to_string() }))
    }
}
