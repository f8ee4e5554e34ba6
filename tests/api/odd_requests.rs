//! Odd requests, byte by byte as an HTTP library would not send them: the same answer everywhere.

use serde_json::Value;
use tests::{Client, id_of};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Who says it, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    /// The native API's envelope, with this code, or this type where there is none.
    Native(&'static str),
    /// That of `polar`.
    Polar,
    /// That of `geolens`.
    GeoLens,
    /// That of `metastudio`.
    MetaStudio,
    /// It is no refusal.
    Data,
}

use Said::{Data, GeoLens, MetaStudio, Native, Polar};

/// A request of this method and target, with these headers beside the key, and this body.
type Odd<'a> = (&'a str, String, &'a [&'a str], &'a [u8], (u16, Said));

const JSON: &[&str] = &["content-type: application/json"];
const TWICE: &[&str] = &["content-type: application/json", "content-type: application/json"];

#[tokio::test]
async fn an_odd_request_is_answered_the_same_wherever_slipway_runs() {
    let client = Client::of_environment_or_shared_stack().await;
    // They are written onto a connection without TLS. `tests/aws` sends some of them to an account.
    let Some(base) = client.base_url().strip_prefix("http://") else { return };
    let (authority, below) = base.find('/').map_or((base, ""), |at| base.split_at(at));
    let file = client.uploaded("odd.bin", &b"odd"[..]).await;
    let key = client.key().expect("the client has one");
    let mut wrong = Vec::new();
    for (method, target, headers, body, expected) in odd(id_of(&file)) {
        let target = format!("{below}{target}");
        let request = Raw { authority, method, target: &target, headers, body, key };
        let seen = request.send().await;
        if !seen.as_ref().is_some_and(|answer| answer.is(expected)) {
            wrong.push(format!("{method} {target} {headers:?}: {seen:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn odd(id: &str) -> Vec<Odd<'static>> {
    let files = |query: &str| format!("/v1/files{query}");
    let post =
        |body: &'static [u8], expected| ("POST", "/v1/files".to_owned(), JSON, body, expected);
    let get = |target: String, expected| ("GET", target, &[][..], &b""[..], expected);
    vec![
        // Queries that are none.
        get(files("?x={|}"), (400, Native("unknown_field"))),
        get(files("?limit=|"), (400, Native("invalid_type"))),
        get(files("?%zz"), (400, Native("unknown_field"))),
        get(files("?limit=%ff"), (400, Native("invalid_type"))),
        get(files("?limit=1&limit=2"), (400, Native("invalid_value"))),
        get(files("?&&"), (200, Data)),
        get(files("?limit="), (400, Native("invalid_type"))),
        // Headers that were sent twice, or that are no ASCII.
        ("GET", files(""), &["authorization: Bearer x"], b"", (401, Native("unauthorized"))),
        ("GET", files(""), &["x-name: \u{e4}"], b"", (200, Data)),
        ("GET", files(""), &["x-request-id: \u{e4}"], b"", (200, Data)),
        ("GET", files(""), &["cookie: a=\"; b"], b"", (200, Data)),
        ("POST", files(""), TWICE, b"{}", (415, Native("unsupported_media_type"))),
        // Bodies that are no JSON, or not the right one. Of the first, a gateway may make text.
        post(b"{\"filename\":\"Gr\xf6\xdfe\"}", (400, Native("bad_request"))),
        post(b"\x1f\x8b\x08\0\0\0\0\0\0\x03", (400, Native("invalid_json"))),
        post(b"", (400, Native("invalid_json"))),
        post(b"{\"sizeBytes\":1,\"sizeBytes\":2}", (400, Native("invalid_value"))),
        post(b"{\"sizeBytes\":18446744073709551616}", (400, Native("invalid_value"))),
        post(b"{\"sizeBytes\":5.5}", (400, Native("invalid_type"))),
        post(b"{\"\\\"\\\"\\\"\":1}", (400, Native("unknown_field"))),
        post(b"{\"filename\":\"\\ud800\"}", (400, Native("invalid_json"))),
        ("GET", files(""), JSON, b"{\"a\":1}", (200, Data)),
        // Paths and methods that nobody has.
        get("/v1".to_owned(), (404, Native("not_found"))),
        get("/nothing/at/all".to_owned(), (404, Native("not_found"))),
        get("/v1/files/".to_owned(), (404, Native("not_found"))),
        get("/v1/files/fil_%00".to_owned(), (404, Native("not_found"))),
        get("/v1/files/%ff".to_owned(), (404, Native("not_found"))),
        get(format!("/v1/files/{id}%20"), (404, Native("not_found"))),
        ("PUT", format!("/v1/files/{id}"), &[], b"", (405, Native("method_not_allowed"))),
        ("BREW", files(""), &[], b"", (405, Native("method_not_allowed"))),
        ("POST", "/openapi.json".to_owned(), &[], b"", (405, Native("method_not_allowed"))),
        // The dialects have the same edge.
        get("/polar/v1/files/?limit=|".to_owned(), (422, Polar)),
        get("/polar/v1/nothing".to_owned(), (404, Polar)),
        ("PUT", "/polar/v1/files/".to_owned(), &[], b"", (405, Polar)),
        ("DELETE", "/geolens/ingest/upload/config".to_owned(), &[], b"", (405, GeoLens)),
        get("/metastudio/v1/p/files".to_owned(), (405, MetaStudio)),
        get("/v1/p/large-files".to_owned(), (405, MetaStudio)),
        ("POST", "/polar/v1/files/".to_owned(), JSON, b"\xff", (422, Polar)),
        get("/geolens/jobs/%ff".to_owned(), (404, GeoLens)),
        ("POST", "/geolens/ingest/upload/presigned".to_owned(), JSON, b"[", (422, GeoLens)),
        ("POST", "/metastudio/v1/p/files".to_owned(), JSON, b"\xff", (400, MetaStudio)),
        ("POST", "/metastudio/x".to_owned(), JSON, b"{}", (404, MetaStudio)),
    ]
}

struct Raw<'a> {
    authority: &'a str,
    method: &'a str,
    target: &'a str,
    headers: &'a [&'a str],
    body: &'a [u8],
    key: &'a str,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Value,
}

impl Raw<'_> {
    /// The answer; none if there is none that HTTP knows.
    async fn send(&self) -> Option<Answer> {
        let Self { authority, method, target, headers, body, key } = self;
        let mut stream = TcpStream::connect(authority).await.expect("the deployment listens");
        let mut request = format!(
            "{method} {target} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\
             authorization: Bearer {key}\r\nx-auth-token: {key}\r\ncontent-length: {}\r\n",
            body.len(),
        );
        for header in *headers {
            request.push_str(header);
            request.push_str("\r\n");
        }
        // Latin-1, as HTTP's headers once were: "ä" is one byte, and not UTF-8.
        let latin_1 = request.chars().map(|character| u8::try_from(character).unwrap_or(b'?'));
        let mut bytes: Vec<u8> = latin_1.collect();
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body);
        stream.write_all(&bytes).await.ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok()?;
        let answer = String::from_utf8(answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let body = serde_json::from_str(body).unwrap_or_default();
        Some(Answer { status, head: head.to_lowercase(), body })
    }
}

impl Answer {
    fn is(&self, (status, said): (u16, Said)) -> bool {
        let body = &self.body;
        let same = match said {
            Data => true,
            Native(code) => body["error"]["code"] == code || body["error"]["type"] == code,
            Polar => body["error"].is_string(),
            MetaStudio => body["error_code"].is_string(),
            GeoLens => body["status"] == status && !body["detail"].is_null(),
        };
        let told = self.head.contains("\r\nx-request-id:");
        let allowed = self.head.contains("\r\nallow:") == (status == 405);
        self.status == status && same && told && allowed
    }
}
