//! SDK-HMAC-SHA256: who has signed a request, proven against all that the signature covers.
//!
//! ```text
//! Authorization: SDK-HMAC-SHA256 Access=<access key>, SignedHeaders=<a;b;c>, Signature=<hex>
//!
//! signature  = HMAC-SHA256(secret key, "SDK-HMAC-SHA256\n<X-Sdk-Date>\n<hex SHA-256 of the canonical request>")
//! canonical request = method, path/, query, each signed header as "name:value", "", a;b;c, hex SHA-256 of the body
//! ```
//!
//! Host and date must be among what is signed, and the hash is always that of the body that came: the
//! clients' `UNSIGNED-PAYLOAD` proves nothing and is not taken.

use std::fmt::Write as _;
use std::time::Duration;

use data_encoding::HEXLOWER;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use shared::domain::{Credentials, SigningSecret, Timestamp};
use shared::http::{HeaderMap, Request, header::AUTHORIZATION};

const ALGORITHM: &str = "SDK-HMAC-SHA256";
const DATE: &str = "x-sdk-date";

/// How far the date of a request may be from our clock, in either direction.
const WINDOW: Duration = Duration::from_mins(15);

/// Who has signed `request`, if the signature is right and of this time.
pub(crate) fn signer(
    request: &Request,
    secret: &SigningSecret,
    now: Timestamp,
) -> Option<Credentials> {
    let authorization = Authorization::read(single(request.headers(), AUTHORIZATION.as_str())?)?;
    let date = single(request.headers(), DATE)?;
    let at = Timestamp::from_basic(date)?;
    if now.since(at).max(at.since(now)) > WINDOW {
        return None;
    }
    let text = format!("{ALGORITHM}\n{date}\n{}", sha256(authorization.canonical(request)?));
    let genuine =
        secret.secret_key(&authorization.signer).has_signed(&text, &authorization.signature);
    genuine.then_some(authorization.signer)
}

/// What the `Authorization` header says.
struct Authorization<'a> {
    signer: Credentials,
    signed_headers: &'a str,
    signature: Vec<u8>,
}

impl<'a> Authorization<'a> {
    fn read(header: &'a str) -> Option<Self> {
        let rest = header.strip_prefix(ALGORITHM)?.strip_prefix(" Access=")?;
        let (access_key, rest) = rest.split_once(", SignedHeaders=")?;
        let (signed_headers, signature) = rest.split_once(", Signature=")?;
        Some(Self {
            signer: access_key.parse().ok()?,
            signed_headers,
            signature: HEXLOWER.decode(signature.as_bytes()).ok()?,
        })
    }

    /// The request as the client must have seen it when it signed.
    fn canonical(&self, request: &Request) -> Option<String> {
        let signed = |name| self.signed_headers.split(';').any(|signed| signed == name);
        if !(signed("host") && signed(DATE)) {
            return None;
        }
        let path = encoded(request.path());
        let slash = if path.ends_with('/') { "" } else { "/" };
        // Clients send the query as they sign it: in order, and encoded in one way only.
        let mut canonical = format!("{}\n{path}{slash}\n{}\n", request.method(), request.query());
        for name in self.signed_headers.split(';') {
            let value = single(request.headers(), name)?.trim();
            writeln!(canonical, "{name}:{value}").ok()?;
        }
        let body = sha256(request.body()?);
        write!(canonical, "\n{}\n{body}", self.signed_headers).ok()?;
        Some(canonical)
    }
}

/// A path as it is signed. API Gateway has decoded it; the clients encode everything but what RFC 3986
/// calls unreserved, so there is one way to encode it again.
fn encoded(path: &str) -> String {
    const RESERVED: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
    utf8_percent_encode(path, RESERVED).to_string()
}

/// A header that is there exactly once: of two, who knows which was signed?
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then(|| value.to_str().ok())?
}

fn sha256(bytes: impl AsRef<[u8]>) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests;
