//! A function that answers what it was asked, and misbehaves on request: the gateway's own test.
//!
//! Query: `print=TEXT` writes a line; `hold=HOST:PORT` waits until that address hangs up; `fail` is an
//! error of the function; `raw` answers the body alone.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(echo)).await
}

async fn echo(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let event = event.payload;
    let query = event["rawQueryString"].as_str().unwrap_or_default();
    let query: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
    if let Some(text) = query.get("print") {
        print(text);
    }
    if let Some(address) = query.get("hold") {
        hold(address).await?;
    }
    if query.contains_key("fail") {
        return Err("failed as asked".into());
    }
    if query.contains_key("raw") {
        let text = event["body"].as_str().unwrap_or_default();
        let is_encoded = event["isBase64Encoded"] == true;
        let body = if is_encoded { text.to_owned() } else { BASE64.encode(text.as_bytes()) };
        return Ok(json!({
            "statusCode": 200,
            "headers": { "content-type": "application/octet-stream" },
            "body": body,
            "isBase64Encoded": true,
        }));
    }
    Ok(json!({
        "statusCode": 200,
        "headers": { "content-type": "application/json" },
        "body": seen(&event).to_string(),
    }))
}

fn seen(event: &Value) -> Value {
    json!({
        "event": event,
        "environment": std::env::vars().collect::<BTreeMap<_, _>>(),
        "processId": std::process::id(),
    })
}

#[expect(clippy::print_stdout, reason = "a function's log is its standard output")]
fn print(text: &str) {
    println!("{text}");
}

async fn hold(address: &str) -> std::io::Result<()> {
    TcpStream::connect(address).await?.read_to_end(&mut Vec::new()).await.map(|_| ())
}
