//! `/geolens`: the API of GeoLens, for its own clients.

use lambda_http::Request;
use lambda_http::http::StatusCode;
use shared::domain::Credentials;
use shared::http::{self, Access, Call, Dialect, Reply};
use shared::{Context, Error, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), lambda_http::Error> {
    http::serve_dialect(GeoLens).await
}

/// The words of GeoLens.
struct GeoLens;

/// What its clients can ask for.
enum Operation {}

impl Dialect for GeoLens {
    type Operation = Operation;

    fn operation(&self, _request: &Request) -> Result<(Operation, Access)> {
        Err(Error::NotFound)
    }

    fn credentials(&self, request: &Request, _: &Context) -> Result<Credentials> {
        http::bearer_key(request).map(|key| Credentials::from(&key)).ok_or(Error::Unauthorized)
    }

    async fn handle(&self, _: Context, _: Call, operation: Operation) -> Result<Reply> {
        match operation {}
    }

    fn refusal(&self, _: &Error) -> Reply {
        Reply::empty(StatusCode::NOT_FOUND)
    }
}
