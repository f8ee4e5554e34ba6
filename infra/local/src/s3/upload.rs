//! An upload on its way in: streamed to a temporary file, which vanishes unless it is published.

use std::collections::BTreeMap;
use std::path::Path;

use futures_util::StreamExt;
use hyper::HeaderMap;
use s3s::dto::{PutObjectInput, StreamingBlob};
use s3s::{Body, S3Error, S3ErrorCode, S3Request, S3Result, TrailingHeaders, s3_error};
use tempfile::{NamedTempFile, TempPath};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::digests::{Computed, Digests};

/// The most one PUT may carry, in bytes.
const LARGEST_PUT: u64 = 5 * 1024 * 1024 * 1024;

/// Content that is wholly here and agrees with every length and digest the uploader gave.
pub(super) struct Upload {
    /// The content; deleted when dropped.
    pub(super) content: TempPath,
    /// Its length in bytes.
    pub(super) size: u64,
    /// Its MD5.
    pub(super) md5: [u8; 16],
    /// The additional checksums given, by algorithm, base64.
    pub(super) checksums: BTreeMap<String, String>,
}

impl Upload {
    /// Receives the request's body into a file in `directory`.
    pub(super) async fn receive(
        request: &mut S3Request<PutObjectInput>,
        directory: &Path,
    ) -> S3Result<Self> {
        let expected = expected_length(&request.input)?;
        let digests = Digests::asked_for_by(&request.headers)?;
        let file = NamedTempFile::new_in(directory).map_err(S3Error::internal_error)?;
        let (file, content) = file.into_parts();
        let body = request.input.body.take();
        let (size, computed) = stream(body, File::from_std(file), digests).await?;
        if size != expected {
            return Err(s3_error!(IncompleteBody));
        }
        computed.check_content_md5(request.input.content_md5.as_deref())?;
        let mut checksums = computed.check_checksums(&request.headers)?;
        checksums.extend(computed.check_checksums(&trailers(request))?);
        Ok(Self { content, size, md5: computed.md5, checksums })
    }
}

fn expected_length(input: &PutObjectInput) -> S3Result<u64> {
    let length = input.content_length.ok_or_else(|| s3_error!(MissingContentLength))?;
    match u64::try_from(length) {
        Ok(length) if length <= LARGEST_PUT => Ok(length),
        _ => Err(s3_error!(EntityTooLarge)),
    }
}

/// Holds one chunk at a time, never the whole body.
async fn stream(
    body: Option<StreamingBlob>,
    mut file: File,
    mut digests: Digests,
) -> S3Result<(u64, Computed)> {
    let mut size = 0;
    let mut body = body.unwrap_or_else(|| Body::empty().into());
    while let Some(chunk) = body.next().await {
        let chunk =
            chunk.map_err(|error| S3Error::with_source(S3ErrorCode::IncompleteBody, error))?;
        digests.update(&chunk);
        file.write_all(&chunk).await.map_err(S3Error::internal_error)?;
        size += chunk.len() as u64;
    }
    file.flush().await.map_err(S3Error::internal_error)?;
    Ok((size, digests.finish()))
}

/// The headers that came behind the content.
fn trailers(request: &S3Request<PutObjectInput>) -> HeaderMap {
    let trailers = request.trailing_headers.as_ref();
    trailers.and_then(TrailingHeaders::take).unwrap_or_default()
}
