//! `$default`: answer what no other route matches, in the API's own words.
//!
//! API Gateway would say `{"message":"Not Found"}`, whether the path or only the method is wrong.

use shared::http::{self, Reply, Request};
use shared::{Exit, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Exit {
    http::serve_open(no_route).await
}

fn no_route(request: &Request) -> Result<Reply> {
    Err(http::no_endpoint(request))
}

#[cfg(test)]
mod tests;
