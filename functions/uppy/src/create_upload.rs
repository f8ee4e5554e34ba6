//! `POST /s3/multipart`: open the upload of a file in parts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::domain::{Filename, Labels, Milestone, MimeType, PartPlan};
use shared::http::{Call, Reply, StatusCode};
use shared::uploads::{self, Arrival, NewFile};
use shared::{BucketContext, Config, Error, Result};

use crate::errors;

const MIB: u64 = 1024 * 1024;
/// The smallest part that Uppy cuts, in bytes.
const LEAST_PART_BYTES: u64 = 5 * MIB;
/// The most parts that Uppy cuts.
const MOST_PARTS: u64 = 10_000;

/// What is said to who does not tell the size: each URL takes a part of exactly its size.
const NO_SIZE: &str = "The metadata must hold the file's size: uppy.on(\"file-added\", (file) => \
    uppy.setFileMeta(file.id, { size: file.size })).";

#[derive(Deserialize)]
struct CreateUpload {
    filename: Filename,
    #[serde(rename = "type")]
    mime_type: Option<MimeType>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    size: Option<Size>,
    name: Option<String>,
    relative_path: Option<String>,
}

impl Metadata {
    /// The file's name and its path in a folder that was chosen, which Uppy tells nowhere else. What is longer than a
    /// label is left out: it is no reason to refuse the file.
    fn labels(self) -> Labels {
        let told = [("name", self.name), ("relativePath", self.relative_path)];
        let told = told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let one = |label: (String, String)| {
            Labels::try_from(BTreeMap::from([label.clone()])).map(|_| label)
        };
        let fitting = told.filter_map(|label| one(label).ok()).collect::<BTreeMap<_, _>>();
        Labels::try_from(fitting).unwrap_or_default()
    }
}

/// A number of bytes, or its digits: a form's fields are texts. Nothing, if it is neither.
#[derive(Clone, Copy, Deserialize)]
#[serde(from = "Value")]
struct Size(Option<u64>);

impl From<Value> for Size {
    fn from(value: Value) -> Self {
        Self(match &value {
            Value::Number(number) => number.as_u64(),
            Value::String(digits) => digits.parse().ok(),
            _ => None,
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreatedUpload {
    key: String,
    upload_id: String,
}

pub(crate) async fn create_upload(ctx: BucketContext, call: Call) -> Result<Reply> {
    let body = call.body::<CreateUpload>()?;
    let Some(Size(Some(size_bytes))) = body.metadata.size else {
        return Ok(errors::reply(StatusCode::UNPROCESSABLE_ENTITY, NO_SIZE));
    };
    let new = body.file(size_bytes, ctx.config())?;
    let opened = uploads::open(&ctx, call.pending_caller(), new).await?;
    let id = opened.file.id;
    let key = call.pending_caller().object_key(id).to_string();
    let view = CreatedUpload { key, upload_id: id.to_string() };
    Ok(Reply::ok(&view)?.marking(Milestone::Created))
}

impl CreateUpload {
    fn file(self, size_bytes: u64, config: &Config) -> Result<NewFile> {
        let max_bytes = config.max_size_bytes;
        if size_bytes > max_bytes {
            return Err(invalid_size(format!("must be at most {max_bytes}")));
        }
        // As Uppy cuts, unless its `getChunkSize` is replaced.
        let part_bytes = size_bytes.div_ceil(MOST_PARTS).max(LEAST_PART_BYTES);
        let plan = PartPlan::cut(size_bytes, part_bytes)
            .map_err(|error| invalid_size(error.to_string()))?;
        Ok(NewFile {
            filename: self.filename,
            mime_type: self.mime_type.unwrap_or_default(),
            size_bytes,
            // Uppy has every part signed by itself.
            arrival: Arrival::Parts { plan, checksum: None, signed: Vec::new() },
            auto_complete: false,
            labels: self.metadata.labels(),
            annotation: None,
        })
    }
}

fn invalid_size(reason: String) -> Error {
    Error::InvalidValue { param: "metadata.size".to_owned(), reason }
}
