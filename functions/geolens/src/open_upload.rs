//! `POST /ingest/upload/presigned`: open an upload session and say where to PUT the bytes.

use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};
use shared::domain::{Filename, Labels, Milestone, MimeType, PartPlan, Ticket};
use shared::http::{Call, Reply, StatusCode};
use shared::uploads::{self, Arrival, NewFile, Opened};
use shared::{BucketContext, Config, Error, Result};

use crate::errors::Refusal;
use crate::extensions::{self, Kind};

const MIB: u64 = 1024 * 1024;
/// The size of parts in GeoLens.
const PART_BYTES: u64 = 10 * MIB;
/// All URLs are in one answer, and Lambda's may have 6 MB; with a role's token, a URL has some 2 KB.
const MOST_URLS: u64 = 1000;

#[derive(Deserialize)]
struct OpenUpload {
    filename: Filename,
    file_size: NonZeroU64,
    #[serde(default)]
    content_type: MimeType,
    kind: Option<Kind>,
}

/// Not `Debug`: whoever has the URLs may upload.
#[derive(Serialize)]
struct PresignedUpload {
    job_id: String,
    urls: Vec<String>,
    s3_key: String,
    upload_id: Option<String>,
    part_size: Option<u64>,
}

/// The largest file, in bytes.
pub(crate) fn max_file_bytes(config: &Config) -> u64 {
    config.max_size_bytes.min(MOST_URLS * PartPlan::MAX_PUT_BYTES)
}

pub(crate) async fn open_upload(ctx: BucketContext, call: Call) -> Result<Reply> {
    let body = call.body::<OpenUpload>()?;
    if let Some(refusal) = body.refusal(ctx.config()) {
        return Ok(refusal.reply());
    }
    let new = body.file(ctx.config())?;
    let opened = uploads::open(&ctx, call.pending_caller(), new).await?;
    let view = PresignedUpload::new(&call, opened);
    Ok(Reply::json(StatusCode::CREATED, &view)?.marking(Milestone::Created))
}

impl OpenUpload {
    fn refusal(&self, config: &Config) -> Option<Refusal> {
        let max_bytes = max_file_bytes(config);
        match extensions::disallowed(&self.filename, self.kind) {
            Some(extension) => Some(Refusal::Extension(extension)),
            None if self.file_size.get() > max_bytes => {
                Some(Refusal::TooLarge { bytes: self.file_size.get(), max_bytes })
            }
            None => None,
        }
    }

    fn file(self, config: &Config) -> Result<NewFile> {
        let Self { filename, file_size, content_type: mime_type, .. } = self;
        let size_bytes = file_size.get();
        let plan = plan(size_bytes, config)?;
        let signed = plan.parts().map(|part| (part, None)).collect();
        let arrival = Arrival::Parts { plan, checksum: None, signed };
        Ok(NewFile {
            filename,
            mime_type,
            size_bytes,
            arrival,
            auto_complete: false,
            labels: Labels::default(),
            annotation: None,
        })
    }
}

/// The clients do not send `if-none-match`, so a single PUT could replace proven bytes later. Small files are
/// therefore multipart uploads of one part, whose URL stops working when the upload is completed.
pub(crate) fn plan(size_bytes: u64, config: &Config) -> Result<PartPlan> {
    if size_bytes <= config.multipart_threshold_bytes {
        return Ok(PartPlan::whole(size_bytes));
    }
    let least = size_bytes.div_ceil(MOST_URLS).next_multiple_of(MIB);
    PartPlan::choose(size_bytes, Some(least.max(PART_BYTES))).map_err(|error| Error::InvalidValue {
        param: "file_size".to_owned(),
        reason: error.to_string(),
    })
}

impl PresignedUpload {
    /// A client takes an upload of one part for a single PUT, without an upload id and parts to list. The
    /// upload is always the one in our record, so the id that we show can be any text.
    fn new(call: &Call, opened: Opened) -> Self {
        let Opened { file, ticket } = opened;
        let tickets = match ticket {
            Ticket::Put(ticket) => vec![ticket],
            Ticket::Parts(parts) => parts.into_iter().map(|part| part.ticket).collect(),
        };
        let job_id = file.id.to_uuid();
        let plan = file.multipart.map(|multipart| multipart.plan);
        let part_size = plan.filter(|plan| plan.count() > 1).map(PartPlan::part_size_bytes);
        Self {
            urls: tickets.iter().map(|ticket| ticket.url.reveal().to_owned()).collect(),
            s3_key: call.pending_caller().object_key(file.id).to_string(),
            upload_id: part_size.map(|_| job_id.clone()),
            part_size,
            job_id,
        }
    }
}
