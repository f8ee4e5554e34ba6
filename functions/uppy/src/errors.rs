//! Errors, as Companion says them: `error` in the words of its S3 routes, and `message`, which Uppy shows.

use serde::Serialize;
use shared::Error;
use shared::http::{self, ErrorCode, Reply, StatusCode};

#[derive(Serialize)]
struct Refusal<'a> {
    error: String,
    message: &'a str,
}

/// The answer to an error. Why something failed inside is not told outside.
pub(crate) fn refusal(error: &Error) -> Reply {
    let status = ErrorCode::of(error).status();
    let reply = match error {
        _ if status.is_server_error() => {
            reply(status, "The service is briefly unavailable: try again.")
        }
        Error::Unauthorized => {
            reply(status, "The upload token in the path is wrong, over or revoked.")
        }
        Error::NotFound => reply(status, "There is no such upload."),
        told => reply(status, &told.to_string()),
    };
    match http::recovery_header(error) {
        Some((name, value)) => reply.with(name, value),
        None => reply,
    }
}

/// A refusal in these words.
pub(crate) fn reply(status: StatusCode, message: &str) -> Reply {
    let refusal = Refusal { error: format!("s3: {message}"), message };
    Reply::json(status, &refusal).unwrap_or_else(|_| Reply::empty(status))
}
