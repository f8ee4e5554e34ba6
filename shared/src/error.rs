//! Everything that can go wrong, in the caller's terms. `http::error` says each on the wire.

use std::error::Error as StdError;
use std::ops::RangeInclusive;
use std::time::Duration;

use thiserror::Error;

use crate::domain::multipart::PartFlaw;
use crate::domain::{Md5, MimeType, QuotaExceeded, Scope, TokenRefusal};
use crate::text::quoted;
use crate::uploads::Status;

/// The result of everything that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a request cannot be answered as wished. `Display` is what the caller reads.
#[derive(Debug, Error)]
pub enum Error {
    /// The body is not a JSON object in UTF-8.
    #[error("The body must be a JSON object: {reason}.")]
    InvalidJson {
        /// What is wrong with it.
        reason: String,
    },
    /// A field or query parameter that the endpoint does not have.
    #[error("There is no parameter '{param}' here.")]
    UnknownField {
        /// Its name.
        param: String,
    },
    /// A required field is absent.
    #[error("The parameter '{param}' is required.")]
    ParameterMissing {
        /// Its name.
        param: String,
    },
    /// A value of the wrong type.
    #[error("The parameter '{param}' has the wrong type: {reason}.")]
    InvalidType {
        /// The field's name.
        param: String,
        /// What was found and what was expected.
        reason: String,
    },
    /// A value of the right type that is not allowed.
    #[error("The parameter '{param}' is invalid: {reason}.")]
    InvalidValue {
        /// The field's name.
        param: String,
        /// The rule it breaks.
        reason: String,
    },
    /// A body that does not say it is JSON.
    #[error("The body must be sent as application/json.")]
    UnsupportedMediaType,
    /// No key, or none that opens anything.
    #[error("A valid API key or upload token is required: Authorization: Bearer <key>.")]
    Unauthorized,
    /// The key may not do this.
    #[error("The API key lacks the scope {needed}.")]
    MissingScope {
        /// The scope it would need.
        needed: Scope,
    },
    /// The caller holds an upload token, and only a key may do this.
    #[error("An upload token cannot do this: use an API key.")]
    ClosedToTokens,
    /// The caller's upload token does not allow the file.
    #[error("{0}.")]
    BeyondToken(TokenRefusal),
    /// There is no such upload token in the caller's workspace.
    #[error("There is no upload token with this id.")]
    NoSuchToken,
    /// There is no such file in the caller's workspace.
    #[error("There is no file with this id.")]
    NotFound,
    /// No endpoint has this path.
    #[error("There is no such path{}.", if *slashed { ": leave out the slash at its end" } else { "" })]
    NoSuchPath {
        /// Whether there would be one without the slash at its end.
        slashed: bool,
    },
    /// The path has endpoints, but none with this method.
    #[error("This path answers {allow} only.")]
    MethodNotAllowed {
        /// The methods that it has, separated by commas.
        allow: String,
    },
    /// Only a pending file can do this.
    #[error("The file is {status}, not PENDING.")]
    FileNotPending {
        /// The status found.
        status: Status,
    },
    /// Only a completed file can do this.
    #[error("The file is {status}, not COMPLETED.")]
    FileNotCompleted {
        /// The status found.
        status: Status,
    },
    /// The file is uploaded by a single PUT.
    #[error("The file is uploaded by a single PUT, it has no parts.")]
    FileNotMultipart,
    /// The file is uploaded in parts.
    #[error("The file is uploaded in parts: sign-parts signs their URLs.")]
    FileMultipart,
    /// The upload is being completed: its parts cannot change any more.
    #[error("The completion of the upload has begun: complete it, or cancel it.")]
    CompletionBegun,
    /// A completion with another MD5 has begun.
    #[error("A completion with another MD5 has begun: wait for its end.")]
    OtherClaimBegun,
    /// More bytes than S3 takes in a single PUT.
    #[error("A file over {max_bytes} bytes must be uploaded in parts: \"multipart\": {{}}.")]
    MultipartRequired {
        /// The most bytes of a single PUT.
        max_bytes: u64,
    },
    /// The parts in S3 are not the whole file, or not what the client says.
    #[error("{}", parts_mismatch(flaws.len()))]
    PartsMismatch {
        /// What is wrong with which.
        flaws: Vec<PartFlaw>,
    },
    /// Nothing has been uploaded.
    #[error(
        "S3 holds no bytes of this file: PUT them to uploadUrl, and again if an earlier PUT was answered 409."
    )]
    UploadMissing,
    /// The uploaded object has another size.
    #[error(
        "{stored} bytes were uploaded, {announced} were announced. They are gone: upload again."
    )]
    SizeMismatch {
        /// The size at create, in bytes.
        announced: u64,
        /// The size in S3, in bytes.
        stored: u64,
    },
    /// The stored bytes have another MD5.
    #[error("The MD5 of the stored bytes is {stored}. A pending upload must be sent again.")]
    ChecksumMismatch {
        /// The MD5 of the bytes in S3.
        stored: Md5,
    },
    /// Another request is just deleting an object that was not what was promised.
    #[error("A rejected upload is being removed: try again in a moment.")]
    RejectionInProgress,
    /// The `Idempotency-Key` is too long.
    #[error("The Idempotency-Key must be at most 255 characters.")]
    IdempotencyKeyTooLong,
    /// The `Idempotency-Key` was used for another body.
    #[error("This Idempotency-Key was used for a create with another body: use a new one.")]
    IdempotencyKeyReused,
    /// A create with the same `Idempotency-Key` has begun, and there is no file of it.
    #[error("There is no file yet of the create with this Idempotency-Key: try again in a moment.")]
    IdempotencyConflict,
    /// The workspace may not keep the file.
    #[error("{0}: cancel or delete files, or ask the operator for more.")]
    QuotaExceeded(QuotaExceeded),
    /// So many requests change the same thing that this one could not.
    #[error("Other requests are changing this: try again in a moment.")]
    Contended,
    /// The purpose does not admit the type.
    #[error("The purpose does not admit the type {}.", quoted(mime_type.as_str()))]
    PurposeMimeType {
        /// The type refused.
        mime_type: MimeType,
    },
    /// The purpose does not admit the size.
    #[error("The purpose admits at most {max_bytes} bytes.")]
    PurposeSize {
        /// The most bytes admitted.
        max_bytes: u64,
    },
    /// The key's limit is used up.
    #[error("The rate limit of this API key is reached.")]
    RateLimited {
        /// How long to wait.
        wait: Duration,
    },
    /// DynamoDB's clock is ahead of ours and has removed a session before its end.
    #[error("the session is not due yet")]
    TooEarly,
    /// An AWS call failed. A retry may succeed.
    #[error("{operation} is unavailable")]
    Unavailable {
        /// The AWS operation.
        operation: &'static str,
        /// What it said.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// An internal error.
    #[error("{what}")]
    Internal {
        /// What should not have happened.
        what: String,
    },
}

