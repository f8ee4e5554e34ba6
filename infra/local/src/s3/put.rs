//! `PutObject`: receive, verify, publish, announce.

use std::sync::Arc;

use s3s::dto::{PutObjectInput, PutObjectOutput};
use s3s::{S3Request, S3Response, S3Result};

use super::algorithm::Algorithm;
use super::digests::{Digests, checksum_headers};
use super::encryption::Encryption;
use super::engine::Engine;
use super::object::{ContentHeaders, Object};
use super::received::Received;
use super::store::Condition;

/// Stores the object; refused or broken off, it leaves nothing behind.
pub(super) async fn put(
    engine: &Engine,
    mut request: S3Request<PutObjectInput>,
) -> S3Result<S3Response<PutObjectOutput>> {
    engine.store.check_bucket(&request.input.bucket)?;
    let digests = Digests::of(&Algorithm::given_by(&request.headers)?);
    let body = request.input.body.take();
    let received = Received::of(&request, body, digests, &engine.store.incoming()).await?;
    let expires = ContentHeaders::expires(&request.headers);
    let input = request.input;
    let condition =
        Condition { if_match: input.if_match.clone(), if_none_match: input.if_none_match.clone() };
    let bucket = input.bucket.clone();
    let object = draft(input, expires, &received, engine.encryption);
    let object = engine.store.publish(&bucket, object, received.content, &condition)?;
    engine.announcer.announce(bucket, Arc::clone(&object));
    let output = PutObjectOutput {
        e_tag: Some(object.e_tag()),
        server_side_encryption: Some(object.encryption.header()),
        ..Default::default()
    };
    let headers = checksum_headers(&object.checksums)?;
    Ok(S3Response::with_headers(output, headers))
}

/// The object as the uploader described it; the store adds sequencer and time.
fn draft(
    input: PutObjectInput,
    expires: Option<String>,
    received: &Received,
    default: Encryption,
) -> Object {
    let encryption = Encryption::asked_for(input.server_side_encryption.as_ref(), default);
    Object {
        key: input.key,
        sequencer: String::new(),
        size: received.size,
        etag: encryption.etag(received.computed.md5),
        last_modified_ms: 0,
        encryption,
        checksums: received.given.clone(),
        headers: ContentHeaders {
            content_type: input.content_type,
            content_disposition: input.content_disposition,
            content_encoding: ContentHeaders::encoding(input.content_encoding),
            content_language: input.content_language,
            cache_control: input.cache_control,
            expires,
        },
        announced: false,
        assembled: None,
    }
}
