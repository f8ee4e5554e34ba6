//! The parts of an upload: signing their PUTs, and listing those that S3 holds.

use std::collections::BTreeMap;

use serde::Serialize;
use shared::domain::multipart::PartTicket;
use shared::domain::{FileId, PartNumber, StoredPart};
use shared::http::{Call, Reply};
use shared::{BucketContext, Error, Result, uploads};

/// How many parts are signed at once.
const MOST: usize = 1000;

#[derive(Serialize)]
struct SignedPart {
    url: String,
    /// In how many seconds the URL ends.
    expires: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignedParts {
    presigned_urls: BTreeMap<u16, String>,
}

/// A part as S3's own API shows it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListedPart {
    part_number: u16,
    size: u64,
    e_tag: String,
}

/// `GET /s3/multipart/{uploadId}/{partNumber}`
pub(crate) async fn sign_part(
    ctx: BucketContext,
    call: Call,
    id: FileId,
    number: &str,
) -> Result<Reply> {
    let numbers = numbers(number, "partNumber")?;
    let tickets = signed(&ctx, &call, id, numbers).await?;
    let ticket = tickets.first().ok_or(Error::NotFound)?;
    let url = ticket.ticket.url.reveal().to_owned();
    Reply::ok(&SignedPart { url, expires: ticket.expires_at.since(ctx.now()).as_secs() })
}

/// `GET /s3/multipart/{uploadId}/batch?partNumbers=1,2,3`
pub(crate) async fn sign_parts(ctx: BucketContext, call: Call, id: FileId) -> Result<Reply> {
    let asked = call.query_pairs().find(|(name, _)| name == "partNumbers");
    let asked = asked.ok_or_else(|| Error::ParameterMissing { param: "partNumbers".to_owned() })?;
    let tickets = signed(&ctx, &call, id, numbers(&asked.1, "partNumbers")?).await?;
    let urls = tickets.into_iter().map(|it| (it.number.get(), it.ticket.url.reveal().to_owned()));
    Reply::ok(&SignedParts { presigned_urls: urls.collect() })
}

/// `GET /s3/multipart/{uploadId}`
pub(crate) async fn list_parts(ctx: BucketContext, call: Call, id: FileId) -> Result<Reply> {
    let parts = uploads::list_all_parts(&ctx, call.pending_caller(), id).await?;
    let listed: Vec<_> = parts.into_iter().map(ListedPart::new).collect();
    Reply::ok(&listed)
}

async fn signed(
    ctx: &BucketContext,
    call: &Call,
    id: FileId,
    numbers: Vec<PartNumber>,
) -> Result<Vec<PartTicket>> {
    let parts: Vec<_> = numbers.into_iter().map(|number| (number, None)).collect();
    uploads::sign_parts(ctx, call.pending_caller(), id, &parts).await
}

/// Numbers of parts, separated by commas.
fn numbers(text: &str, param: &str) -> Result<Vec<PartNumber>> {
    let number = |text: &str| PartNumber::try_from(text.parse::<u64>().ok()?).ok();
    let numbers: Option<Vec<PartNumber>> = text.split(',').map(number).collect();
    numbers.filter(|numbers| numbers.len() <= MOST).ok_or_else(|| Error::InvalidValue {
        param: param.to_owned(),
        reason: format!("must be 1 to {MOST} numbers of parts, separated by commas"),
    })
}

impl ListedPart {
    fn new(part: StoredPart) -> Self {
        let StoredPart { number, size_bytes: size, etag, .. } = part;
        Self { part_number: number.get(), size, e_tag: etag.quoted() }
    }
}
