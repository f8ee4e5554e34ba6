//! S3's multipart uploads: the calls a test expects, and what the bucket answers.

use std::fmt::Write as _;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::complete_multipart_upload::{
    CompleteMultipartUploadError, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
};
use aws_sdk_s3::operation::create_multipart_upload::{
    CreateMultipartUploadError, CreateMultipartUploadInput, CreateMultipartUploadOutput,
};
use aws_sdk_s3::operation::list_parts::{ListPartsError, ListPartsInput, ListPartsOutput};
use aws_smithy_mocks::{RuleBuilder, mock};
use serde_json::{Value, json};

use super::AwsAnswer;
use super::dynamodb::with;
use super::s3::OBJECT;

/// The id of the file's upload.
pub const UPLOAD: &str = "upload-1";

/// A file's item whose bytes arrive in parts of this size.
#[must_use]
pub fn in_parts(item: Value, part_size_bytes: u64) -> Value {
    let size = json!({ "N": part_size_bytes.to_string() });
    with(item, &json!({ "uploadId": { "S": UPLOAD }, "partSizeBytes": size }))
}

/// An upload is opened, for whatever file.
#[must_use]
pub fn open_upload()
-> RuleBuilder<CreateMultipartUploadInput, CreateMultipartUploadOutput, CreateMultipartUploadError>
{
    mock!(Client::create_multipart_upload)
}

/// The parts of the file's upload are listed.
#[must_use]
pub fn list_parts() -> RuleBuilder<ListPartsInput, ListPartsOutput, ListPartsError> {
    mock!(Client::list_parts)
        .match_requests(|list| list.key() == Some(OBJECT) && list.upload_id() == Some(UPLOAD))
}

/// The parts of the file's upload are joined, onto an empty place.
#[must_use]
pub fn join() -> RuleBuilder<
    CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput,
    CompleteMultipartUploadError,
> {
    mock!(Client::complete_multipart_upload).match_requests(|join| {
        join.key() == Some(OBJECT)
            && join.upload_id() == Some(UPLOAD)
            && join.if_none_match() == Some("*")
    })
}

/// [`UPLOAD`] is open.
#[must_use]
pub fn opened() -> AwsAnswer {
    result("InitiateMultipartUpload", &format!("<UploadId>{UPLOAD}</UploadId>"))
}

/// These parts are there: number, size in bytes and `ETag` of each.
#[must_use]
pub fn parts(held: &[(u16, u64, &str)]) -> AwsAnswer {
    let mut parts = String::new();
    for (number, size, etag) in held {
        let number = format!("<PartNumber>{number}</PartNumber>");
        write!(parts, "<Part>{number}<Size>{size}</Size><ETag>{etag}</ETag></Part>").unwrap();
    }
    result("ListParts", &parts)
}

/// The parts are an object with this `ETag`.
#[must_use]
pub fn joined(etag: &str) -> AwsAnswer {
    result("CompleteMultipartUpload", &format!("<ETag>{etag}</ETag>"))
        .header("x-amz-server-side-encryption", "AES256")
}

/// S3 does not know the upload, or not any more.
#[must_use]
pub fn no_such_upload() -> AwsAnswer {
    AwsAnswer::new(404, "<Error><Code>NoSuchUpload</Code><Message>no</Message></Error>")
}

fn result(operation: &str, content: &str) -> AwsAnswer {
    AwsAnswer::new(200, format!("<{operation}Result>{content}</{operation}Result>"))
}
