//! `GET /`, `GET /openapi.json` and `GET /llms.txt`: show what the API is, to people and to programs; and
//! `GET /upload`, where people without keys upload.
//!
//! Everything is compiled in. It needs no key, calls nothing, and names no other host.

mod content;

use shared::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use shared::http::{self, HeaderValue, Method, Reply, Request, StatusCode};
use shared::{Error, Exit, Result};

use content::Content;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Exit {
    http::serve_open(get_docs).await
}

// The constants that build.rs makes, one for each asset.
include!(concat!(env!("OUT_DIR"), "/content.rs"));

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Another deployment brings other assets under the same paths.
const SHORT: &str = "public, max-age=300";
/// The path has the version in it.
const LONG: &str = "public, max-age=31536000, immutable";

/// Scripts and styles are ours; the styles that the reference adds to the page are inline. The page sends
/// bytes to wherever the bucket is.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; \
    connect-src 'self' https: http://127.0.0.1:*";

fn get_docs(request: &Request) -> Result<Reply> {
    let (content, media_type, lasts) = match request.path() {
        "/" => (PAGE, HTML, SHORT),
        "/docs/page.css" => (STYLE, CSS, SHORT),
        "/docs/page.js" => (SCRIPT, JAVASCRIPT, SHORT),
        "/upload" => (UPLOAD_PAGE, HTML, SHORT),
        "/docs/upload.css" => (UPLOAD_STYLE, CSS, SHORT),
        "/docs/upload-page.js" => (UPLOAD_SCRIPT, JAVASCRIPT, SHORT),
        "/docs/upload.js" => (UPLOAD_MODULE, JAVASCRIPT, SHORT),
        "/docs/element.js" => (UPLOAD_ELEMENT, JAVASCRIPT, SHORT),
        "/llms.txt" => (LLMS, "text/plain; charset=utf-8", SHORT),
        "/openapi.json" => (OPENAPI, "application/json", SHORT),
        "/docs/scalar-1.72.1.js" => (REFERENCE, JAVASCRIPT, LONG),
        _ => return Err(Error::NoSuchPath { slashed: false }),
    };
    // HEAD has become GET.
    if request.method() != Method::GET {
        return Err(Error::MethodNotAllowed { allow: "GET, HEAD".to_owned() });
    }
    let reply = if has_it(request, content.etag) {
        Reply::empty(StatusCode::NOT_MODIFIED)
    } else if takes_gzip(request) {
        Reply::bytes(HeaderValue::from_static(media_type), content.gzipped.to_vec())
            .with(CONTENT_ENCODING, HeaderValue::from_static("gzip"))
    } else {
        Reply::bytes(HeaderValue::from_static(media_type), content.plain()?)
    };
    let headers = [
        (ETAG, content.etag),
        (CACHE_CONTROL, lasts),
        (VARY, "accept-encoding"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let with = |reply: Reply, (name, value)| reply.with(name, HeaderValue::from_static(value));
    Ok(headers.into_iter().fold(reply, with))
}

/// Whether the client says that it has this version, or any.
fn has_it(request: &Request, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let known = request.header(IF_NONE_MATCH).unwrap_or_default().split(',').map(opaque);
    known.into_iter().any(|tag| tag == "*" || tag == opaque(etag))
}

/// Whether the client names gzip, or anything, and does not refuse it by a quality of zero.
fn takes_gzip(request: &Request) -> bool {
    let named = request.header(ACCEPT_ENCODING).unwrap_or_default().split(',');
    named.into_iter().any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let quality = quality.trim().strip_prefix("q=").and_then(|it| it.parse::<f32>().ok());
        ["gzip", "x-gzip", "*"].contains(&name.trim()) && quality.is_none_or(|it| it > 0.0)
    })
}

#[cfg(test)]
mod tests;
