//! `/uppy`: the S3 multipart routes of Companion, for Uppy in a browser.
//!
//! Uppy sends Companion neither a header nor a cookie of its own, so the upload token stands in the path:
//! `/uppy/<token>` is Uppy's `endpoint`. The log names routes, and never the path. A key in the path opens
//! nothing, because what stands in a URL is soon known to many.
//!
//! An upload of Uppy's is a file here, and its id is the file's.

mod complete_upload;
mod create_upload;
mod errors;
mod parts;
mod paths;

use shared::domain::{Access, Category, Credentials, Milestone, TokenUse};
use shared::http::{self, Call, Dialect, Reply, Request};
use shared::{BucketContext, Context, Error, Result, uploads};

use paths::Operation;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve_dialect(Uppy).await
}

/// Companion's S3 routes.
struct Uppy;

impl Dialect for Uppy {
    type Resources = BucketContext;
    type Operation = Operation;

    fn operation(&self, request: &Request) -> Result<(Operation, Access)> {
        let operation = paths::operation(request)?;
        let (category, tokens) = match operation {
            Operation::CreateUpload => (Category::Write, TokenUse::CreatesFile),
            Operation::CompleteUpload(_) | Operation::AbortUpload(_) => {
                (Category::Write, TokenUse::Admitted)
            }
            Operation::ListParts(_)
            | Operation::SignPart(..)
            | Operation::SignParts(_)
            | Operation::SignPut => (Category::Read, TokenUse::Admitted),
        };
        Ok((operation, Access { scope: None, category, tokens }))
    }

    async fn credentials(&self, request: &Request, _: &Context) -> Result<Credentials> {
        paths::token(request).map(|token| Credentials::from(&token)).ok_or(Error::Unauthorized)
    }

    async fn handle(&self, ctx: BucketContext, call: Call, operation: Operation) -> Result<Reply> {
        match operation {
            Operation::CreateUpload => create_upload::create_upload(ctx, call).await,
            Operation::ListParts(upload) => parts::list_parts(ctx, call, upload.file()?).await,
            Operation::SignPart(upload, number) => {
                parts::sign_part(ctx, call, upload.file()?, &number).await
            }
            Operation::SignParts(upload) => parts::sign_parts(ctx, call, upload.file()?).await,
            Operation::CompleteUpload(upload) => {
                complete_upload::complete_upload(ctx, call, upload.file()?).await
            }
            Operation::AbortUpload(upload) => {
                uploads::cancel(&ctx, call.caller().await, upload.file()?).await?;
                Ok(Reply::ok(&serde_json::json!({}))?.marking(Milestone::Cancelled))
            }
            // A form that is posted cannot be held to a size and a checksum as a PUT can.
            Operation::SignPut => Ok(errors::reply(
                http::StatusCode::NOT_FOUND,
                "Files are uploaded in parts here: set shouldUseMultipart to true.",
            )),
        }
    }

    fn refusal(&self, error: &Error) -> Reply {
        errors::refusal(error)
    }
}

#[cfg(test)]
mod tests;
