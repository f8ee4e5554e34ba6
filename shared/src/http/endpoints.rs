//! The endpoints of the native API, one row each: the one place that says where an endpoint is, what a
//! key needs for it, and which errors it answers.
//!
//! `main.rs` of a function names its row. Tests hold the router in Cargo.toml, README.md and the
//! template to these rows, walk them with every kind of caller, and refuse an answer whose code is not
//! in its row.

use super::Method;
use super::error::ErrorCode as Code;
use crate::domain::{Access, Category, Scope, TokenUse};

/// One endpoint.
#[derive(Debug)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path, with `{id}` for an id.
    pub path: &'static str,
    /// The function that answers it: a folder of `functions/`.
    pub function: &'static str,
    /// The scope that a key must have, if any.
    pub scope: Option<Scope>,
    /// The rate limit that a request counts against.
    pub category: Category,
    /// What it is to the holder of an upload token.
    pub tokens: TokenUse,
    codes: &'static [&'static [Code]],
}

/// `POST /v1/files`
pub const CREATE_FILE: Endpoint = Endpoint {
    method: Method::POST,
    path: "/v1/files",
    function: "create-file",
    scope: Some(Scope::FilesCreate),
    category: Category::Write,
    tokens: TokenUse::CreatesFile,
    codes: &[
        BODY,
        &[Code::PurposeMimeType, Code::PurposeSize, Code::MultipartRequired],
        &[Code::TokenSpent, Code::TokenSize, Code::TokenMimeType],
        &[Code::IdempotencyKeyReused, Code::IdempotencyConflict, Code::QuotaExceeded],
    ],
};

/// `GET /v1/files`
pub const LIST_FILES: Endpoint = Endpoint {
    method: Method::GET,
    path: "/v1/files",
    function: "list-files",
    scope: Some(Scope::FilesRead),
    category: Category::Search,
    tokens: TokenUse::Refused,
    codes: &[QUERY],
};

/// `GET /v1/files/{id}`
pub const GET_FILE: Endpoint = Endpoint {
    method: Method::GET,
    path: "/v1/files/{id}",
    function: "get-file",
    scope: Some(Scope::FilesRead),
    category: Category::Read,
    tokens: TokenUse::Admitted,
    codes: &[&[Code::NotFound]],
};

/// `PATCH /v1/files/{id}`
pub const UPDATE_FILE: Endpoint = Endpoint {
    method: Method::PATCH,
    path: "/v1/files/{id}",
    function: "update-file",
    scope: Some(Scope::FilesCreate),
    category: Category::Write,
    tokens: TokenUse::Refused,
    codes: &[BODY, &[Code::NotFound]],
};

/// `DELETE /v1/files/{id}`
pub const DELETE_FILE: Endpoint = Endpoint {
    method: Method::DELETE,
    path: "/v1/files/{id}",
    function: "delete-file",
    scope: Some(Scope::FilesDelete),
    category: Category::Write,
    tokens: TokenUse::Refused,
    codes: &[&[Code::NotFound]],
};

/// `POST /v1/files/{id}/upload-url`
pub const SIGN_UPLOAD: Endpoint = Endpoint {
    method: Method::POST,
    path: "/v1/files/{id}/upload-url",
    function: "sign-upload",
    scope: Some(Scope::FilesCreate),
    category: Category::Write,
    tokens: TokenUse::Admitted,
    codes: &[
        OPTIONAL_BODY,
        &[Code::NotFound, Code::FileNotPending, Code::FileMultipart, Code::CompletionBegun],
    ],
};

/// `POST /v1/files/{id}/parts`
pub const SIGN_PARTS: Endpoint = Endpoint {
    method: Method::POST,
    path: "/v1/files/{id}/parts",
    function: "sign-parts",
    scope: Some(Scope::FilesCreate),
    category: Category::Write,
    tokens: TokenUse::Admitted,
    codes: &[
        BODY,
        &[Code::NotFound, Code::FileNotPending, Code::FileNotMultipart, Code::CompletionBegun],
    ],
};

/// `GET /v1/files/{id}/parts`
pub const LIST_PARTS: Endpoint = Endpoint {
    method: Method::GET,
    path: "/v1/files/{id}/parts",
    function: "list-parts",
    scope: Some(Scope::FilesCreate),
    category: Category::Read,
    tokens: TokenUse::Admitted,
    codes: &[
        QUERY,
        &[
            Code::NotFound,
            Code::FileNotPending,
            Code::FileNotMultipart,
            Code::CompletionBegun,
            Code::UploadMissing,
        ],
    ],
};

/// `POST /v1/files/{id}/complete`
pub const COMPLETE_FILE: Endpoint = Endpoint {
    method: Method::POST,
    path: "/v1/files/{id}/complete",
    function: "complete-file",
    scope: Some(Scope::FilesCreate),
    category: Category::Write,
    tokens: TokenUse::Admitted,
    codes: &[
        BODY,
        &[Code::NotFound, Code::FileNotPending, Code::CompletionBegun],
        &[Code::UploadMissing, Code::PartsMismatch, Code::SizeMismatch, Code::ChecksumMismatch],
    ],
};

