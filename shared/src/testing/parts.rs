//! A file in parts: its item, the multipart upload that S3 holds, and what becomes of it.
//!
//! The file's eleven bytes come in two parts, "hello " and "world". S3 would not take parts so small;
//! the functions take the size from the record.

use std::fmt::Write as _;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::abort_multipart_upload::{
    AbortMultipartUploadError, AbortMultipartUploadInput, AbortMultipartUploadOutput,
};
use aws_sdk_s3::operation::complete_multipart_upload::{
    CompleteMultipartUploadError, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
};
use aws_sdk_s3::operation::create_multipart_upload::{
    CreateMultipartUploadError, CreateMultipartUploadInput, CreateMultipartUploadOutput,
};
use aws_sdk_s3::operation::delete_object::{
    DeleteObjectError, DeleteObjectInput, DeleteObjectOutput,
};
use aws_sdk_s3::operation::list_multipart_uploads::{
    ListMultipartUploadsError, ListMultipartUploadsInput, ListMultipartUploadsOutput,
};
use aws_sdk_s3::operation::list_parts::{ListPartsError, ListPartsInput, ListPartsOutput};
use aws_sdk_s3::operation::put_object::{PutObjectError, PutObjectInput, PutObjectOutput};
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload};
use aws_smithy_mocks::{RuleBuilder, mock};
use serde_json::{Value, json};

use super::AwsAnswer;
use super::dynamodb::{file_item, with};
use super::s3::OBJECT;

/// The upload that is open for the file.
pub const UPLOAD: &str = "upload-1";
/// The upload that takes its place.
pub const FRESH_UPLOAD: &str = "upload-2";
/// The `ETag` of the object that the parts are joined to.
pub const JOINED: &str = "0123456789abcdef0123456789abcdef-2";
/// The note that has the reading of the file's bytes continued.
pub const NOTE: &str = "_continue/acme/fil_000000070123456789abcdef";

/// The file's two parts as S3 lists them: number, size in bytes and `ETag`.
pub const PARTS: [(u16, u64, &str); 2] =
    [(1, 6, "f814893777bcc2295fff05f00e508da6"), (2, 5, "7d793037a0760186574b0282f2f435e7")];

/// The item of the file in parts, in one of the states; `COMPLETING` since the moment the tests
/// play in, with no MD5 claimed.
#[must_use]
pub fn item_in_parts(status: &str) -> Value {
    let item = with(
        file_item(status),
        &json!({ "uploadId": { "S": UPLOAD }, "partSizeBytes": { "N": "6" } }),
    );
    match status {
        "COMPLETING" => with(
            item,
            &json!({
                "expiresAt": { "N": super::DUE.millis().to_string() },
                "completingSince": { "N": super::NOW.millis().to_string() },
            }),
        ),
        _ => item,
    }
}

/// The file's item once a fresh upload has taken the place of its first.
#[must_use]
pub fn replaced() -> Value {
    with(item_in_parts("PENDING"), &json!({ "uploadId": { "S": FRESH_UPLOAD } }))
}

/// An upload is opened for the file, with this checksum of its parts, if any.
#[must_use]
pub fn open_upload(
    checksum: Option<&'static str>,
) -> RuleBuilder<CreateMultipartUploadInput, CreateMultipartUploadOutput, CreateMultipartUploadError>
{
    open_upload_as("text/plain", checksum)
}

/// The same for a file of another type.
#[must_use]
pub fn open_upload_as(
    mime_type: &'static str,
    checksum: Option<&'static str>,
) -> RuleBuilder<CreateMultipartUploadInput, CreateMultipartUploadOutput, CreateMultipartUploadError>
{
    mock!(Client::create_multipart_upload).match_requests(move |open| {
        open.key().is_some_and(|key| key.starts_with("acme/fil_00000007"))
            && open.content_type() == Some(mime_type)
            && open.checksum_algorithm().map(ChecksumAlgorithm::as_str) == checksum
    })
}

/// The upload is open, and has this id.
#[must_use]
pub fn opened(upload: &str) -> AwsAnswer {
    AwsAnswer::new(200, document("InitiateMultipartUploadResult", &element("UploadId", upload)))
}

/// A list of at most `limit` parts of [`UPLOAD`] after one.
#[must_use]
pub fn list_parts(
    after: &'static str,
    limit: i32,
) -> RuleBuilder<ListPartsInput, ListPartsOutput, ListPartsError> {
    mock!(Client::list_parts).match_requests(move |list| {
        list.key() == Some(OBJECT)
            && list.upload_id() == Some(UPLOAD)
            && list.part_number_marker() == Some(after)
            && list.max_parts() == Some(limit)
    })
}

