//! Multipart uploads in S3: opening, listing, joining, aborting.

use std::time::Duration;

use aws_sdk_s3::config::Builder;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::operation::complete_multipart_upload::CompleteMultipartUploadOutput;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart, Part,
};
use aws_smithy_types::timeout::TimeoutConfig;

use super::{Bucket, encryption, status};
use crate::domain::multipart::PartChecksum;
use crate::domain::{
    ETag, MimeType, Multipart, ObjectKey, PartNumber, StoredObject, StoredPart, UploadId,
};
use crate::storage::failure::{ran_out_of_time, unavailable};
use crate::uploads::File;
use crate::{Error, Result};

/// What joining the parts of an upload came to.
#[derive(Debug)]
pub enum Joined {
    /// They are an object now.
    Object(StoredObject),
    /// There is an object already, or S3 does not know the upload (any more).
    Already,
    /// S3 will not have the parts: they are not what was listed.
    Refused,
    /// It takes longer than there is time, or another request is just joining them. S3 goes on by
    /// itself.
    UnderWay,
}

impl Bucket {
    /// Opens a multipart upload for the file that will lie under `key`.
    ///
    /// # Errors
    ///
    /// S3's failure.
    pub async fn open_upload(
        &self,
        key: &ObjectKey,
        mime_type: &MimeType,
        checksum: Option<PartChecksum>,
    ) -> Result<UploadId> {
        let (algorithm, kind) = match checksum {
            None => (None, None),
            Some(PartChecksum::Sha256) => {
                (Some(ChecksumAlgorithm::Sha256), Some(ChecksumType::Composite))
            }
            Some(PartChecksum::Crc64Nvme) => {
                (Some(ChecksumAlgorithm::Crc64Nvme), Some(ChecksumType::FullObject))
            }
        };
        let output = self
            .client
            .create_multipart_upload()
            .bucket(&self.name)
            .key(key.to_string())
            .content_type(mime_type.as_str())
            .set_checksum_algorithm(algorithm)
            .set_checksum_type(kind)
            .send()
            .await
            .map_err(unavailable("s3:CreateMultipartUpload"))?;
        let id =
            output.upload_id.ok_or_else(|| Error::internal("S3 opened an upload without id"))?;
        Ok(UploadId::new(id))
    }

    /// The parts that S3 holds after number `after`, at most `limit` of them (1,000 at once), in order,
    /// and whether there are more. Nothing if S3 does not know the upload.
    ///
    /// # Errors
    ///
    /// S3's failure.
    pub async fn parts(
        &self,
        key: &ObjectKey,
        upload: &UploadId,
        after: u16,
        limit: u16,
    ) -> Result<Option<(Vec<StoredPart>, bool)>> {
        let outcome = self
            .client
            .list_parts()
            .bucket(&self.name)
            .key(key.to_string())
            .upload_id(upload.as_str())
            .part_number_marker(after.to_string())
            .max_parts(limit.into())
            .send()
            .await;
        match outcome {
            Ok(output) => {
                let parts = output.parts().iter().map(stored_part).collect::<Result<_>>()?;
                Ok(Some((parts, output.is_truncated().unwrap_or(false))))
            }
            // Its parts were joined, or it was aborted, by somebody or by the bucket's lifecycle rule.
            Err(failure) if status(&failure) == Some(404) => Ok(None),
            Err(failure) => Err(unavailable("s3:ListParts")(failure)),
        }
    }

    /// All parts that S3 holds. Nothing if it does not know the upload.
    ///
    /// # Errors
    ///
    /// S3's failure.
    pub async fn all_parts(
        &self,
        key: &ObjectKey,
        upload: &UploadId,
    ) -> Result<Option<Vec<StoredPart>>> {
        let mut all = Vec::new();
        loop {
            let after = all.last().map_or(0, |part: &StoredPart| part.number.get());
            let Some((parts, more)) = self.parts(key, upload, after, 1000).await? else {
                return Ok(None);
            };
            let is_empty = parts.is_empty();
            all.extend(parts);
            // An empty page that claims to have a next one would be asked for again for ever.
            if is_empty || !more {
                return Ok(Some(all));
            }
        }
    }

