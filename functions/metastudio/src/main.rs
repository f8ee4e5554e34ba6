//! `/metastudio`: the API of MetaStudio, for its own clients.

mod complete_file;
mod create_file;
mod create_large_file;
mod credentials;
mod delete_file;
mod errors;
mod operation;
mod secrets;
mod signature;
mod upload;
mod views;

use shared::domain::{Access, Credentials, FileId};
use shared::http::{self, Call, Dialect, Reply, Request};
use shared::{BucketContext, Context, Error, Resources, Result};

use operation::Operation;
use secrets::KnownSecrets;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    let context = BucketContext::from_environment()?;
    let source = context.secrets();
    let secrets = KnownSecrets::read(source, &context).await;
    http::serve_dialect_in(context, MetaStudio { secrets }).await
}

/// MetaStudio's API.
struct MetaStudio {
    secrets: KnownSecrets,
}

impl Dialect for MetaStudio {
    type Resources = BucketContext;
    type Operation = Operation;

    fn operation(&self, request: &Request) -> Result<(Operation, Access)> {
        let operation = Operation::find(request.method(), request.path())?;
        let access = operation.access();
        Ok((operation, access))
    }

    async fn credentials(&self, request: &Request, context: &Context) -> Result<Credentials> {
        let found = credentials::find(request, context, &self.secrets).await;
        found.ok_or(Error::Unauthorized)
    }

    async fn handle(&self, ctx: BucketContext, call: Call, operation: Operation) -> Result<Reply> {
        match operation {
            Operation::CreateFile => create_file::create_file(ctx, call).await,
            Operation::CreateLargeFile => create_large_file::create_large_file(ctx, call).await,
            Operation::CompleteFile(id) => {
                complete_file::complete_file(ctx, call, file(&id)?).await
            }
            Operation::DeleteFile(id) => delete_file::delete_file(ctx, call, file(&id)?).await,
        }
    }

    fn refusal(&self, error: &Error) -> Reply {
        errors::reply(error)
    }
}

/// The file of an id, which is a UUID here; any other was never one of ours.
fn file(id: &str) -> Result<FileId> {
    FileId::from_uuid(id).map_err(|_| Error::NotFound)
}

#[cfg(test)]
mod tests;
