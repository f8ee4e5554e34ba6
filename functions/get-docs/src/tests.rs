//! What `GET /`, `GET /upload`, `GET /openapi.json` and `GET /llms.txt` promise.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use shared::testing::gateway::{Answer, ask_open, request};

use super::{content::Content, get_docs};

const PATHS: [(&str, &str); 11] = [
    ("/", "text/html; charset=utf-8"),
    ("/docs/page.css", "text/css; charset=utf-8"),
    ("/docs/page.js", "text/javascript; charset=utf-8"),
    ("/docs/scalar-1.72.1.js", "text/javascript; charset=utf-8"),
    ("/upload", "text/html; charset=utf-8"),
    ("/docs/upload.css", "text/css; charset=utf-8"),
    ("/docs/upload-page.js", "text/javascript; charset=utf-8"),
    ("/docs/upload.js", "text/javascript; charset=utf-8"),
    ("/docs/element.js", "text/javascript; charset=utf-8"),
    ("/llms.txt", "text/plain; charset=utf-8"),
    ("/openapi.json", "application/json"),
];

/// Lambda's bound on an answer, which is JSON with base64 in it.
const LARGEST_ANSWER: usize = 6 * 1024 * 1024;

fn ask(method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = request(&format!("{method} $default")).path(path);
    let with = |request: shared::testing::gateway::GatewayRequest,
                &(name, value): &(&str, &str)| { request.header(name, value) };
    ask_open(get_docs, &headers.iter().fold(request, with))
}

#[test]
fn everything_is_served_with_its_type_and_may_be_kept() {
    for (path, media_type) in PATHS {
        let answer = ask("GET", path, &[]);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some(media_type)),
            "{path}"
        );
        assert_eq!(answer.header("content-encoding"), None);
        assert_eq!(answer.header("vary"), Some("accept-encoding"));
        assert!(
            answer.header("cache-control").is_some_and(|it| it.starts_with("public, max-age="))
        );
        assert!(answer.header("x-request-id").is_some());
        let bytes = answer.bytes();
        assert!(
            bytes.len() > 250 && bytes.len() * 4 / 3 < LARGEST_ANSWER,
            "{path}: {}",
            bytes.len()
        );
    }
}

#[test]
fn gzip_is_for_those_who_take_it_and_holds_the_same() {
    for (accepted, is_gzipped) in [
        ("gzip", true),
        ("br;q=1.0, gzip;q=0.8", true),
        ("*", true),
        ("gzip;q=0", false),
        ("br, identity", false),
        ("", false),
    ] {
        let answer = ask("GET", "/openapi.json", &[("accept-encoding", accepted)]);
        let encoding = answer.header("content-encoding");
        assert_eq!(encoding, is_gzipped.then_some("gzip"), "{accepted}");
        let plain = ask("GET", "/openapi.json", &[]).bytes();
        let gzipped: &'static [u8] = answer.bytes().leak();
        let unzipped = || Content { gzipped, etag: "" }.plain().unwrap();
        let bytes = if is_gzipped { unzipped() } else { gzipped.to_vec() };
        assert_eq!(bytes, plain, "{accepted}");
        let document: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
    }
}

#[test]
fn who_has_it_already_is_sent_nothing() {
    for (path, _) in PATHS {
        let first = ask("GET", path, &[]);
        let etag = first.header("etag").unwrap();
        for known in [etag, &format!("\"other\", {etag}"), etag.trim_start_matches("W/"), "*"] {
            let answer = ask("GET", path, &[("if-none-match", known)]);
            assert_eq!((answer.status, answer.bytes().len()), (304, 0), "{path} {known}");
            assert_eq!(answer.header("etag"), Some(etag));
        }
        assert_eq!(ask("GET", path, &[("if-none-match", "\"other\"")]).status, 200);
    }
}

#[test]
fn head_is_answered_like_get_without_the_body() {
    for (path, _) in PATHS {
        let (get, head) = (ask("GET", path, &[]), ask("HEAD", path, &[]));
        assert_eq!((head.status, head.bytes().len()), (200, 0));
        for name in ["content-type", "etag", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{path}");
        }
    }
}

#[test]
fn another_method_or_path_is_refused_in_the_envelope() {
    for (path, _) in PATHS {
        let answer = ask("POST", path, &[]);
        assert_eq!(answer.error(), (405, "method_not_allowed"));
        assert_eq!(answer.header("allow"), Some("GET, HEAD"));
    }
    for path in ["/docs/other.js", "/docs/..%2fpage.js", "/index.html"] {
        assert_eq!(ask("GET", path, &[]).error(), (404, "not_found"), "{path}");
    }
}

#[test]
fn the_page_may_run_no_script_but_its_own() {
    let answer = ask("GET", "/", &[]);
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("script-src 'self';"),
        "{policy}"
    );
    let page = String::from_utf8(answer.bytes()).unwrap();
    assert!(!page.contains("http://") && !page.contains("https://"), "it names another host");
}
