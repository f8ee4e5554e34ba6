//! `/polar`: the file API of Polar, for its own clients.

mod annotation;
mod complete_upload;
mod create_file;
mod delete_file;
mod download_file;
mod errors;
mod list_files;
mod organization;
mod parts;
mod paths;
mod service;
mod update_file;
mod views;

use shared::domain::{Access, Category, Credentials, Scope};
use shared::http::{self, Call, Dialect, HeaderName, Reply, Request};
use shared::{BucketContext, Context, Error, Result};

use paths::Operation;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve_dialect(Polar).await
}

/// Polar's API.
struct Polar;

impl Dialect for Polar {
    type Resources = BucketContext;
    type Operation = Operation;

    /// The files API is the same in all of its versions.
    const ECHOED: Option<HeaderName> = Some(HeaderName::from_static("polar-version"));

    fn operation(&self, request: &Request) -> Result<(Operation, Access)> {
        let operation = paths::operation(request)?;
        let (scope, category) = match operation {
            Operation::CreateFile | Operation::CompleteUpload(_) | Operation::UpdateFile(_) => {
                (Scope::FilesCreate, Category::Write)
            }
            Operation::ListFiles => (Scope::FilesRead, Category::Search),
            Operation::DownloadFile(_) => (Scope::FilesRead, Category::Read),
            Operation::DeleteFile(_) => (Scope::FilesDelete, Category::Write),
        };
        Ok((operation, Access::by_key(Some(scope), category)))
    }

    async fn credentials(&self, request: &Request, _: &Context) -> Result<Credentials> {
        http::bearer_key(request).map(|key| Credentials::from(&key)).ok_or(Error::Unauthorized)
    }

    async fn handle(&self, ctx: BucketContext, call: Call, operation: Operation) -> Result<Reply> {
        match operation {
            Operation::CreateFile => create_file::create_file(ctx, call).await,
            Operation::CompleteUpload(id) => complete_upload::complete_upload(ctx, call, id).await,
            Operation::ListFiles => list_files::list_files(ctx, call).await,
            Operation::UpdateFile(id) => update_file::update_file(ctx, call, id).await,
            Operation::DeleteFile(id) => delete_file::delete_file(ctx, call, id).await,
            Operation::DownloadFile(id) => download_file::download_file(ctx, call, id).await,
        }
    }

    fn refusal(&self, error: &Error) -> Reply {
        errors::refusal(error)
    }
}

#[cfg(test)]
mod tests;
