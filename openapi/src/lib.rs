//! The OpenAPI 3.1 description of the native API.
//!
//! Nothing is written down twice: paths, scopes, categories and codes come from [`shared::http::endpoints`],
//! statuses and meanings of codes from [`shared::http::ErrorCode`], schemas and their descriptions from the
//! types that parse a request and say an answer. Only what an operation is for stands here. Examples are
//! what a test has received: it makes the description, and compares it with the one that is committed.

mod breaking;
mod document;
mod examples;
mod llms;
mod operations;
mod responses;
mod schemas;

pub use breaking::breaking_changes;
pub use document::document;
pub use examples::Examples;
pub use llms::llms;
