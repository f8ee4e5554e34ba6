//! What odd events are made of.

use serde_json::{Value, json};

/// Texts that somebody has to read, some of which are hard to.
pub(super) const TEXTS: &[&str] = &[
    "",
    " ",
    "\"",
    "<",
    "a b",
    "%",
    "%zz",
    "%00",
    "%ff",
    "%F0%9F%98%80",
    "ä",
    "\u{202e}txt.exe",
    "😀",
    "\u{0}",
    "\n",
    "\r\nx: y",
    "\t",
    "null",
    "true",
    "-1",
    "1e3",
    "5.0",
    "NaN",
    "18446744073709551616",
    "..",
    "../..",
    "/",
    "%2F",
    "a,b",
    ";",
    "{}",
    "[]",
    "*",
    "Bearer",
    "fil_",
    "slw_acme_",
    "\u{feff}",
    "\u{fffd}",
    "${jndi:ldap://x}",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
];

/// Queries as API Gateway passes them on: raw.
pub(super) const QUERIES: &[&str] = &[
    "x=\"",
    "?<",
    "a b",
    "%",
    "%zz=%",
    "limit=1&limit=2",
    "limit=1e3",
    "limit=",
    "limit",
    "&&&=",
    "=",
    "offset=18446744073709551616",
    "offset=-0",
    "limit=5.0",
    "page=0",
    "page=1&page=1",
    "limit=100000",
    "ids=abc",
    "organization_id=abc",
    "ids=%00",
    "limit=%ff",
    "ä=ö",
    "\u{0}",
    "q=\n",
    "#",
    "limit=1;offset=2",
    "sorting=size",
    "sorting=-created_at&sorting=x",
    "query=\u{202e}",
    "status=",
    "partNumber=1",
    "after=x",
];

/// Header names, of which some mean something to somebody.
pub(super) const HEADERS: &[&str] = &[
    "authorization",
    "x-api-key",
    "x-auth-token",
    "x-sdk-date",
    "content-type",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "accept",
    "origin",
    "host",
    "x-request-id",
    "expect",
    "idempotency-key",
    "polar-version",
    "x-amzn-trace-id",
    "x-forwarded-for",
    "range",
    "if-match",
    "te",
    "",
    " ",
    "ä",
    "a b",
    "x\n",
    ":method",
    "Authorization",
    "cookie",
];

/// Values of any JSON type, in the place of the right one.
pub(super) fn misfits() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(""),
        json!([]),
        json!({}),
        json!([[[]]]),
        json!({ "a": { "b": null } }),
        json!("\u{0}"),
        json!([1, "2", null]),
    ]
}

/// A body that the endpoint takes, if it takes one.
pub(super) fn body_of(method: &str, path: &str) -> Option<Value> {
    if !matches!(method, "POST" | "PATCH") {
        return None;
    }
    let part = json!({ "number": 1, "chunk_start": 0, "chunk_end": 1 });
    Some(match path {
        "/v1/files" => json!({ "filename": "a", "mimeType": "a/b", "sizeBytes": 1 }),
        _ if path.starts_with("/v1/fil_") || path.starts_with("/v1/files/") => {
            if path.ends_with("/parts") { json!({ "partNumbers": [1] }) } else { json!({}) }
        }
        "/polar/v1/files/" => json!({ "name": "a", "mime_type": "a/b", "size": 1,
            "service": "downloadable", "upload": { "parts": [part] } }),
        _ if path.starts_with("/polar") && path.ends_with("/uploaded") => json!({ "id": "u",
            "path": "p", "parts": [{ "number": 1, "checksum_etag": "x", "checksum_sha256_base64": null }] }),
        _ if path.starts_with("/polar") => json!({ "name": "b" }),
        _ if path.starts_with("/uppy") && path.ends_with("/complete") => {
            json!({ "parts": [{ "PartNumber": 1, "ETag": "x" }] })
        }
        _ if path.starts_with("/uppy") => {
            json!({ "filename": "a", "type": "a/b", "metadata": { "size": 1 } })
        }
        "/geolens/ingest/upload/presigned" => json!({ "filename": "a.csv", "file_size": 1 }),
        _ if path.starts_with("/geolens") => json!({ "parts": [] }),
        _ if path.ends_with("/complete") => json!({ "state": "CREATED" }),
        _ => json!({ "file_name": "a.bin", "file_md5": "CY9rzUYh03PK3k6DJie09g==", "file_size": 4,
            "asset_name": "a", "asset_type": "VIDEO" }),
    })
}
