//! A function that answers what it was asked, and misbehaves on request: the gateway's own test.
//!
//! Query: `print=TEXT` writes a line; `hold=HOST:PORT` waits until that address hangs up; `fail` is an
//! error of the function; `raw` answers the body alone.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use lambda_http::{Body, Error, Request, RequestExt, Response, http::header, service_fn};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_http::run(service_fn(echo)).await
}

async fn echo(request: Request) -> Result<Response<Body>, Error> {
    let query = request.query_string_parameters();
    if let Some(text) = query.first("print") {
        print(text);
    }
    if let Some(address) = query.first("hold") {
        hold(address).await?;
    }
    if query.first("fail").is_some() {
        return Err("failed as asked".into());
    }
    if query.first("raw").is_some() {
        let raw = Response::builder().header(header::CONTENT_TYPE, "application/octet-stream");
        return Ok(raw.body(Body::Binary(request.into_body().to_vec()))?);
    }
    let json = Response::builder().header(header::CONTENT_TYPE, "application/json");
    Ok(json.body(seen(&request)?.to_string().into())?)
}

fn seen(request: &Request) -> Result<Value, Error> {
    let headers: Vec<(&str, &str)> = request
        .headers()
        .iter()
        .map(|(name, value)| Ok((name.as_str(), value.to_str()?)))
        .collect::<Result<_, Error>>()?;
    let query = request.query_string_parameters();
    let query: BTreeMap<_, _> = query.iter().map(|(name, _)| (name, query.all(name))).collect();
    Ok(json!({
        "method": request.method().as_str(),
        "path": request.raw_http_path(),
        "query": query,
        "pathParameters": request.path_parameters().iter().collect::<Vec<_>>(),
        "headers": headers,
        "bodyBase64": BASE64.encode(request.body()),
        "requestContext": request.request_context(),
        "environment": std::env::vars().collect::<BTreeMap<_, _>>(),
        "processId": std::process::id(),
    }))
}

#[expect(clippy::print_stdout, reason = "a function's log is its standard output")]
fn print(text: &str) {
    println!("{text}");
}

async fn hold(address: &str) -> std::io::Result<()> {
    TcpStream::connect(address).await?.read_to_end(&mut Vec::new()).await.map(|_| ())
}
