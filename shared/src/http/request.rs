//! A request, read from the event that API Gateway sends: payload format 2.0.
//!
//! API Gateway passes on most of what a client sends without checking it. So reading an event cannot
//! fail: each field is read on its own, and an unreadable one counts as not sent. Only an unreadable
//! body is kept as such, because an endpoint that needs a body must say what is wrong with it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use data_encoding::BASE64;
use http::header::HOST;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// A request as the client sent it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    method: Method,
    path: String,
    query: String,
    route: Option<String>,
    headers: HeaderMap,
    path_parameters: BTreeMap<String, String>,
    body: Body,
}

/// The bytes that came after the headers.
#[derive(Clone, Debug)]
enum Body {
    Bytes(Vec<u8>),
    /// API Gateway said that it is base64, and it is not, or it is text that cannot be decoded.
    Unreadable,
}

impl Default for Body {
    fn default() -> Self {
        Self::Bytes(Vec::new())
    }
}

/// The raw fields of the event.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Event<'a> {
    raw_path: Raw<'a>,
    raw_query_string: Raw<'a>,
    headers: Raw<'a>,
    path_parameters: Raw<'a>,
    request_context: Raw<'a>,
    body: Raw<'a>,
    is_base64_encoded: Raw<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Context<'a> {
    http: Raw<'a>,
    route_key: Raw<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Http<'a> {
    method: Raw<'a>,
}

/// A value that may be of any type, or absent.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(transparent)]
struct Raw<'a>(#[serde(borrow)] Option<&'a RawValue>);

impl<'a> Raw<'a> {
    /// The value, unless it is absent or of another type.
    fn read<T: Deserialize<'a>>(self) -> Option<T> {
        serde_json::from_str(self.0?.get()).ok()
    }

    fn text(self) -> Option<String> {
        self.read()
    }

    /// The readable ones among the values of an object.
    fn entries<T: DeserializeOwned>(self) -> impl Iterator<Item = (Cow<'a, str>, T)> {
        let entries: BTreeMap<Cow<'a, str>, Raw<'a>> = self.read().unwrap_or_default();
        entries.into_iter().filter_map(|(name, value)| Some((name, value.read()?)))
    }
}

impl Request {
    /// Reads the event. What cannot be read counts as not sent.
    #[must_use]
    pub fn of_event(event: &str) -> Self {
        let event: Event<'_> = serde_json::from_str(event).unwrap_or_default();
        let context: Context<'_> = event.request_context.read().unwrap_or_default();
        let http: Http<'_> = context.http.read().unwrap_or_default();
        let method = http.method.text().and_then(|method| method.parse().ok());
        Self {
            method: method.unwrap_or_default(),
            path: event.raw_path.text().unwrap_or_default(),
            query: event.raw_query_string.text().unwrap_or_default(),
            route: context.route_key.text(),
            headers: event.headers.entries().filter_map(header).collect(),
            path_parameters: event
                .path_parameters
                .entries()
                .map(|(name, value)| (name.into_owned(), value))
                .collect(),
            body: body(event.body, event.is_base64_encoded),
        }
    }

    /// The method; GET if the event has none.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path, with percent-encoding decoded: an HTTP API does that before it passes it on.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query, as the client sent it: without the `?`, still percent-encoded, and not always valid.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The same request with GET, if it is a HEAD: both are answered alike, HEAD without the body.
    pub(super) fn with_get_for_head(mut self) -> Self {
        if self.method == Method::HEAD {
            self.method = Method::GET;
        }
        self
    }

    /// A request for the same path, by this method and with nothing else.
    pub(super) fn asking_by(&self, method: Method) -> Self {
        Self { method, path: self.path.clone(), ..Self::default() }
    }

    /// The route that API Gateway matched: `GET /v1/files/{id}`, `ANY /polar/{proxy+}`, or `$default` where
    /// no other did.
    #[must_use]
    pub fn route(&self) -> Option<&str> {
        self.route.as_deref()
    }

