//! An object that is read in ranges: all of them of the same bytes, or none.

use std::ops::Range;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;

use super::{Bucket, status};
use crate::domain::{ETag, ObjectKey};
use crate::storage::failure::unavailable;
use crate::{Error, Result};

/// How often a range is asked for, if it does not come whole.
const ATTEMPTS: u32 = 3;

/// Exactly the bytes of an object that its `ETag` names.
#[derive(Clone, Debug)]
pub struct Source {
    client: Client,
    bucket: String,
    key: String,
    etag: ETag,
    size_bytes: u64,
}

impl Bucket {
    /// The bytes under `key` that `etag` names, of which there are so many.
    #[must_use]
    pub fn source(&self, key: &ObjectKey, etag: &ETag, size_bytes: u64) -> Source {
        Source {
            client: self.client.clone(),
            bucket: self.name.clone(),
            key: key.to_string(),
            etag: etag.clone(),
            size_bytes,
        }
    }
}

impl Source {
    /// The size of the whole.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// The bytes of a range that is not empty; nothing if the object is gone or replaced.
    ///
    /// The SDK repeats a request that fails, but not one whose body breaks off: that is done here.
    ///
    /// # Errors
    ///
    /// S3's failure, after three attempts at the same bytes.
    pub async fn read(&self, range: Range<u64>) -> Result<Option<Vec<u8>>> {
        let mut attempt = 1;
        loop {
            let Some(body) = self.get(&range).await? else { return Ok(None) };
            match collect(body, &range).await {
                Ok(bytes) => return Ok(Some(bytes)),
                Err(failure) if attempt == ATTEMPTS => return Err(failure),
                Err(_) => attempt += 1,
            }
        }
    }

    async fn get(&self, range: &Range<u64>) -> Result<Option<ByteStream>> {
        let (first, last) = (range.start, range.end - 1);
        let request = self.client.get_object().bucket(&self.bucket).key(&self.key);
        let outcome = request
            .if_match(self.etag.quoted())
            .range(format!("bytes={first}-{last}"))
            .send()
            .await;
        let output = match outcome {
            Ok(output) => output,
            // 412: another object lies there by now. Hashing it would prove nothing about this one.
            Err(failure) if matches!(status(&failure), Some(404 | 412)) => return Ok(None),
            Err(failure) => return Err(unavailable("s3:GetObject")(failure)),
        };
        let expected = format!("bytes {first}-{last}/{}", self.size_bytes);
        // A wrong range would not be noticed otherwise, and would make a wrong MD5.
        match output.content_range() {
            Some(sent) if sent == expected => Ok(Some(output.body)),
            sent => Err(Error::internal(format!("S3 sent {sent:?} and not {expected}"))),
        }
    }
}

/// The bytes of a body that must have as many as the range.
///
/// They are copied: what hyper hands out are pieces of its buffers, which can be far larger.
async fn collect(mut body: ByteStream, range: &Range<u64>) -> Result<Vec<u8>> {
    let length = usize::try_from(range.end - range.start)
        .map_err(|_| Error::internal("a range that memory cannot hold"))?;
    let mut bytes = Vec::with_capacity(length);
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(broken_off)?;
        if bytes.len() + chunk.len() > length {
            return Err(broken_off("more bytes than were asked for"));
        }
        bytes.extend_from_slice(&chunk);
    }
    if bytes.len() < length {
        Err(broken_off("fewer bytes than were asked for"))
    } else {
        Ok(bytes)
    }
}

fn broken_off(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Unavailable { operation: "s3:GetObject", source: source.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body of another length than its range is none of the bytes that were asked for.
    #[tokio::test]
    async fn a_body_must_have_as_many_bytes_as_its_range() {
        let body = || ByteStream::from_static(b"hello");
        assert_eq!(collect(body(), &(7..12)).await.unwrap(), b"hello");
        for range in [7..11, 7..13, 7..7] {
            let failure = collect(body(), &range).await.unwrap_err();
            assert!(matches!(failure, Error::Unavailable { operation: "s3:GetObject", .. }));
        }
    }
}
