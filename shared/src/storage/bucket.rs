//! The S3 bucket, and these truths about S3:
//!
//! - A presigned URL can be used until it expires, and a PUT replaces what is there. `if-none-match: *`
//!   is therefore signed into every PUT: what was verified cannot be replaced.
//! - Headers named at signing become signed headers: the client must send exactly those. A signed
//!   content-length makes S3 refuse any other size, a signed content-md5 any other bytes.
//! - Inside Lambda the SDK adds an unsigned trace header to a presigned request's headers; handed
//!   out, it would make a browser's PUT fail. Only what the signature names is handed out.
//! - HEAD of a missing key is 404 only for a role that may list the bucket, otherwise 403.
//! - Keys in event records are URL-encoded; of ours, at most the slash can be.
//! - Deleting what is not there is a success. `If-Match` deletes exactly the bytes one has seen.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::types::{ChecksumMode, ServerSideEncryption};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_types::SdkConfig;
use md5::{Digest as _, Md5 as Md5Hasher};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::failure::unavailable;
use crate::config::Aws;
use crate::domain::{
    ETag, Encryption, File, Filename, Md5, ObjectKey, SignedUrl, StoredObject, Timestamp,
    UploadTicket,
};
use crate::{Error, Result};

/// The bucket that holds every file's bytes.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub(super) client: Client,
    pub(super) name: String,
    encryption: Encryption,
}

impl Bucket {
    /// The bucket called `name`, which encrypts as `encryption` says.
    #[must_use]
    pub fn new(client: Client, name: &str, encryption: Encryption) -> Self {
        Self { client, name: name.to_owned(), encryption }
    }

    /// An S3 client with the settings of all clients.
    #[must_use]
    pub fn client(settings: &SdkConfig, aws: &Aws) -> Client {
        // Another endpoint than AWS's own has no host name for each bucket.
        let mut config =
            aws_sdk_s3::config::Builder::from(settings).force_path_style(aws.s3_endpoint.is_some());
        config.set_endpoint_url(aws.s3_endpoint.clone());
        Client::from_conf(config.build())
    }

    /// Opens the connection that a first HEAD or DELETE would otherwise wait for.
    pub async fn warm_up(&self) {
        // Whatever the answer, the connection is there.
        let _ = self.client.head_object().bucket(&self.name).key("warm-up").send().await;
    }

    /// What S3 holds under `key` right now.
    ///
    /// # Errors
    ///
    /// S3's failure.
    pub async fn head(&self, key: &ObjectKey) -> Result<Option<StoredObject>> {
        let outcome = self
            .client
            .head_object()
            .bucket(&self.name)
            .key(key.to_string())
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await;
        match outcome {
            Ok(output) => stored_object(&output).map(Some),
            Err(failure) if status(&failure) == Some(404) => Ok(None),
            Err(failure) => Err(unavailable("s3:HeadObject")(failure)),
        }
    }

    /// The key that an event names: URL-encoded, like all keys in events. Nothing if it is not ours.
    #[must_use]
    pub fn key_of_event(encoded: &str) -> Option<ObjectKey> {
        percent_decode_str(encoded).decode_utf8().ok()?.parse().ok()
    }

    /// An object as an event describes it. Events do not tell the encryption: it is the bucket's.
    #[must_use]
    pub fn described(&self, size_bytes: u64, etag: ETag) -> StoredObject {
        StoredObject::new(size_bytes, etag, None, self.encryption)
    }

