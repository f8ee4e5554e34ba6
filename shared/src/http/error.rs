//! Every error on the wire: its code by one exhaustive match, and its status, type and headers by
//! another, so that a new one cannot be forgotten.

use http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Error;
use crate::domain::TokenRefusal;

/// How an error is answered.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) status: StatusCode,
    kind: &'static str,
    code: Option<&'static str>,
    pub(super) headers: Headers,
}

/// What clients branch on: the `code` of an error, or its `type` where it has no code of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ErrorCode {
    /// The body is not one JSON object in UTF-8, or is larger than 2 MiB.
    InvalidJson,
    /// `param` is a field or a query parameter that the endpoint does not have.
    UnknownField,
    /// The required field `param` is absent.
    ParameterMissing,
    /// `param` has a value of the wrong type.
    InvalidType,
    /// `param` has a value that is not allowed.
    InvalidValue,
    /// The body does not say that it is `application/json`.
    UnsupportedMediaType,
    /// There is no key or upload token, or it was never issued, or it is over or revoked.
    Unauthorized,
    /// The key lacks the scope that the endpoint needs, or an upload token cannot do this.
    MissingScope,
    /// All files that the upload token allows have been created.
    TokenSpent,
    /// The upload token does not admit the size.
    TokenSize,
    /// The upload token does not admit the media type.
    TokenMimeType,
    /// There is no such file or upload token that the key can reach, or the API has no such path.
    NotFound,
    /// The path has no endpoint for this method; `Allow` names those that it has.
    MethodNotAllowed,
    /// Only a PENDING file can do this.
    FileNotPending,
    /// The file is uploaded by a single PUT.
    FileNotMultipart,
    /// The file is uploaded in parts.
    FileMultipart,
    /// The completion of the upload has begun: its parts cannot change any more, and no other MD5 can be
    /// claimed. Repeat complete-file, or cancel the file.
    CompletionBegun,
    /// Only a COMPLETED file can do this.
    FileNotCompleted,
    /// A file over 5 GiB is uploaded in parts: create it with `multipart`.
    MultipartRequired,
    /// Some parts are missing or wrong; `parts` names the first 25. The others are kept.
    PartsMismatch,
    /// S3 holds no bytes of this file. PUT them, and complete again.
    UploadMissing,
    /// The stored bytes have another size than was announced. They are gone: PUT again.
    SizeMismatch,
    /// The stored bytes have another MD5 than was claimed. A PENDING file's bytes are gone: PUT again.
    ChecksumMismatch,
    /// The `Idempotency-Key` is longer than 255 characters.
    IdempotencyKeyTooLong,
    /// The `Idempotency-Key` was used in the last 24 hours for a create with another body.
    IdempotencyKeyReused,
    /// A create with this `Idempotency-Key` is under way, or died less than a minute ago, or its file was deleted:
    /// repeat it after `Retry-After`.
    IdempotencyConflict,
    /// The workspace's quota leaves no room for the file. Cancel or delete files.
    QuotaExceeded,
    /// The purpose does not admit the media type.
    PurposeMimeType,
    /// The purpose does not admit the size.
    PurposeSize,
    /// The key has used up its limit: wait as long as `Retry-After` says.
    TooManyRequests,
    /// The service is briefly unavailable: retry after `Retry-After`.
    ServiceUnavailable,
    /// The service failed. Its operator finds the cause by the request's id.
    InternalServerError,
}

/// What an error adds to the answer's headers.
#[derive(Debug)]
pub(super) enum Headers {
    /// Nothing.
    None,
    /// `WWW-Authenticate: Bearer`.
    Challenge,
    /// `Allow`, with the methods that there are.
    Allow,
    /// `Retry-After`, as [`retry_after`] tells it.
    RetryAfter,
    /// `x-should-retry: false`: the official client of the API that we are compatible with sends a
    /// 409 three times otherwise.
    NeverRetry,
}

