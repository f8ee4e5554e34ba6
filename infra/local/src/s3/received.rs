//! Content on its way in: streamed to a temporary file, which vanishes unless it is put in its place.

use std::collections::BTreeMap;
use std::path::Path;

use futures_util::StreamExt;
use hyper::HeaderMap;
use hyper::header::CONTENT_LENGTH;
use s3s::dto::StreamingBlob;
use s3s::{Body, S3Error, S3ErrorCode, S3Request, S3Result, TrailingHeaders, s3_error};
use tempfile::{NamedTempFile, TempPath};

use super::algorithm::Algorithm;
use super::digests::{Computed, Digests};
use super::sparse::SparseFile;

/// The most one request may carry, in bytes.
const LARGEST_BODY: u64 = 5 * 1024 * 1024 * 1024;

/// Content that is wholly here and agrees with every length and digest the uploader gave.
pub(super) struct Received {
    /// The content; deleted when dropped.
    pub(super) content: TempPath,
    /// Its length in bytes.
    pub(super) size: u64,
    /// Its digests, those that were asked for.
    pub(super) computed: Computed,
    /// The additional checksums given, base64.
    pub(super) given: BTreeMap<Algorithm, String>,
}

impl Received {
    /// Receives `body` into a file in `directory`, and holds it against the request's headers.
    pub(super) async fn of<Input: Sync>(
        request: &S3Request<Input>,
        body: Option<StreamingBlob>,
        digests: Digests,
        directory: &Path,
    ) -> S3Result<Self> {
        let expected = expected_length(&request.headers)?;
        let file = NamedTempFile::new_in(directory).map_err(S3Error::internal_error)?;
        let (file, content) = file.into_parts();
        let (size, computed) = stream(body, SparseFile::new(file), digests).await?;
        if size != expected {
            return Err(s3_error!(IncompleteBody));
        }
        computed.check_content_md5(&request.headers)?;
        let mut given = computed.check_checksums(&request.headers)?;
        given.extend(computed.check_checksums(&trailers(request))?);
        Ok(Self { content, size, computed, given })
    }
}

fn expected_length(headers: &HeaderMap) -> S3Result<u64> {
    let length = headers.get(CONTENT_LENGTH).ok_or_else(|| s3_error!(MissingContentLength))?;
    let length = length.to_str().ok().and_then(|length| length.parse().ok());
    length.filter(|length| *length <= LARGEST_BODY).ok_or_else(|| s3_error!(EntityTooLarge))
}

/// Holds one chunk at a time, never the whole body.
async fn stream(
    body: Option<StreamingBlob>,
    mut file: SparseFile,
    mut digests: Digests,
) -> S3Result<(u64, Computed)> {
    let mut body = body.unwrap_or_else(|| Body::empty().into());
    while let Some(chunk) = body.next().await {
        let chunk =
            chunk.map_err(|error| S3Error::with_source(S3ErrorCode::IncompleteBody, error))?;
        digests.update(&chunk);
        file.write(&chunk).await.map_err(S3Error::internal_error)?;
    }
    let size = file.finish().await.map_err(S3Error::internal_error)?;
    Ok((size, digests.finish()))
}

/// The headers that came behind the content.
fn trailers<Input>(request: &S3Request<Input>) -> HeaderMap {
    let trailers = request.trailing_headers.as_ref();
    trailers.and_then(TrailingHeaders::take).unwrap_or_default()
}