    /// The headers. API Gateway joins the values of a repeated header with commas.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header's value, if it is there and is visible ASCII.
    #[must_use]
    pub fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Where the client found us: the scheme and the host of the URL that it asked for.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        // API Gateway sets both, and routes by the host, so it is one of the deployment's names.
        let (scheme, host) = (self.header("x-forwarded-proto")?, self.header(HOST)?);
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
        let is_known = matches!(scheme, "http" | "https") && host.bytes().all(is_plain);
        is_known.then(|| format!("{scheme}://{host}"))
    }

    /// A parameter of the route's path.
    #[must_use]
    pub fn path_parameter(&self, name: &str) -> Option<&str> {
        self.path_parameters.get(name).map(String::as_str)
    }

    /// The body's bytes, empty if there is none. `None` if they cannot be recovered from the event.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        match &self.body {
            Body::Bytes(bytes) => Some(bytes),
            Body::Unreadable => None,
        }
    }
}

fn header((name, value): (Cow<'_, str>, String)) -> Option<(HeaderName, HeaderValue)> {
    // Values may hold any bytes but controls; those of a name or a value that HTTP does not have
    // cannot have come by HTTP.
    Some((name.parse().ok()?, HeaderValue::from_bytes(value.as_bytes()).ok()?))
}

fn body(text: Raw<'_>, is_base64: Raw<'_>) -> Body {
    if text.0.is_none() {
        return Body::default();
    }
    let Some(text) = text.text() else { return Body::Unreadable };
    if is_base64.read() != Some(true) {
        return Body::Bytes(text.into_bytes());
    }
    BASE64.decode(text.as_bytes()).map_or(Body::Unreadable, Body::Bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_an_event_is_read() {
        let request = Request::of_event(
            r#"{
                "version": "2.0", "rawPath": "/things/ä", "rawQueryString": "x=\"<&y= ",
                "headers": { "X-One": "1", "x-name": "ä" }, "pathParameters": { "id": "ä" },
                "requestContext": { "routeKey": "POST /things/{id}", "http": { "method": "POST" } },
                "body": "/w==", "isBase64Encoded": true
            }"#,
        );
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.path(), "/things/ä");
        assert_eq!(request.query(), "x=\"<&y= ");
        assert_eq!(request.route(), Some("POST /things/{id}"));
        assert_eq!(request.header("x-one"), Some("1"));
        assert_eq!(request.headers()["x-name"].as_bytes(), "ä".as_bytes());
        assert_eq!(request.header("x-name"), None, "it is no ASCII");
        assert_eq!(request.path_parameter("id"), Some("ä"));
        assert_eq!(request.body(), Some(&b"\xff"[..]));
    }

    #[test]
    fn a_field_that_cannot_be_read_hides_no_other() {
        let request = Request::of_event(
            r#"{
                "rawPath": "\ud800", "rawQueryString": 7, "headers": { "a": "\ud800", "b b": "1", "c": "\n",
                "d": null, "e": "5" }, "pathParameters": [], "requestContext": { "http": [], "routeKey": "GET /" },
                "body": "text", "isBase64Encoded": "yes"
            }"#,
        );
        assert_eq!((request.path(), request.query()), ("", ""));
        let headers: Vec<_> = request.headers().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(headers, ["e"]);
        assert_eq!(request.route(), Some("GET /"));
        assert_eq!(request.body(), Some(&b"text"[..]));
    }

    #[test]
    fn an_event_that_is_none_is_a_request_for_nothing() {
        for event in ["null", "[]", "7", "\"\"", "{}", "{\"headers\":null}", "{\"body\":null}"] {
            let request = Request::of_event(event);
            assert_eq!((request.method(), request.path()), (&Method::GET, ""), "{event}");
            assert_eq!(request.body(), Some(&b""[..]), "{event}");
        }
    }

    #[test]
    fn a_body_that_cannot_be_recovered_is_not_taken_for_an_empty_one() {
        for event in [
            r#"{ "body": "?", "isBase64Encoded": true }"#,
            r#"{ "body": "\ud800" }"#,
            r#"{ "body": 7 }"#,
        ] {
            assert_eq!(Request::of_event(event).body(), None, "{event}");
        }
    }
}
