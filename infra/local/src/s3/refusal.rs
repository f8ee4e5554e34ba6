//! Refusals as S3 words them: `s3s` often sends the code alone, and a person who reads it learns little.

use std::sync::atomic::{AtomicU64, Ordering};

use http_body_util::BodyExt as _;
use hyper::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use hyper::{Method, Response};
use s3s::{Body, S3Error};

use crate::http::HangUp;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");

/// The refusal as an answer.
pub(super) fn said(refusal: S3Error) -> Result<Response<Body>, HangUp> {
    refusal.to_http_response().map_err(|_| HangUp)
}

/// The answer with the request's id; a refusal says its reason, too. HEAD is answered without a body.
pub(super) async fn worded(
    answer: Response<Body>,
    method: &Method,
) -> Result<Response<Body>, HangUp> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let id = format!("{:016X}", NEXT.fetch_add(1, Ordering::Relaxed));
    let (mut head, body) = answer.into_parts();
    let body = if !head.status.is_client_error() && !head.status.is_server_error() {
        body
    } else {
        head.headers.remove(CONTENT_LENGTH);
        let said = body.collect().await.map_err(|_| HangUp)?.to_bytes();
        match std::str::from_utf8(&said) {
            _ if method == Method::HEAD => Body::empty(),
            Ok(xml) => Body::from(with_words(xml, &id)),
            Err(_) => Body::from(said),
        }
    };
    head.headers.insert(REQUEST_ID, HeaderValue::from_str(&id).map_err(|_| HangUp)?);
    Ok(Response::from_parts(head, body))
}

/// The error with a `Message`, and with the request's id.
fn with_words(xml: &str, id: &str) -> String {
    let Some((start, end)) = xml.rsplit_once("</Error>") else { return xml.to_owned() };
    let code = start.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    let code = code.map_or("", |(code, _)| code);
    let message = if start.contains("<Message>") {
        String::new()
    } else {
        format!("<Message>{}</Message>", message(code))
    };
    let id = if start.contains("<RequestId>") {
        String::new()
    } else {
        format!("<RequestId>{id}</RequestId>")
    };
    format!("{start}{message}{id}</Error>{end}")
}

/// What S3 says of a code where its sentence is always the same.
fn message(code: &str) -> &'static str {
    match code {
        "AccessDenied" => "Access Denied",
        "BadDigest" => "The Content-MD5 you specified did not match what we received.",
        "EntityTooLarge" => "Your proposed upload exceeds the maximum allowed size",
        "EntityTooSmall" => "Your proposed upload is smaller than the minimum allowed size",
        "IncompleteBody" => {
            "You did not provide the number of bytes specified by the Content-Length HTTP header"
        }
        "InternalError" => "We encountered an internal error. Please try again.",
        "InvalidAccessKeyId" => "The AWS Access Key Id you provided does not exist in our records.",
        "InvalidDigest" => "The Content-MD5 you specified was invalid.",
        "InvalidPart" => {
            "One or more of the specified parts could not be found. The part may not have been \
             uploaded, or the specified entity tag may not match the part's entity tag."
        }
        "InvalidPartOrder" => {
            "The list of parts was not in ascending order. Parts must be ordered by part number."
        }
        "InvalidRange" => "The requested range is not satisfiable",
        "MissingContentLength" => "You must provide the Content-Length HTTP header.",
        "NoSuchBucket" => "The specified bucket does not exist",
        "NoSuchKey" => "The specified key does not exist.",
        "NoSuchUpload" => {
            "The specified upload does not exist. The upload ID may be invalid, or the upload may \
             have been aborted or completed."
        }
        "NotImplemented" => "A header you provided implies functionality that is not implemented",
        "PreconditionFailed" => "At least one of the pre-conditions you specified did not hold",
        "SignatureDoesNotMatch" => {
            "The request signature we calculated does not match the signature you provided. Check \
             your key and signing method."
        }
        _ => "The request was refused.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_refusal_lacks_is_added_and_what_it_has_is_kept() {
        let bare = "<Error><Code>NoSuchBucket</Code></Error>";
        assert_eq!(
            with_words(bare, "7"),
            "<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist\
             </Message><RequestId>7</RequestId></Error>"
        );
        let whole = "<Error><Code>A</Code><Message>B</Message><RequestId>8</RequestId></Error>";
        assert_eq!(with_words(whole, "7"), whole);
        assert_eq!(with_words("no XML", "7"), "no XML");
    }
}
