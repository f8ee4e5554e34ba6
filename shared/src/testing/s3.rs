//! S3's side: the calls a test expects, and what the bucket answers.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::delete_object::{
    DeleteObjectError, DeleteObjectInput, DeleteObjectOutput,
};
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectInput, GetObjectOutput};
use aws_sdk_s3::operation::head_object::{HeadObjectError, HeadObjectInput, HeadObjectOutput};
use aws_smithy_mocks::{RuleBuilder, mock};

use super::AwsAnswer;

/// The file's object.
pub const OBJECT: &str = "acme/fil_000000070123456789abcdef";

/// A HEAD of the file's object.
#[must_use]
pub fn head() -> RuleBuilder<HeadObjectInput, HeadObjectOutput, HeadObjectError> {
    mock!(Client::head_object).match_requests(|head| head.key() == Some(OBJECT))
}

/// A GET of the file's object, if it still has this `ETag`.
#[must_use]
pub fn get_exactly(
    etag: &'static str,
) -> RuleBuilder<GetObjectInput, GetObjectOutput, GetObjectError> {
    mock!(Client::get_object).match_requests(move |get| {
        get.key() == Some(OBJECT) && get.if_match() == Some(&format!("\"{etag}\""))
    })
}

/// A DELETE of the file's object, whatever it is.
#[must_use]
pub fn delete() -> RuleBuilder<DeleteObjectInput, DeleteObjectOutput, DeleteObjectError> {
    mock!(Client::delete_object)
        .match_requests(|delete| delete.key() == Some(OBJECT) && delete.if_match().is_none())
}

/// A DELETE of the file's object, if it still has this `ETag`.
#[must_use]
pub fn delete_exactly(
    etag: &'static str,
) -> RuleBuilder<DeleteObjectInput, DeleteObjectOutput, DeleteObjectError> {
    mock!(Client::delete_object).match_requests(move |delete| {
        delete.key() == Some(OBJECT) && delete.if_match() == Some(&format!("\"{etag}\""))
    })
}

/// An object of this size and with this `ETag`, encrypted by S3 itself.
#[must_use]
pub fn object(size_bytes: u64, etag: &str) -> AwsAnswer {
    described(size_bytes, etag).header("x-amz-server-side-encryption", "AES256")
}

/// An object that is encrypted with a key of KMS: its `ETag` says nothing about its bytes.
#[must_use]
pub fn kms_object(size_bytes: u64, etag: &str) -> AwsAnswer {
    described(size_bytes, etag).header("x-amz-server-side-encryption", "aws:kms")
}

fn described(size_bytes: u64, etag: &str) -> AwsAnswer {
    AwsAnswer::new(200, "")
        .header("content-length", size_bytes.to_string())
        .header("etag", format!("\"{etag}\""))
}

/// All bytes of an object, asked for as a range.
#[must_use]
pub fn bytes(bytes: &str) -> AwsAnswer {
    let (last, length) = (bytes.len() - 1, bytes.len());
    AwsAnswer::new(206, bytes).header("content-range", format!("bytes 0-{last}/{length}"))
}

/// An answer without a body: 204 to a DELETE that was done, 404 to a HEAD of nothing.
#[must_use]
pub fn empty(status: u16) -> AwsAnswer {
    AwsAnswer::new(status, "")
}

/// What a presigned URL says: its parameters, by name.
#[must_use]
pub fn parameters(url: &str) -> BTreeMap<String, String> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}