impl ErrorCode {
    /// The code of an error.
    #[must_use]
    pub const fn of(error: &Error) -> Self {
        use Error as E;
        match error {
            E::InvalidJson { .. } => Self::InvalidJson,
            E::UnknownField { .. } => Self::UnknownField,
            E::ParameterMissing { .. } => Self::ParameterMissing,
            E::InvalidType { .. } => Self::InvalidType,
            E::InvalidValue { .. } => Self::InvalidValue,
            E::UnsupportedMediaType => Self::UnsupportedMediaType,
            E::Unauthorized => Self::Unauthorized,
            E::MissingScope { .. } | E::ClosedToTokens => Self::MissingScope,
            E::BeyondToken(TokenRefusal::Spent) => Self::TokenSpent,
            E::BeyondToken(TokenRefusal::Size { .. }) => Self::TokenSize,
            E::BeyondToken(TokenRefusal::MimeType) => Self::TokenMimeType,
            E::NotFound | E::NoSuchToken | E::NoSuchPath { .. } => Self::NotFound,
            E::MethodNotAllowed { .. } => Self::MethodNotAllowed,
            E::FileNotPending { .. } => Self::FileNotPending,
            E::FileNotMultipart => Self::FileNotMultipart,
            E::FileMultipart => Self::FileMultipart,
            E::CompletionBegun | E::OtherClaimBegun => Self::CompletionBegun,
            E::FileNotCompleted { .. } => Self::FileNotCompleted,
            E::MultipartRequired { .. } => Self::MultipartRequired,
            E::PartsMismatch { .. } => Self::PartsMismatch,
            E::UploadMissing => Self::UploadMissing,
            E::SizeMismatch { .. } => Self::SizeMismatch,
            E::ChecksumMismatch { .. } => Self::ChecksumMismatch,
            E::IdempotencyKeyTooLong => Self::IdempotencyKeyTooLong,
            E::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            E::IdempotencyConflict => Self::IdempotencyConflict,
            E::QuotaExceeded(_) => Self::QuotaExceeded,
            E::PurposeMimeType { .. } => Self::PurposeMimeType,
            E::PurposeSize { .. } => Self::PurposeSize,
            E::RateLimited { .. } => Self::TooManyRequests,
            E::RejectionInProgress | E::Contended | E::TooEarly | E::Unavailable { .. } => {
                Self::ServiceUnavailable
            }
            E::Internal { .. } => Self::InternalServerError,
        }
    }

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        let wire = self.wire();
        match wire.code {
            Some(code) => code,
            None => wire.kind,
        }
    }

    /// The `type` of the error.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        self.wire().kind
    }

    /// The `code` of the error, if it has one.
    #[must_use]
    pub const fn code(self) -> Option<&'static str> {
        self.wire().code
    }

    /// The header that the error adds, if it adds one.
    #[must_use]
    pub const fn header(self) -> Option<&'static str> {
        match self.wire().headers {
            Headers::None => None,
            Headers::Challenge => Some("WWW-Authenticate"),
            Headers::Allow => Some("Allow"),
            Headers::RetryAfter => Some("Retry-After"),
            Headers::NeverRetry => Some("x-should-retry"),
        }
    }

    /// The status of the answer.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        self.wire().status
    }

    /// How an error with this code is answered.
    pub(super) const fn wire(self) -> Wire {
        match self {
            Self::InvalidJson => bad_request("invalid_json"),
            Self::UnknownField => bad_request("unknown_field"),
            Self::ParameterMissing => bad_request("parameter_missing"),
            Self::InvalidType => bad_request("invalid_type"),
            Self::InvalidValue => bad_request("invalid_value"),
            Self::UnsupportedMediaType => {
                plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", Headers::None)
            }
            Self::Unauthorized => {
                plain(StatusCode::UNAUTHORIZED, "unauthorized", Headers::Challenge)
            }
            Self::MissingScope => forbidden("missing_scope"),
            Self::TokenSpent => forbidden("token_spent"),
            Self::TokenSize => unprocessable("token_size"),
            Self::TokenMimeType => unprocessable("token_mime_type"),
            Self::NotFound => plain(StatusCode::NOT_FOUND, "not_found", Headers::None),
            Self::MethodNotAllowed => {
                plain(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", Headers::Allow)
            }
            Self::FileNotPending => conflict("file_not_pending"),
            Self::FileNotMultipart => conflict("file_not_multipart"),
            Self::FileMultipart => conflict("file_multipart"),
            Self::CompletionBegun => conflict("completion_begun"),
            Self::FileNotCompleted => conflict("file_not_completed"),
            Self::MultipartRequired => unprocessable("multipart_required"),
            Self::PartsMismatch => unprocessable("parts_mismatch"),
            Self::UploadMissing => unprocessable("upload_missing"),
            Self::SizeMismatch => unprocessable("size_mismatch"),
            Self::ChecksumMismatch => unprocessable("checksum_mismatch"),
            Self::IdempotencyKeyTooLong => bad_request("idempotency_key_too_long"),
            Self::IdempotencyKeyReused => conflict("idempotency_key_reused"),
            Self::IdempotencyConflict => {
                plain(StatusCode::CONFLICT, "idempotency_conflict", Headers::RetryAfter)
            }
            Self::QuotaExceeded => unprocessable("quota_exceeded"),
            Self::PurposeMimeType => unprocessable("purpose_mime_type"),
            Self::PurposeSize => unprocessable("purpose_size"),
            Self::TooManyRequests => {
                plain(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", Headers::RetryAfter)
            }
            Self::ServiceUnavailable => {
                plain(StatusCode::SERVICE_UNAVAILABLE, "service_unavailable", Headers::RetryAfter)
            }
            Self::InternalServerError => {
                plain(StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error", Headers::None)
            }
        }
    }
}

const fn bad_request(code: &'static str) -> Wire {
    coded(StatusCode::BAD_REQUEST, "bad_request", code, Headers::None)
}

const fn forbidden(code: &'static str) -> Wire {
    coded(StatusCode::FORBIDDEN, "forbidden", code, Headers::None)
}

const fn conflict(code: &'static str) -> Wire {
    coded(StatusCode::CONFLICT, "conflict", code, Headers::NeverRetry)
}

const fn unprocessable(code: &'static str) -> Wire {
    coded(StatusCode::UNPROCESSABLE_ENTITY, "unprocessable_content", code, Headers::None)
}

const fn coded(
    status: StatusCode,
    kind: &'static str,
    code: &'static str,
    headers: Headers,
) -> Wire {
    Wire { status, kind, code: Some(code), headers }
}

const fn plain(status: StatusCode, kind: &'static str, headers: Headers) -> Wire {
    Wire { status, kind, code: None, headers }
}

/// When a request that failed may be sent again, if it may: whole seconds from now, never too early.
#[must_use]
pub(super) fn retry_after(error: &Error) -> Option<u64> {
    match error {
        // A wait of 1 ms is one second.
        Error::RateLimited { wait } => {
            Some(u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX))
        }
        Error::RejectionInProgress
        | Error::IdempotencyConflict
        | Error::Contended
        | Error::TooEarly
        | Error::Unavailable { .. } => Some(1),
        _ => None,
    }
}
