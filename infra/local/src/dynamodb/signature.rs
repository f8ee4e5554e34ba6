//! Who may call the table: whoever signs with the credentials that this stand-in was started with.
//!
//! A program on this machine may listen to nobody but its owner and still be called by a web page in
//! the owner's browser. A page can guess a port and send what it likes, but it knows no secret.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use hyper::Method;
use hyper::header::{AUTHORIZATION, HOST, HeaderMap, ORIGIN};
use hyper::http::request::Parts;

use crate::{ACCESS_KEY_ID, REGION};

/// Why a call is refused, in DynamoDB's words.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It comes from a web page, or through a name that is not ours: a page may have made its own
    /// name lead here.
    Page,
    /// It is not signed.
    Unsigned,
    /// It is signed by somebody else.
    Unknown,
    /// The signature is not that of our secret.
    Mismatch,
}

impl Refusal {
    /// The name of the error, and what it says.
    pub(super) const fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Page => ("AccessDeniedException", "Web pages may not call this table."),
            Self::Unsigned => {
                ("MissingAuthenticationTokenException", "Request is missing Authentication Token")
            }
            Self::Unknown => (
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
            Self::Mismatch => (
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided.",
            ),
        }
    }
}

/// Passes a call that is signed with `secret` and does not come from a page. The age of the signature
/// is not looked at: the clock may be a test's.
pub(super) fn check(head: &Parts, body: &[u8], secret: &str) -> Result<(), Refusal> {
    let headers = &head.headers;
    if head.method == Method::OPTIONS || headers.contains_key(ORIGIN) || !is_ours(headers) {
        return Err(Refusal::Page);
    }
    let given =
        Authorization::read(text(headers, AUTHORIZATION.as_str())).ok_or(Refusal::Unsigned)?;
    if given.access_key_id != ACCESS_KEY_ID {
        return Err(Refusal::Unknown);
    }
    let signature = signature(head, body, &given, secret).ok_or(Refusal::Mismatch)?;
    if signature == given.signature { Ok(()) } else { Err(Refusal::Mismatch) }
}

/// Whether the client called us by our own address.
fn is_ours(headers: &HeaderMap) -> bool {
    let host = text(headers, HOST.as_str()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost")
}

/// What `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…` says.
struct Authorization<'a> {
    access_key_id: &'a str,
    service: &'a str,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn read(authorization: Option<&'a str>) -> Option<Self> {
        let fields = authorization?.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let field = |name: &str| {
            fields.split(',').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
        };
        // `<access key>/<date>/<region>/<service>/aws4_request`
        let mut credential = field("Credential")?.split('/');
        Some(Self {
            access_key_id: credential.next()?,
            service: credential.nth(2)?,
            signed_headers: field("SignedHeaders")?.split(';').collect(),
            signature: field("Signature")?,
        })
    }
}

/// The signature that the request would have if it were signed with `secret`.
fn signature(head: &Parts, body: &[u8], given: &Authorization<'_>, secret: &str) -> Option<String> {
    let identity = Credentials::new(ACCESS_KEY_ID, secret, None, None, "local").into();
    let mut settings = SigningSettings::default();
    settings.excluded_headers = None;
    // The signer adds these two by itself, and only where the client signed them.
    let added = ["x-amz-date", "x-amz-content-sha256"];
    if given.signed_headers.contains(&added[1]) {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(REGION)
        .name(given.service)
        .time(time(text(&head.headers, added[0])?)?)
        .settings(settings)
        .build()
        .ok()?
        .into();
    let headers = given.signed_headers.iter().filter(|name| !added.contains(name));
    let headers = headers.map(|name| Some((*name, text(&head.headers, name)?)));
    let headers = headers.collect::<Option<Vec<_>>>()?;
    let uri = format!("http://{}{}", text(&head.headers, HOST.as_str())?, head.uri);
    let body = SignableBody::Bytes(body);
    let request =
        SignableRequest::new(head.method.as_str(), uri, headers.into_iter(), body).ok()?;
    Some(sign(request, &params).ok()?.into_parts().1)
}

/// The time that `20130524T000000Z` says.
fn time(basic: &str) -> Option<SystemTime> {
    let (date, time) = basic.split_once('T')?;
    let (year, month, day) = (date.get(..4)?, date.get(4..6)?, date.get(6..)?);
    let (hour, minute, second) = (time.get(..2)?, time.get(2..4)?, time.get(4..)?);
    humantime::parse_rfc3339(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}")).ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    const DATE: &str = "20260408T120000Z";
    const SIGNED: &str = "content-type;host;x-amz-date;x-amz-target";

    fn head(authorization: &str) -> Parts {
        let request = Request::post("/")
            .header("host", "127.0.0.1:9001")
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-date", DATE)
            .header("x-amz-target", "DynamoDB_20120810.PutItem")
            .header("authorization", authorization);
        request.body(()).unwrap().into_parts().0
    }

    fn signed(body: &[u8], secret: &str) -> Parts {
        let credential =
            format!("Credential={ACCESS_KEY_ID}/20260408/{REGION}/dynamodb/aws4_request");
        let authorization = |signature: &str| {
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders={SIGNED}, Signature={signature}")
        };
        let (unsigned, draft) = (head(""), authorization(""));
        let given = Authorization::read(Some(&draft)).unwrap();
        head(&authorization(&signature(&unsigned, body, &given, secret).unwrap()))
    }

    /// Computed once by botocore's `SigV4Auth`, for the same request.
    #[test]
    fn the_signature_is_that_of_another_implementation() {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=local/20260408/us-east-1/dynamodb/aws4_request, \
             SignedHeaders={SIGNED}, \
             Signature=ecbccdb1a64ab5b7f52bc1dee0ed1534b6d3175c3544b0f7db0b9250c3c78a79"
        );
        assert_eq!(check(&head(&authorization), b"{}", "secret"), Ok(()));
    }

    #[test]
    fn the_signature_is_for_this_body_and_of_this_secret() {
        let head = signed(b"{}", "secret");
        assert_eq!(check(&head, b"{}", "secret"), Ok(()));
        assert_eq!(check(&head, b"{ }", "secret"), Err(Refusal::Mismatch));
        assert_eq!(check(&head, b"{}", "other"), Err(Refusal::Mismatch));
        for garbled in ["", "Bearer x", "AWS4-HMAC-SHA256 Credential=local"] {
            let refusal = check(&super::tests::head(garbled), b"{}", "secret");
            assert_eq!(refusal, Err(Refusal::Unsigned), "{garbled}");
        }
    }
}
