//! What S3 says about the bytes it holds, and the URLs that lead to them.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::multipart::PartTicket;
use super::{Md5, Timestamp};

/// How S3 encrypts an object at rest. It decides whether an `ETag` can be an MD5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// SSE-S3 (`AES256`), or none.
    S3Managed,
    /// SSE-KMS or SSE-C: the `ETag` looks like an MD5 but is none.
    CustomerManaged,
}

/// An `ETag` without its quotes: S3's name for exactly these bytes of an object.
///
/// ```
/// use shared::domain::{ETag, Encryption, StoredObject};
///
/// let etag = ETag::new("\"5d41402abc4b2a76b9719d911017c592\"");
/// assert_eq!(etag.as_str(), "5d41402abc4b2a76b9719d911017c592");
/// // It is an MD5 only of what came in one PUT, and only where S3 manages the keys.
/// let md5_of = |encryption| StoredObject::new(5, etag.clone(), None, encryption).md5;
/// assert!(md5_of(Encryption::S3Managed).is_some());
/// assert!(md5_of(Encryption::CustomerManaged).is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct ETag(String);

impl From<String> for ETag {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl ETag {
    /// The tag of a header or an event; quotes around it are dropped.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim_matches('"').to_owned())
    }

    /// The tag without quotes, as events carry it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag in quotes, as conditional headers want it.
    #[must_use]
    pub fn quoted(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

/// What S3 holds under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObject {
    /// Its size in bytes.
    pub size_bytes: u64,
    /// S3's name for these bytes.
    pub etag: ETag,
    /// The MD5 of these bytes, if it is known without reading them.
    pub md5: Option<Md5>,
}

impl StoredObject {
    /// An object as a HEAD answer or an event describes it. The one place that decides whether the
    /// MD5 is known: S3 tells it as a checksum, or the `ETag` is one.
    #[must_use]
    pub fn new(
        size_bytes: u64,
        etag: ETag,
        checksum_md5: Option<Md5>,
        encryption: Encryption,
    ) -> Self {
        let of_etag = || match encryption {
            // The ETag of a multipart upload ends in `-<parts>`, so it does not parse.
            Encryption::S3Managed => etag.as_str().parse().ok(),
            Encryption::CustomerManaged => None,
        };
        let md5 = checksum_md5.or_else(of_etag);
        Self { size_bytes, etag, md5 }
    }

    /// The same object, once its bytes were read.
    #[must_use]
    pub fn hashed(self, md5: Md5) -> Self {
        Self { md5: Some(md5), ..self }
    }
}

/// A presigned URL: whoever has it may use it, so its `Debug` is redacted and it is never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedUrl(String);

impl SignedUrl {
    /// Wraps a URL as it was signed.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The URL, for the caller's eyes only.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SignedUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SignedUrl(..)")
    }
}

/// What a browser does with a download, unless the page that links to it decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Disposition {
    /// It saves the file.
    #[default]
    Attachment,
    /// It shows the file in place.
    Inline,
}

/// A URL to download a file from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// The URL.
    pub url: SignedUrl,
    /// Until when it works, unless the credentials that signed it end earlier.
    pub expires_at: Timestamp,
}

/// What a client needs to PUT its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadTicket {
    /// Where to PUT.
    pub url: SignedUrl,
    /// The headers that the signature covers, names in lowercase: all of them must be sent.
    pub headers: BTreeMap<String, String>,
}

/// What the upload of a file needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ticket {
    /// One PUT.
    Put(UploadTicket),
    /// The PUTs of the first parts.
    Parts(Vec<PartTicket>),
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

    fn md5_of(etag: &str, checksum: Option<Md5>, encryption: Encryption) -> Option<Md5> {
        StoredObject::new(0, ETag::new(etag), checksum, encryption).md5
    }

    #[test]
    fn the_etag_of_a_single_put_is_the_md5() {
        let quoted = format!("\"{MD5}\"");
        assert_eq!(md5_of(&quoted, None, Encryption::S3Managed), MD5.parse().ok());
    }

    #[test]
    fn the_etag_of_a_multipart_upload_is_none() {
        assert_eq!(md5_of(&format!("{MD5}-2"), None, Encryption::S3Managed), None);
    }

    #[test]
    fn the_etag_under_a_customers_key_is_none() {
        assert_eq!(md5_of(MD5, None, Encryption::CustomerManaged), None);
    }

    #[test]
    fn a_checksum_that_s3_verified_beats_any_etag() {
        let md5 = Md5::new([7; 16]);
        assert_eq!(md5_of(MD5, Some(md5), Encryption::CustomerManaged), Some(md5));
        assert_eq!(md5_of(MD5, Some(md5), Encryption::S3Managed), Some(md5));
    }
}
