//! What the fake deployment knows, and what it was told to do wrong.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use data_encoding::HEXLOWER;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::ID;

/// The state of the deployment.
#[derive(Default)]
pub(crate) struct World {
    /// The size of the parts; 0 for a single PUT.
    pub(crate) part_size_bytes: usize,
    /// How often each endpoint was called.
    pub(crate) calls: BTreeMap<&'static str, usize>,
    /// What the next calls of an endpoint are answered, whatever they ask.
    pub(crate) scripted: BTreeMap<&'static str, VecDeque<Response>>,
    /// What the API was told when the file was created.
    pub(crate) created: Option<Value>,
    pub(crate) status: &'static str,
    pub(crate) md5: Option<String>,
    /// The stored parts by number; a single PUT is part 1.
    pub(crate) parts: BTreeMap<usize, Vec<u8>>,
    /// Whether the parts' `ETag`s are no MD5s.
    pub(crate) kms: bool,
    /// How often each part has arrived whole.
    pub(crate) arrivals: BTreeMap<usize, usize>,
    /// After so many PUTs, S3 answers no more.
    pub(crate) silent_after: Option<usize>,
    /// How many PUTs wait for an answer that will not come.
    pub(crate) unanswered: usize,
    /// PUTs are let through only so many at once.
    pub(crate) together: Option<Arc<Barrier>>,
    pub(crate) underway: usize,
    pub(crate) most_underway: usize,
    /// URLs signed before this many signings have expired.
    pub(crate) valid_from: usize,
    pub(crate) signings: usize,
    /// The next downloads break off after so many bytes.
    pub(crate) breaks: VecDeque<usize>,
    /// Where the downloads began.
    pub(crate) ranges: Vec<usize>,
}

impl World {
    /// Counts a call; the answer that was scripted for it, if any.
    pub(super) fn call(&mut self, endpoint: &'static str) -> Option<Response> {
        *self.calls.entry(endpoint).or_default() += 1;
        self.scripted.get_mut(endpoint)?.pop_front()
    }

    /// How often an endpoint was called.
    pub(crate) fn called(&self, endpoint: &str) -> usize {
        self.calls.get(endpoint).copied().unwrap_or_default()
    }

    /// The stored bytes, in order.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.parts.values().map(Vec::as_slice).collect::<Vec<_>>().concat()
    }

    /// A part's `ETag`, without quotes.
    pub(super) fn etag(&self, bytes: &[u8]) -> String {
        let md5 = md5_of(bytes);
        if self.kms { md5_of(md5.as_bytes()) } else { md5 }
    }

    pub(super) fn size_bytes(&self) -> usize {
        let size = self.created.as_ref().and_then(|created| created["sizeBytes"].as_u64());
        usize::try_from(size.unwrap_or_default()).expect("a size of this machine's")
    }

    pub(super) fn count(&self) -> usize {
        self.size_bytes().div_ceil(self.part_size_bytes.max(1))
    }

    /// The File as the API shows it.
    pub(crate) fn file(&self) -> Value {
        let created = self.created.clone().unwrap_or_default();
        let mut file = json!({
            "id": ID, "status": self.status, "md5": self.md5, "filename": created["filename"],
            "mimeType": created["mimeType"], "sizeBytes": created["sizeBytes"],
            "createdAt": "2026-04-08T12:00:00.000Z", "completedAt": null, "expiresAt": null,
        });
        if self.part_size_bytes > 0 && self.status == "PENDING" {
            file["parts"] = json!({ "partSizeBytes": self.part_size_bytes, "count": self.count() });
        }
        file
    }
}

/// An answer in JSON.
pub(crate) fn answer(status: u16, body: &Value) -> Response {
    let response = Response::builder().status(status).header("x-request-id", "req-1");
    response.body(Body::from(body.to_string())).expect("a response")
}

/// The API's error.
pub(super) fn refusal(status: u16, code: &str, parts: &[Value]) -> Response {
    let error = json!({ "type": "some", "code": code, "message": "It is so.", "parts": parts });
    answer(status, &json!({ "error": error }))
}

/// An MD5 in hexadecimal digits.
pub(super) fn md5_of(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Md5::digest(bytes))
}