/// How many flawed parts an answer lists. A file has up to 10,000, and a client that sends these again
/// hears of the next ones when it completes again.
const MOST_LISTED: usize = 25;

fn parts_mismatch(flawed: usize) -> String {
    let listed = if flawed > MOST_LISTED { " The first 25 are listed." } else { "" };
    format!("{flawed} of the parts must be sent again; the others are kept.{listed}")
}

/// Refuses a parameter's number that is out of bounds.
pub(crate) fn check_bounds(param: &str, value: u64, bounds: RangeInclusive<u64>) -> Result<()> {
    if bounds.contains(&value) {
        return Ok(());
    }
    let reason = format!("must be between {} and {}", bounds.start(), bounds.end());
    Err(Error::InvalidValue { param: param.to_owned(), reason })
}

impl Error {
    /// The flawed parts that an answer names: the first ones of [`Error::PartsMismatch`].
    #[must_use]
    pub fn listed_flaws(&self) -> &[PartFlaw] {
        let Self::PartsMismatch { flaws } = self else { return &[] };
        &flaws[..flaws.len().min(MOST_LISTED)]
    }

    /// An internal error, in words for the log.
    pub(crate) fn internal(what: impl Into<String>) -> Self {
        Self::Internal { what: what.into() }
    }

    /// The error and everything beneath it in one line, for the log.
    pub(crate) fn chain(&self) -> String {
        let mut line = self.to_string();
        let mut source = self.source();
        while let Some(cause) = source {
            line.push_str(": ");
            line.push_str(&cause.to_string());
            source = cause.source();
        }
        line
    }
}