/// S3 holds these parts, and more after them or not.
#[must_use]
pub fn listed(parts: &[(u16, u64, &str)], more: bool) -> AwsAnswer {
    let parts = parts.iter().map(|(number, size, etag)| listed_part(*number, *size, etag, ""));
    listed_parts(parts, more)
}

/// A part in S3's list, with a checksum as S3 writes it.
#[must_use]
pub fn listed_part(number: u16, size: u64, etag: &str, checksum: &str) -> String {
    let number = element("PartNumber", &number.to_string());
    let size = element("Size", &size.to_string());
    let etag = element("ETag", &format!("&quot;{etag}&quot;"));
    element("Part", &format!("{number}{etag}{size}{checksum}"))
}

/// S3's list of parts.
#[must_use]
pub fn listed_parts(parts: impl IntoIterator<Item = String>, more: bool) -> AwsAnswer {
    let parts: String = parts.into_iter().collect();
    let truncated = element("IsTruncated", &more.to_string());
    AwsAnswer::new(200, document("ListPartsResult", &format!("{truncated}{parts}")))
}

/// The parts of [`UPLOAD`] are joined onto an empty place, if they come to the file's size. `parts` are
/// compared as `number=ETag`.
#[must_use]
pub fn join(
    parts: &'static str,
) -> RuleBuilder<
    CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput,
    CompleteMultipartUploadError,
> {
    mock!(Client::complete_multipart_upload).match_requests(move |join| {
        let listed =
            join.multipart_upload().map(CompletedMultipartUpload::parts).unwrap_or_default();
        let mut asked = String::new();
        for part in listed {
            let (number, etag) = (part.part_number().unwrap(), part.e_tag().unwrap());
            write!(asked, "{number}={etag}").unwrap();
            if let Some(sha256) = part.checksum_sha256() {
                write!(asked, "/{sha256}").unwrap();
            }
            asked.push(' ');
        }
        join.key() == Some(OBJECT)
            && join.upload_id() == Some(UPLOAD)
            && join.if_none_match() == Some("*")
            && join.mpu_object_size() == Some(11)
            && asked.trim_end() == parts
    })
}

/// The parts are an object now, under [`JOINED`].
#[must_use]
pub fn joined() -> AwsAnswer {
    joined_as(JOINED)
}

/// The parts are an object now, with this `ETag`.
#[must_use]
pub fn joined_as(etag: &str) -> AwsAnswer {
    let etag = element("ETag", &format!("&quot;{etag}&quot;"));
    AwsAnswer::new(200, document("CompleteMultipartUploadResult", &etag))
}

/// A list of the uploads that are open for the file.
#[must_use]
pub fn list_uploads()
-> RuleBuilder<ListMultipartUploadsInput, ListMultipartUploadsOutput, ListMultipartUploadsError> {
    mock!(Client::list_multipart_uploads).match_requests(|list| list.prefix() == Some(OBJECT))
}

/// These uploads are open.
#[must_use]
pub fn open_uploads(ids: &[&str]) -> AwsAnswer {
    let uploads = ids.iter().map(|id| element("Upload", &element("UploadId", id)));
    let uploads: String = uploads.collect();
    AwsAnswer::new(200, document("ListMultipartUploadsResult", &uploads))
}

/// An upload for the file is given up.
#[must_use]
pub fn abort(
    upload: &'static str,
) -> RuleBuilder<AbortMultipartUploadInput, AbortMultipartUploadOutput, AbortMultipartUploadError> {
    mock!(Client::abort_multipart_upload).match_requests(move |abort| {
        abort.key() == Some(OBJECT) && abort.upload_id() == Some(upload)
    })
}

/// The [`NOTE`] is written.
#[must_use]
pub fn put_note() -> RuleBuilder<PutObjectInput, PutObjectOutput, PutObjectError> {
    mock!(Client::put_object).match_requests(|put| put.key() == Some(NOTE))
}

/// The [`NOTE`] is taken away.
#[must_use]
pub fn delete_note() -> RuleBuilder<DeleteObjectInput, DeleteObjectOutput, DeleteObjectError> {
    mock!(Client::delete_object).match_requests(|delete| delete.key() == Some(NOTE))
}

/// S3's error of this name.
#[must_use]
pub fn s3_error(status: u16, code: &str) -> AwsAnswer {
    AwsAnswer::new(status, document("Error", &element("Code", code)))
}

fn document(root: &str, content: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", element(root, content))
}

fn element(name: &str, content: &str) -> String {
    format!("<{name}>{content}</{name}>")
}
