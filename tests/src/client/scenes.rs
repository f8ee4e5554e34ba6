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

    /// A COMPLETED file: complete's answer.
    pub async fn upload(&self, filename: &str, bytes: impl Into<Bytes>) -> Value {
        let bytes = bytes.into();
        let created = self.uploaded(filename, bytes.clone()).await;
        let id = id_of(&created);
        self.complete(id, &md5_of(&bytes)).await.ok()
    }

    /// A CANCELLED file: cancel's answer.
    pub async fn cancelled(&self, filename: &str) -> Value {
        let created = self.pending(filename, b"?").await;
        self.cancel(id_of(&created)).await.ok()
    }
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