    /// The MD5 of exactly the bytes that `etag` names, read in constant memory; nothing if they are
    /// gone or replaced.
    ///
    /// # Errors
    ///
    /// S3's failure, also in the midst of the bytes.
    pub async fn hash(&self, key: &ObjectKey, etag: &ETag) -> Result<Option<Md5>> {
        let outcome = self
            .client
            .get_object()
            .bucket(&self.name)
            .key(key.to_string())
            .if_match(etag.quoted())
            .send()
            .await;
        let mut body = match outcome {
            Ok(output) => output.body,
            Err(failure) if matches!(status(&failure), Some(404 | 412)) => return Ok(None),
            Err(failure) => return Err(unavailable("s3:GetObject")(failure)),
        };
        let mut hasher = Md5Hasher::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| Error::Unavailable {
                operation: "s3:GetObject",
                source: error.into(),
            })?;
            hasher.update(&chunk);
        }
        let digest: [u8; 16] = hasher.finalize().into();
        Ok(Some(Md5::new(digest)))
    }

    /// Deletes whatever lies under `key`.
    ///
    /// # Errors
    ///
    /// S3's failure.
    pub async fn delete(&self, key: &ObjectKey) -> Result<()> {
        let request = self.client.delete_object().bucket(&self.name).key(key.to_string());
        request.send().await.map(|_| ()).map_err(unavailable("s3:DeleteObject"))
    }

    /// Deletes the bytes that `etag` names, and no others. If they are gone already, fine.
    ///
    /// # Errors
    ///
    /// S3's failure.
    pub async fn delete_exactly(&self, key: &ObjectKey, etag: &ETag) -> Result<()> {
        let request = self.client.delete_object().bucket(&self.name).key(key.to_string());
        match request.if_match(etag.quoted()).send().await {
            Ok(_) => Ok(()),
            Err(failure) if matches!(status(&failure), Some(404 | 412)) => Ok(()),
            Err(failure) => Err(unavailable("s3:DeleteObject")(failure)),
        }
    }

    /// Signs the PUT of exactly the announced file: its size, its type, its MD5 if announced, and
    /// only onto an empty place. Valid from `now` for `lifetime`.
    ///
    /// # Errors
    ///
    /// The request cannot be signed, which is a fault of ours.
    pub async fn sign_put(
        &self,
        key: &ObjectKey,
        file: &File,
        md5: Option<Md5>,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<UploadTicket> {
        let size = i64::try_from(file.size_bytes).map_err(|_| Error::internal("size over 2^63"))?;
        let request = self
            .client
            .put_object()
            .bucket(&self.name)
            .key(key.to_string())
            .content_length(size)
            .content_type(file.mime_type.as_str())
            .set_content_md5(md5.map(Md5::to_base64))
            .if_none_match("*")
            .presigned(presigning(now, lifetime)?)
            .await;
        let signed = request.map_err(unsignable)?;
        Ok(UploadTicket { headers: signed_headers(&signed), url: SignedUrl::new(signed.uri()) })
    }

    /// Signs the download of a file, under its own name and type. Valid from `now` for `lifetime`.
    ///
    /// # Errors
    ///
    /// The request cannot be signed, which is a fault of ours.
    pub async fn sign_get(
        &self,
        key: &ObjectKey,
        file: &File,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<SignedUrl> {
        let request = self
            .client
            .get_object()
            .bucket(&self.name)
            .key(key.to_string())
            .response_content_disposition(content_disposition(&file.filename))
            .response_content_type(file.mime_type.as_str())
            .presigned(presigning(now, lifetime)?)
            .await;
        Ok(SignedUrl::new(request.map_err(unsignable)?.uri()))
    }
}

fn stored_object(output: &HeadObjectOutput) -> Result<StoredObject> {
    let size = output.content_length().and_then(|size| u64::try_from(size).ok());
    let (Some(size), Some(etag)) = (size, output.e_tag()) else {
        return Err(Error::internal("S3 described an object without size or ETag"));
    };
    let of_customer = output.sse_customer_algorithm().is_some();
    let encryption = match output.server_side_encryption() {
        None | Some(ServerSideEncryption::Aes256) if !of_customer => Encryption::S3Managed,
        _ => Encryption::CustomerManaged,
    };
    let checksum = output.checksum_md5().and_then(Md5::from_base64);
    Ok(StoredObject::new(size, ETag::new(etag), checksum, encryption))
}

fn presigning(now: Timestamp, lifetime: Duration) -> Result<PresigningConfig> {
    PresigningConfig::builder()
        .start_time(UNIX_EPOCH + Duration::from_millis(now.millis()))
        .expires_in(lifetime)
        .build()
        .map_err(unsignable)
}

/// The headers that the signature names, but for the host, which no client sets itself.
fn signed_headers(signed: &PresignedRequest) -> BTreeMap<String, String> {
    let query = signed.uri().split_once('?').map_or("", |(_, query)| query);
    let names = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "X-Amz-SignedHeaders")
        .map_or_else(String::new, |(_, names)| names.into_owned());
    let is_signed = |name: &str| name != "host" && names.split(';').any(|signed| signed == name);
    signed
        .headers()
        .filter(|(name, _)| is_signed(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// RFC 6266: the name in ASCII for old clients, and as it is (RFC 5987) for all others.
fn content_disposition(filename: &Filename) -> String {
    /// RFC 5987, `attr-char`.
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'!')
        .remove(b'#')
        .remove(b'$')
        .remove(b'&')
        .remove(b'+')
        .remove(b'-')
        .remove(b'.')
        .remove(b'^')
        .remove(b'_')
        .remove(b'`')
        .remove(b'|')
        .remove(b'~');
    let plain = |character: char| character.is_ascii() && !matches!(character, '"' | '%');
    let ascii: String = filename
        .as_str()
        .chars()
        .map(|character| if plain(character) { character } else { '_' })
        .collect();
    let encoded = utf8_percent_encode(filename.as_str(), ENCODED);
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

pub(super) fn status<E>(failure: &SdkError<E, HttpResponse>) -> Option<u16> {
    failure.raw_response().map(|response| response.status().as_u16())
}

fn unsignable(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("a request cannot be signed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_carries_its_name_in_both_forms() {
        let name = Filename::try_from("Größe \"1\".txt".to_owned()).unwrap();
        assert_eq!(
            content_disposition(&name),
            "attachment; filename=\"Gr__e _1_.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.txt"
        );
    }
}