    /// Joins exactly these parts to the object of `file`, if there is none yet, within `time`.
    ///
    /// # Errors
    ///
    /// S3's failure; it may have joined them all the same.
    pub async fn join(
        &self,
        key: &ObjectKey,
        file: &File,
        multipart: &Multipart,
        parts: &[StoredPart],
        time: Duration,
    ) -> Result<Joined> {
        let listed = parts.iter().map(|part| completed_part(part, multipart.checksum)).collect();
        let size = i64::try_from(file.size_bytes).map_err(|_| Error::internal("size over 2^63"))?;
        let outcome = self
            .client
            .complete_multipart_upload()
            .bucket(&self.name)
            .key(key.to_string())
            .upload_id(multipart.upload_id.as_str())
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(listed)).build())
            // S3 refuses parts of another total, so joining proves the size.
            .mpu_object_size(size)
            // Write-once, as every PUT is: an object that was proven is never replaced.
            .if_none_match("*")
            .customize()
            .config_override(within(time))
            .send()
            .await;
        let failure = match outcome {
            Ok(output) => return joined(&output, file, parts).map(Joined::Object),
            Err(failure) => failure,
        };
        if ran_out_of_time(&failure) {
            return Ok(Joined::UnderWay);
        }
        match failure.code() {
            Some("NoSuchUpload" | "PreconditionFailed") => Ok(Joined::Already),
            // There is no object to look at yet: to look again at once would be to spin.
            Some("ConditionalRequestConflict") => Ok(Joined::UnderWay),
            Some(
                "InvalidPart" | "InvalidPartOrder" | "EntityTooSmall" | "EntityTooLarge"
                | "InvalidRequest" | "BadDigest",
            ) => Ok(Joined::Refused),
            _ => Err(unavailable("s3:CompleteMultipartUpload")(failure)),
        }
    }

    /// Aborts `known` and every other upload that is open for `key`, with the parts they have. An upload
    /// that was aborted before may hold a part that was in flight then.
    ///
    /// # Errors
    ///
    /// S3's failure.
    pub async fn abort_uploads(&self, key: &ObjectKey, known: Option<&UploadId>) -> Result<()> {
        let key = key.to_string();
        let open = self
            .client
            .list_multipart_uploads()
            .bucket(&self.name)
            .prefix(&key)
            .send()
            .await
            .map_err(unavailable("s3:ListMultipartUploads"))?;
        let listed = open.uploads().iter().filter_map(|upload| upload.upload_id());
        let known = known.map(UploadId::as_str);
        // Aborting what is not open is harmless, so the known one need not be listed.
        for id in listed.filter(|id| known != Some(id)).chain(known) {
            self.abort(&key, id).await?;
        }
        Ok(())
    }

    /// Aborts one upload, if it is still open.
    ///
    /// # Errors
    ///
    /// S3's failure.
    pub async fn abort_upload(&self, key: &ObjectKey, upload: &UploadId) -> Result<()> {
        self.abort(&key.to_string(), upload.as_str()).await
    }

    async fn abort(&self, key: &str, id: &str) -> Result<()> {
        let abort = self.client.abort_multipart_upload().bucket(&self.name);
        match abort.key(key).upload_id(id).send().await {
            Ok(_) => Ok(()),
            // It is not open any more, which is what was wanted.
            Err(failure) if status(&failure) == Some(404) => Ok(()),
            Err(failure) => Err(unavailable("s3:AbortMultipartUpload")(failure)),
        }
    }
}

fn stored_part(part: &Part) -> Result<StoredPart> {
    let number = part.part_number().and_then(|number| u64::try_from(number).ok());
    let number = number.and_then(|number| PartNumber::try_from(number).ok());
    let size = part.size().and_then(|size| u64::try_from(size).ok());
    let (Some(number), Some(size_bytes), Some(etag)) = (number, size, part.e_tag()) else {
        return Err(Error::internal("S3 described a part without number, size or ETag"));
    };
    Ok(StoredPart {
        number,
        size_bytes,
        etag: ETag::new(etag),
        checksum_sha256: part.checksum_sha256().map(ToOwned::to_owned),
        checksum_crc64nvme: part.checksum_crc64_nvme().map(ToOwned::to_owned),
    })
}

/// S3 demands each part's checksum back where it keeps one for each part.
fn completed_part(part: &StoredPart, checksum: Option<PartChecksum>) -> CompletedPart {
    let sha256 = (checksum == Some(PartChecksum::Sha256)).then(|| part.checksum_sha256.clone());
    CompletedPart::builder()
        .part_number(part.number.get().into())
        .e_tag(part.etag.quoted())
        .set_checksum_sha256(sha256.flatten())
        .build()
}

/// The object as S3 describes it, whose size it has checked. The MD5 of a single part is the file's.
fn joined(
    output: &CompleteMultipartUploadOutput,
    file: &File,
    parts: &[StoredPart],
) -> Result<StoredObject> {
    let etag = output.e_tag().ok_or_else(|| Error::internal("S3 joined parts without an ETag"))?;
    let encryption = encryption(output.server_side_encryption(), None);
    let of_the_one = match parts {
        [one] => StoredObject::new(one.size_bytes, one.etag.clone(), None, encryption).md5,
        _ => None,
    };
    Ok(StoredObject::new(file.size_bytes, ETag::new(etag), of_the_one, encryption))
}

/// As long as there is time, and no second attempt beside a first that may still be at work.
fn within(time: Duration) -> Builder {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(time).operation_timeout(time);
    Builder::new().timeout_config(timeouts.build())
}
