//! An object that is read in ranges: all of them of the same bytes, or none.

use std::ops::Range;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;

use crate::domain::{ObjectKey, StoredObject};
use crate::storage::Bucket;
use crate::storage::bucket::status;
use crate::storage::failure::unavailable;
use crate::{Error, Result};

/// How often a range is asked for, if it does not come whole.
const ATTEMPTS: u32 = 3;

/// Exactly the bytes of an object that its `ETag` names.
#[derive(Debug)]
pub(super) struct Source {
    client: Client,
    bucket: String,
    key: String,
    object: StoredObject,
}

impl Source {
    pub(super) fn new(bucket: &Bucket, key: &ObjectKey, object: &StoredObject) -> Self {
        Self {
            client: bucket.client.clone(),
            bucket: bucket.name.clone(),
            key: key.to_string(),
            object: object.clone(),
        }
    }

    pub(super) fn size_bytes(&self) -> u64 {
        self.object.size_bytes
    }

    /// The bytes of a range that is not empty; nothing if the object is gone or replaced.
    ///
    /// The SDK repeats a request that fails, but not one whose body breaks off: that is done here.
    pub(super) async fn read(&self, range: Range<u64>) -> Result<Option<Vec<u8>>> {
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
            .if_match(self.object.etag.quoted())
            .range(format!("bytes={first}-{last}"))
            .send()
            .await;
        let output = match outcome {
            Ok(output) => output,
            // 412: another object lies there by now. Hashing it would prove nothing about this one.
            Err(failure) if matches!(status(&failure), Some(404 | 412)) => return Ok(None),
            Err(failure) => return Err(unavailable("s3:GetObject")(failure)),
        };
        let expected = format!("bytes {first}-{last}/{}", self.object.size_bytes);
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
