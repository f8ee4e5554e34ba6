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
//! - Joining parts may take minutes; S3 then says 200 first, and how it went in the body. Asked again
//!   it says how it went the first time, while some clones do not know the upload any more.
//! - A part that is on its way while its upload is aborted may land after all: abort again later.
//! - An upload takes part checksums of the one algorithm it was opened for, and MD5s.

mod multipart;
mod signing;
mod source;

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::types::{ChecksumMode, ServerSideEncryption};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_types::SdkConfig;
use percent_encoding::percent_decode_str;

pub use multipart::Joined;
pub use source::Source;

use super::endpoint;
use super::failure::unavailable;
use crate::config::Aws;
use crate::domain::{ContinueKey, ETag, Encryption, Md5, ObjectKey, StoredObject};
use crate::{Error, Result};

/// The bucket that holds every file's bytes.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub(super) client: Client,
    pub(super) name: String,
    encryption: Encryption,
    has_shown_md5s: Arc<AtomicBool>,
}

impl Bucket {
    /// The bucket called `name`, which encrypts as `encryption` says.
    #[must_use]
    pub fn new(client: Client, name: &str, encryption: Encryption) -> Self {
        Self { client, name: name.to_owned(), encryption, has_shown_md5s: Arc::default() }
    }

    /// A client of the bucket called `name`, with the settings of all clients.
    #[must_use]
    pub fn client(settings: &SdkConfig, aws: &Aws, name: &str) -> Client {
        let mut config = aws_sdk_s3::config::Builder::from(settings);
        config.set_endpoint_resolver(Some(endpoint::of_bucket(name, aws)));
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
            // Without this S3 keeps the checksums that it has to itself.
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await;
        match outcome {
            Ok(output) => {
                let is_md5 = encryption_of(&output) == Encryption::S3Managed;
                self.has_shown_md5s.store(is_md5, Ordering::Relaxed);
                stored_object(&output).map(Some)
            }
            // 404 only because the role may list the bucket. A 403 is a fault of the deployment.
            Err(failure) if status(&failure) == Some(404) => Ok(None),
            Err(failure) => Err(unavailable("s3:HeadObject")(failure)),
        }
    }

    /// The key that an event names, if it is of that kind. Keys in events are URL-encoded.
    #[must_use]
    pub fn key_of_event<K: FromStr>(encoded: &str) -> Option<K> {
        percent_decode_str(encoded).decode_utf8().ok()?.parse().ok()
    }

    /// Starts another invocation of verify-upload for this file, by the event that the creation of a note
    /// causes. S3 retries its events and keeps those that fail.
    ///
    /// # Errors
    ///
    /// S3's failure.
    pub async fn note_continuation(&self, key: &ObjectKey) -> Result<()> {
        let note = ContinueKey(key.clone()).to_string();
        let request = self.client.put_object().bucket(&self.name).key(note);
        request.send().await.map(|_| ()).map_err(unavailable("s3:PutObject of a note"))
    }

    /// Deletes the note: the bytes have been read.
    ///
    /// # Errors
    ///
    /// S3's failure.
    pub async fn end_continuation(&self, key: &ObjectKey) -> Result<()> {
        let note = ContinueKey(key.clone()).to_string();
        let request = self.client.delete_object().bucket(&self.name).key(note);
        request.send().await.map(|_| ()).map_err(unavailable("s3:DeleteObject of a note"))
    }

    /// An object as an event describes it. Events do not tell the encryption: it is the bucket's.
    #[must_use]
    pub fn described(&self, size_bytes: u64, etag: ETag) -> StoredObject {
        StoredObject::new(size_bytes, etag, None, self.encryption)
    }

    /// Whether the `ETag`s of the bucket's objects can be MD5s, as far as this container has seen: S3 told so of
    /// the last object that it was asked about. It may not hold for an object that is older than the bucket's
    /// encryption, or younger.
    #[must_use]
    pub fn has_shown_md5s(&self) -> bool {
        self.has_shown_md5s.load(Ordering::Relaxed)
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
            // The bytes are gone. What is there now is another object, which nobody has rejected.
            Err(failure) if matches!(status(&failure), Some(404 | 412)) => Ok(()),
            Err(failure) => Err(unavailable("s3:DeleteObject")(failure)),
        }
    }
}

fn stored_object(output: &HeadObjectOutput) -> Result<StoredObject> {
    let size = output.content_length().and_then(|size| u64::try_from(size).ok());
    let (Some(size), Some(etag)) = (size, output.e_tag()) else {
        return Err(Error::internal("S3 described an object without size or ETag"));
    };
    let checksum = output.checksum_md5().and_then(Md5::from_base64);
    Ok(StoredObject::new(size, ETag::new(etag), checksum, encryption_of(output)))
}

fn encryption_of(output: &HeadObjectOutput) -> Encryption {
    encryption(output.server_side_encryption(), output.sse_customer_algorithm())
}

fn encryption(by_s3: Option<&ServerSideEncryption>, by_customer: Option<&str>) -> Encryption {
    match by_s3 {
        None | Some(ServerSideEncryption::Aes256) if by_customer.is_none() => Encryption::S3Managed,
        _ => Encryption::CustomerManaged,
    }
}

pub(super) fn status<E>(failure: &SdkError<E, HttpResponse>) -> Option<u16> {
    failure.raw_response().map(|response| response.status().as_u16())
}
