//! The AWS name of an S3 request: S3 has no header for it, it follows from method, path and query.

use hyper::{Method, Uri};

/// The operation's name, `Unknown` where the stand-in has none for it.
pub(super) fn name(method: &Method, uri: &Uri) -> &'static str {
    let path = uri.path().trim_start_matches('/');
    let has_key = path.split_once('/').is_some_and(|(_, key)| !key.is_empty());
    let asks = |parameter| has_parameter(uri, parameter);
    match (method.as_str(), has_key) {
        ("PUT", true) if asks("uploadId") => "UploadPart",
        ("GET", true) if asks("uploadId") => "ListParts",
        ("POST", true) if asks("uploadId") => "CompleteMultipartUpload",
        ("DELETE", true) if asks("uploadId") => "AbortMultipartUpload",
        ("POST", true) if asks("uploads") => "CreateMultipartUpload",
        ("GET", false) if asks("uploads") => "ListMultipartUploads",
        ("PUT", true) => "PutObject",
        ("GET", true) => "GetObject",
        ("HEAD", true) => "HeadObject",
        ("DELETE", true) => "DeleteObject",
        ("GET", false) if asks("list-type") => "ListObjectsV2",
        _ => "Unknown",
    }
}

fn has_parameter(uri: &Uri, wanted: &str) -> bool {
    let query = uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == wanted)
}
