//! Presigned requests: what a client may do with S3, and nothing else.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::primitives::DateTime;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Bucket;
use crate::domain::multipart::{PartDigest, PartTicket};
use crate::domain::{
    Disposition, Filename, Md5, Multipart, ObjectKey, PartNumber, SignedUrl, Timestamp,
    UploadTicket,
};
use crate::uploads::File;
use crate::{Error, Result};

impl Bucket {
    /// Signs the PUT of exactly the announced file: its size, its type, its MD5 if announced, and
    /// only onto an empty place. Valid from `now` until `expires_at`.
    ///
    /// # Errors
    ///
    /// The request cannot be signed: an internal error.
    pub async fn sign_put(
        &self,
        key: &ObjectKey,
        file: &File,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<UploadTicket> {
        let size = i64::try_from(file.size_bytes).map_err(|_| Error::internal("size over 2^63"))?;
        let request = self
            .client
            .put_object()
            .bucket(&self.name)
            .key(key.to_string())
            .content_length(size)
            .content_type(file.mime_type.as_str())
            .set_content_md5(file.declared_md5.map(Md5::to_base64))
            // Write-once: whoever keeps the URL cannot replace bytes that were proven.
            .if_none_match("*")
            .presigned(presigning(now, expires_at.since(now))?)
            .await;
        let signed = request.map_err(unsignable)?;
        Ok(UploadTicket { headers: signed_headers(&signed), url: SignedUrl::new(signed.uri()) })
    }

    /// Signs the download of a file, under its own name and type. Valid from `now` for `lifetime`.
    ///
    /// A presigned PUT signs the headers that it names; others the uploader may add, and S3 stores
    /// them and sends them with every download. With a `Content-Encoding: gzip` of the uploader's,
    /// an HTTP library would hand other bytes to its caller than those whose MD5 was proven. So the
    /// URL replaces every header that S3 lets a download replace.
    ///
    /// # Errors
    ///
    /// The request cannot be signed: an internal error.
    pub async fn sign_get(
        &self,
        key: &ObjectKey,
        file: &File,
        disposition: Disposition,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<SignedUrl> {
        let request = self
            .client
            .get_object()
            .bucket(&self.name)
            .key(key.to_string())
            .response_content_disposition(content_disposition(disposition, &file.filename))
            .response_content_type(file.mime_type.as_str())
            .response_content_encoding("identity")
            .response_content_language("und") // BCP 47: undetermined.
            // The bytes are for the holder of this URL, and a file may be deleted at any time.
            .response_cache_control("private, no-cache")
            .response_expires(DateTime::from_secs(0))
            .presigned(presigning(now, lifetime)?)
            .await;
        Ok(SignedUrl::new(request.map_err(unsignable)?.uri()))
    }

    /// Signs the PUT of one part: its exact size, and its checksum if there is one. Valid from `now`
    /// until `expires_at`.
    ///
    /// # Errors
    ///
    /// The request cannot be signed: an internal error.
    pub async fn sign_part(
        &self,
        key: &ObjectKey,
        multipart: &Multipart,
        part: (PartNumber, Option<&PartDigest>),
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<PartTicket> {
        let (number, digest) = part;
        let size = multipart.plan.size_of(number).and_then(|size| i64::try_from(size).ok());
        let request = self
            .client
            .upload_part()
            .bucket(&self.name)
            .key(key.to_string())
            .upload_id(multipart.upload_id.as_str())
            .part_number(number.get().into())
            // S3 refuses a part of another size, so a wrong one never counts.
            .set_content_length(size);
        let request = match digest {
            None => request,
            Some(PartDigest::Md5(md5)) => request.content_md5(md5.to_base64()),
            Some(PartDigest::Sha256(sha256)) => request.checksum_sha256(sha256.as_str()),
            Some(PartDigest::Crc64Nvme(crc)) => request.checksum_crc64_nvme(crc.as_str()),
        };
        let signed = request.presigned(presigning(now, expires_at.since(now))?).await;
        let signed = signed.map_err(unsignable)?;
        let ticket =
            UploadTicket { headers: signed_headers(&signed), url: SignedUrl::new(signed.uri()) };
        Ok(PartTicket { number, ticket, expires_at })
    }
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
    // In Lambda the SDK adds a trace header that it does not sign. A browser's PUT would fail with it.
    let is_signed = |name: &str| name != "host" && names.split(';').any(|signed| signed == name);
    signed
        .headers()
        .filter(|(name, _)| is_signed(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// RFC 6266: the name in ASCII for old clients, and as it is (RFC 5987) for all others.
fn content_disposition(disposition: Disposition, filename: &Filename) -> String {
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
    // Some clients read `%` as the beginning of an escape, and `"` ends the value.
    let plain = |character: char| character.is_ascii() && !matches!(character, '"' | '%');
    let ascii: String = filename
        .as_str()
        .chars()
        .map(|character| if plain(character) { character } else { '_' })
        .collect();
    let encoded = utf8_percent_encode(filename.as_str(), ENCODED);
    let disposition = match disposition {
        Disposition::Attachment => "attachment",
        Disposition::Inline => "inline",
    };
    format!("{disposition}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
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
        let forms = "filename=\"Gr__e _1_.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.txt";
        for (disposition, word) in
            [(Disposition::Attachment, "attachment"), (Disposition::Inline, "inline")]
        {
            assert_eq!(content_disposition(disposition, &name), format!("{word}; {forms}"));
        }
    }
}
