//! `GetObject` and `HeadObject`.

use std::ops::Range;

use hyper::HeaderMap;
use hyper::header::{ETAG, EXPIRES, HeaderValue};
use s3s::dto::{
    ETagCondition, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, Timestamp,
};
use s3s::{S3Error, S3Response, S3Result, s3_error};

use super::digests::checksum_headers;
use super::object::Object;
use super::store::{Store, matches};
use crate::clock::system_time;

/// The conditions of a GET or a HEAD: their inputs have the same fields and no type in common.
macro_rules! conditions {
    ($input:expr) => {
        Conditions {
            if_match: $input.if_match.as_ref(),
            if_none_match: $input.if_none_match.as_ref(),
            if_modified_since: $input.if_modified_since.as_ref(),
            if_unmodified_since: $input.if_unmodified_since.as_ref(),
        }
    };
}

/// Sends the object or one range of it.
pub(super) fn get(store: &Store, input: &GetObjectInput) -> S3Result<S3Response<GetObjectOutput>> {
    let (object, content) = store.open_object(&input.bucket, &input.key)?;
    conditions!(input).check(&object)?;
    content.check()?;
    let range = match &input.range {
        Some(range) => range.check(object.size).map_err(|_| s3_error!(InvalidRange))?,
        None => 0..object.size,
    };
    let described = described(&object);
    let output = GetObjectOutput {
        body: Some(content.read(&range)),
        content_length: i64::try_from(range.end - range.start).ok(),
        content_range: input.range.as_ref().map(|_| content_range(&range, object.size)),
        accept_ranges: described.accept_ranges,
        cache_control: described.cache_control,
        content_disposition: described.content_disposition,
        content_encoding: described.content_encoding,
        content_language: described.content_language,
        content_type: described.content_type,
        e_tag: described.e_tag,
        last_modified: described.last_modified,
        server_side_encryption: described.server_side_encryption,
        ..Default::default()
    };
    // A checksum speaks of the whole content and would make a client refuse a part of it.
    let with_checksums = input.checksum_mode.is_some() && input.range.is_none();
    let mut answer = respond(output, &object, with_checksums)?;
    if input.response_expires.is_some() {
        // `s3s` has it in the answer, and what stands here would replace it.
        answer.headers.remove(EXPIRES);
    }
    Ok(answer)
}

/// Describes the object without sending it.
pub(super) fn head(
    store: &Store,
    input: &HeadObjectInput,
) -> S3Result<S3Response<HeadObjectOutput>> {
    let object = store.object(&input.bucket, &input.key)?;
    conditions!(input).check(&object)?;
    respond(described(&object), &object, input.checksum_mode.is_some())
}

/// Under which conditions a reader wants the object.
#[expect(clippy::struct_field_names, reason = "the names of the headers")]
struct Conditions<'a> {
    if_match: Option<&'a ETagCondition>,
    if_none_match: Option<&'a ETagCondition>,
    if_modified_since: Option<&'a Timestamp>,
    if_unmodified_since: Option<&'a Timestamp>,
}

impl Conditions<'_> {
    /// RFC 9110, 13.2.2: a condition on the `ETag` counts more than the same one on the time.
    fn check(&self, object: &Object) -> S3Result<()> {
        // HTTP says times in whole seconds.
        let modified = Timestamp::from(system_time(object.last_modified_ms / 1000 * 1000));
        let is_newer_than = |time: &Timestamp| modified > *time;
        let holds = match (self.if_match, self.if_unmodified_since) {
            (Some(wanted), _) => matches(wanted, object),
            (None, Some(time)) => !is_newer_than(time),
            (None, None) => true,
        };
        if !holds {
            return Err(s3_error!(PreconditionFailed));
        }
        let is_known = match (self.if_none_match, self.if_modified_since) {
            (Some(known), _) => matches(known, object),
            (None, Some(time)) => !is_newer_than(time),
            (None, None) => false,
        };
        if is_known { Err(not_modified(object)) } else { Ok(()) }
    }
}

/// A 304 names what the client has.
fn not_modified(object: &Object) -> S3Error {
    let mut answer = s3_error!(NotModified);
    let etag = HeaderValue::from_str(&format!("\"{}\"", object.etag)).ok();
    answer.set_headers(etag.map(|etag| (ETAG, etag)).into_iter().collect());
    answer
}

fn described(object: &Object) -> HeadObjectOutput {
    let headers = object.headers.clone();
    HeadObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        cache_control: headers.cache_control,
        content_disposition: headers.content_disposition,
        content_encoding: headers.content_encoding,
        content_language: headers.content_language,
        content_length: i64::try_from(object.size).ok(),
        content_type: headers.content_type,
        e_tag: Some(object.e_tag()),
        last_modified: Some(object.last_modified()),
        server_side_encryption: Some(object.encryption.header()),
        ..Default::default()
    }
}

fn respond<Output>(
    output: Output,
    object: &Object,
    with_checksums: bool,
) -> S3Result<S3Response<Output>> {
    let mut headers = HeaderMap::new();
    if with_checksums {
        headers.extend(checksum_headers(&object.checksums)?);
    }
    let expires = object.headers.expires.as_ref();
    if let Some(expires) = expires.and_then(|expires| HeaderValue::from_str(expires).ok()) {
        headers.insert(EXPIRES, expires);
    }
    Ok(S3Response::with_headers(output, headers))
}

fn content_range(range: &Range<u64>, size: u64) -> String {
    let last = range.end.saturating_sub(1);
    format!("bytes {}-{last}/{size}", range.start)
}