/// `GET /v1/files/{id}/url`
pub const GET_FILE_URL: Endpoint = Endpoint {
    method: Method::GET,
    path: "/v1/files/{id}/url",
    function: "get-file-url",
    scope: Some(Scope::FilesRead),
    category: Category::Read,
    tokens: TokenUse::Refused,
    codes: &[QUERY, &[Code::NotFound, Code::FileNotCompleted]],
};

/// `POST /v1/files/{id}/cancel`
pub const CANCEL_FILE: Endpoint = Endpoint {
    method: Method::POST,
    path: "/v1/files/{id}/cancel",
    function: "cancel-file",
    scope: Some(Scope::FilesCreate),
    category: Category::Write,
    tokens: TokenUse::Admitted,
    codes: &[OPTIONAL_BODY, &[Code::NotFound, Code::FileNotPending]],
};

/// `POST /v1/upload-tokens`
pub const CREATE_UPLOAD_TOKEN: Endpoint = Endpoint {
    method: Method::POST,
    path: "/v1/upload-tokens",
    function: "create-upload-token",
    scope: Some(Scope::FilesCreate),
    category: Category::Write,
    tokens: TokenUse::Refused,
    codes: &[OPTIONAL_BODY, &[Code::InvalidType]],
};

/// `DELETE /v1/upload-tokens/{id}`
pub const REVOKE_UPLOAD_TOKEN: Endpoint = Endpoint {
    method: Method::DELETE,
    path: "/v1/upload-tokens/{id}",
    function: "revoke-upload-token",
    scope: Some(Scope::FilesCreate),
    category: Category::Write,
    tokens: TokenUse::Refused,
    codes: &[&[Code::NotFound]],
};

/// `GET /v1/auth/validate`
pub const VALIDATE_KEY: Endpoint = Endpoint {
    method: Method::GET,
    path: "/v1/auth/validate",
    function: "validate-key",
    scope: None,
    category: Category::Read,
    tokens: TokenUse::Admitted,
    codes: &[],
};

/// `GET /v1/usage`
pub const GET_USAGE: Endpoint = Endpoint {
    method: Method::GET,
    path: "/v1/usage",
    function: "get-usage",
    scope: Some(Scope::FilesRead),
    category: Category::Read,
    tokens: TokenUse::Refused,
    codes: &[],
};

/// All of them.
pub const ALL: [&Endpoint; 15] = [
    &CREATE_FILE,
    &LIST_FILES,
    &GET_FILE,
    &UPDATE_FILE,
    &DELETE_FILE,
    &SIGN_UPLOAD,
    &SIGN_PARTS,
    &LIST_PARTS,
    &COMPLETE_FILE,
    &GET_FILE_URL,
    &CANCEL_FILE,
    &CREATE_UPLOAD_TOKEN,
    &REVOKE_UPLOAD_TOKEN,
    &VALIDATE_KEY,
    &GET_USAGE,
];

/// What every endpoint answers. Each takes an `Idempotency-Key`, and refuses one that is too long.
const ANY: &[Code] = &[
    Code::IdempotencyKeyTooLong,
    Code::Unauthorized,
    Code::TooManyRequests,
    Code::ServiceUnavailable,
    Code::InternalServerError,
];
/// What an endpoint with a query answers.
const QUERY: &[Code] = &[Code::UnknownField, Code::InvalidType, Code::InvalidValue];
/// What an endpoint with a body that may be left out answers.
const OPTIONAL_BODY: &[Code] =
    &[Code::InvalidJson, Code::UnsupportedMediaType, Code::UnknownField, Code::InvalidValue];
/// What an endpoint with a body answers.
const BODY: &[Code] = &[
    Code::InvalidJson,
    Code::UnsupportedMediaType,
    Code::UnknownField,
    Code::ParameterMissing,
    Code::InvalidType,
    Code::InvalidValue,
];

impl Endpoint {
    /// What the endpoint demands of a key.
    pub(crate) const fn access(&self) -> Access {
        Access { scope: self.scope, category: self.category, tokens: self.tokens }
    }

    /// Whether the endpoint has this path, by whatever method. Any text that is not empty may be an id.
    #[must_use]
    pub fn is_at(&self, path: &str) -> bool {
        let (named, asked) = (self.path.split('/'), path.split('/'));
        let fits =
            |(named, asked): (&str, &str)| named == asked || named == "{id}" && !asked.is_empty();
        named.clone().count() == asked.clone().count() && named.zip(asked).all(fits)
    }

    /// Every error that the endpoint answers.
    pub fn codes(&self) -> impl Iterator<Item = Code> {
        let missing_scope = self.scope.map(|_| Code::MissingScope);
        let own = self.codes.iter().copied().flatten().copied();
        ANY.iter().copied().chain(missing_scope).chain(own)
    }
}
