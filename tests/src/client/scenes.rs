//! Files in the state a test begins with. Whatever is not a success ends the test.

use bytes::Bytes;
use data_encoding::HEXLOWER;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use super::Client;

impl Client {
    /// A PENDING file that expects these bytes: create's answer.
    pub async fn pending(&self, filename: &str, bytes: &[u8]) -> Value {
        let file = json!({
            "filename": filename,
            "mimeType": "application/octet-stream",
            "sizeBytes": bytes.len(),
        });
        self.create(&file).await.ok()
    }

    /// A PENDING file whose bytes lie in the bucket: create's answer.
    pub async fn uploaded(&self, filename: &str, bytes: impl Into<Bytes>) -> Value {
        let bytes = bytes.into();
        let created = self.pending(filename, &bytes).await;
        let put = self.put_bytes(&created, bytes).await;
        assert_eq!(put.status, 200, "{}", String::from_utf8_lossy(&put.bytes));
        created
    }

    /// A client that holds a new upload token of the workspace.
    pub async fn upload_token(&self, bounds: &Value) -> Self {
        let made = self.post("/v1/upload-tokens", bounds).await.ok();
        self.with_key(made["token"].as_str().expect("a token"))
    }

    /// A COMPLETED file: complete's answer.
    pub async fn upload(&self, filename: &str, bytes: impl Into<Bytes>) -> Value {
        let bytes = bytes.into();
        let created = self.uploaded(filename, bytes.clone()).await;
        let id = id_of(&created);
        self.complete(id, &md5_of(&bytes)).await.ok()
    }

    /// A PENDING file that expects these bytes in parts of 5 MiB, the last one smaller: create's answer.
    pub async fn pending_in_parts(&self, filename: &str, bytes: &[u8]) -> Value {
        let file = json!({
            "filename": filename,
            "mimeType": "application/octet-stream",
            "sizeBytes": bytes.len(),
            "multipart": { "partSizeBytes": PART_BYTES },
        });
        self.create(&file).await.ok()
    }

    /// PUTs those parts of the bytes that `parts`, entries of `create` or `sign_parts`, say how to.
    pub async fn put_parts(&self, parts: &Value, bytes: &Bytes) {
        for part in parts.as_array().expect("an array of parts") {
            let put = self.put_part(part, part_of(bytes, part)).await;
            assert_eq!(put.status, 200, "{}", String::from_utf8_lossy(&put.bytes));
        }
    }

    /// A PENDING file whose parts all lie in S3: create's answer.
    pub async fn uploaded_in_parts(&self, filename: &str, bytes: impl Into<Bytes>) -> Value {
        let bytes = bytes.into();
        let created = self.pending_in_parts(filename, &bytes).await;
        self.put_parts(&created["parts"]["data"], &bytes).await;
        created
    }

    /// Asks until the file is no longer PENDING.
    pub async fn ended(&self, id: &str) -> Value {
        loop {
            let file = self.file(id).await.ok();
            if file["status"] != "PENDING" {
                return file;
            }
        }
    }

    /// A CANCELLED file: cancel's answer.
    pub async fn cancelled(&self, filename: &str) -> Value {
        let created = self.pending(filename, b"?").await;
        self.cancel(id_of(&created)).await.ok()
    }
}

/// The least that S3 takes for a part which is not the last.
const PART_BYTES: usize = 5 * 1024 * 1024;

/// Bytes for two parts, the second of which holds only `rest`.
#[must_use]
pub fn two_parts(rest: &'static str) -> Bytes {
    let mut bytes: Vec<u8> = (0..PART_BYTES).map(|at| at.to_le_bytes()[0] ^ 0x55).collect();
    bytes.extend_from_slice(rest.as_bytes());
    bytes.into()
}

/// The bytes of a part, as an entry of `create`, `sign_parts` or `list_parts` numbers it.
#[must_use]
pub fn part_of(bytes: &Bytes, part: &Value) -> Bytes {
    let number = part["partNumber"].as_u64().and_then(|number| usize::try_from(number).ok());
    let start = (number.expect("a part has a number") - 1) * PART_BYTES;
    bytes.slice(start..bytes.len().min(start + PART_BYTES))
}

/// The id in a File.
#[must_use]
pub fn id_of(file: &Value) -> &str {
    file["id"].as_str().expect("a file has an id")
}

/// The MD5 of bytes as the API writes it: 32 lowercase hexadecimal digits.
#[must_use]
pub fn md5_of(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Md5::digest(bytes))
}
