//! A request as API Gateway hands it to a function: payload format 2.0.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use data_encoding::BASE64;
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, HeaderMap, HeaderName, USER_AGENT};
use hyper::http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::routes::Route;
use crate::{Clock, SystemClock};

/// Where every client is: on this machine.
const CLIENT: &str = "127.0.0.1";

pub(super) fn of_request(head: &Parts, body: &Bytes, route: &Route) -> Value {
    let query = head.uri.query().unwrap_or_default();
    // Unlike a REST API, an HTTP API decodes the path before it passes it on.
    let path = percent_decode_str(head.uri.path()).decode_utf8_lossy();
    let mut event = json!({
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers(head),
        "requestContext": context(head, &path, route),
        "isBase64Encoded": false,
    });
    let optional = [
        ("cookies", cookies(&head.headers)),
        ("queryStringParameters", joined(form_urlencoded::parse(query.as_bytes()))),
        ("pathParameters", joined(&route.parameters)),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            event[name] = value;
        }
    }
    if !body.is_empty() {
        let text = std::str::from_utf8(body).ok().filter(|_| is_text(&head.headers));
        event["isBase64Encoded"] = text.is_none().into();
        event["body"] = text.map_or_else(|| BASE64.encode(body), str::to_owned).into();
    }
    event
}

fn context(head: &Parts, path: &str, route: &Route) -> Value {
    json!({
        "accountId": "000000000000",
        "apiId": "local",
        "domainName": text(&head.headers, &HOST),
        "domainPrefix": "local",
        "http": {
            "method": head.method.as_str(),
            "path": path,
            "protocol": format!("{:?}", head.version),
            "sourceIp": CLIENT,
            "userAgent": text(&head.headers, &USER_AGENT),
        },
        "requestId": request_id(),
        "routeKey": route.key,
        "stage": "$default",
        "timeEpoch": SystemClock.now_ms(),
    })
}

/// Cookies travel on their own; the rest gets what API Gateway adds.
fn headers(head: &Parts) -> Option<Value> {
    let sent = head.headers.iter().filter(|(name, _)| *name != COOKIE);
    let sent = sent.map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())));
    let added = [("x-forwarded-for", CLIENT.to_owned()), ("x-forwarded-proto", "http".to_owned())];
    joined(sent.chain(added.map(|(name, value)| (name, value.into()))))
}

fn cookies(headers: &HeaderMap) -> Option<Value> {
    let sent = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookies: Vec<&str> = sent.flat_map(|cookies| cookies.split("; ")).collect();
    (!cookies.is_empty()).then(|| cookies.into())
}

/// Values that share a name are joined by commas; nothing at all is no object.
fn joined<K: Into<String>, V: AsRef<str>>(
    pairs: impl IntoIterator<Item = (K, V)>,
) -> Option<Value> {
    let mut values = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in pairs {
        values.entry(name.into()).or_default().push(value.as_ref().to_owned());
    }
    let object: Map<String, Value> =
        values.into_iter().map(|(name, values)| (name, values.join(",").into())).collect();
    (!object.is_empty()).then(|| object.into())
}

/// API Gateway goes by the content type: anything else is base64, even where it happens to be text.
fn is_text(headers: &HeaderMap) -> bool {
    let content_type = text(headers, &CONTENT_TYPE).unwrap_or_default();
    let content_type = content_type.split(';').next().unwrap_or_default().trim();
    content_type.starts_with("text/")
        || ["application/json", "application/javascript", "application/xml"].contains(&content_type)
}

fn text<'headers>(headers: &'headers HeaderMap, name: &HeaderName) -> Option<&'headers str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Unique in this process.
fn request_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("local{:09}=", NEXT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_is_as_the_payload_format_describes_it() {
        let request = hyper::Request::post("/things/a%20b?x=1&x=2&y=%C3%A4")
            .header("host", "api.test")
            .header("x-twice", "one")
            .header("X-Twice", "two")
            .header("cookie", "a=1; b=2")
            .header("content-type", "application/json; charset=utf-8");
        let mut event = event(request, b"{}");
        let context = event["requestContext"].take();
        assert_eq!(
            event,
            json!({
                "version": "2.0",
                "routeKey": "POST /things/{id}",
                "rawPath": "/things/a b",
                "rawQueryString": "x=1&x=2&y=%C3%A4",
                "cookies": ["a=1", "b=2"],
                "headers": {
                    "content-type": "application/json; charset=utf-8",
                    "host": "api.test",
                    "x-forwarded-for": "127.0.0.1",
                    "x-forwarded-proto": "http",
                    "x-twice": "one,two",
                },
                "queryStringParameters": { "x": "1,2", "y": "ä" },
                "pathParameters": { "id": "a b" },
                "requestContext": null,
                "body": "{}",
                "isBase64Encoded": false,
            })
        );
        assert_eq!(context["domainName"], "api.test");
        assert_eq!(context["http"]["path"], "/things/a b");
        assert_eq!(context["http"]["protocol"], "HTTP/1.1");
    }

    #[test]
    fn only_what_is_declared_as_text_and_is_text_travels_as_text() {
        for (content_type, body, is_base64) in [
            ("text/csv", &b"a,b"[..], false),
            ("application/json", b"\xff", true),
            ("application/octet-stream", b"a", true),
            ("application/x-www-form-urlencoded", b"a=b", true),
        ] {
            let request = hyper::Request::post("/").header("content-type", content_type);
            assert_eq!(event(request, body)["isBase64Encoded"], is_base64, "{content_type}");
        }
    }

    #[test]
    fn what_was_not_sent_is_absent() {
        let event = event(hyper::Request::get("/"), b"");
        for name in ["cookies", "queryStringParameters", "body"] {
            assert_eq!(event.get(name), None, "{name}");
        }
    }

    fn event(request: axum::http::request::Builder, body: &'static [u8]) -> Value {
        let (head, ()) = request.body(()).unwrap().into_parts();
        let route = Route {
            function: "some-function".to_owned(),
            key: "POST /things/{id}".to_owned(),
            parameters: BTreeMap::from([("id".to_owned(), "a b".to_owned())]),
        };
        of_request(&head, &Bytes::from_static(body), &route)
    }
}
