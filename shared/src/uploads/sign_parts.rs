//! Signing the PUTs of an open multipart upload's parts.

use super::state::Open;
use super::{File, url_end};
use crate::domain::multipart::{PartDigest, PartTicket};
use crate::domain::{FileId, Multipart, ObjectKey, PartNumber, Timestamp};
use crate::storage::PendingCaller;
use crate::{BucketContext, Error, Result};

/// Signs the PUTs of parts, each for exactly its size and, where one is given, its digest. The URLs work
/// until the session ends. Runs beside the admission.
///
/// # Errors
///
/// [`Error::NotFound`]; the file takes no parts now; it has no such part; S3 would not take a digest;
/// or DynamoDB's failure.
pub async fn sign_parts(
    ctx: &BucketContext,
    caller: &PendingCaller,
    id: FileId,
    parts: &[(PartNumber, Option<PartDigest>)],
) -> Result<Vec<PartTicket>> {
    let file = super::read(ctx, caller, id).await?;
    sign(ctx, &caller.object_key(id), &file, parts).await
}

/// Signs the PUTs of parts of `file`, which lies under `key`.
pub(super) async fn sign(
    ctx: &BucketContext,
    key: &ObjectKey,
    file: &File,
    parts: &[(PartNumber, Option<PartDigest>)],
) -> Result<Vec<PartTicket>> {
    let now = ctx.now();
    let (multipart, session) = open_parts(file, now)?;
    let expires_at = url_end(session, now)?;
    let mut tickets = Vec::with_capacity(parts.len());
    for (part, digest) in parts {
        let digest = digest.as_ref();
        check(multipart, *part, digest)?;
        let ticket = ctx.bucket().sign_part(key, multipart, (*part, digest), now, expires_at);
        tickets.push(ticket.await?);
    }
    Ok(tickets)
}

/// The multipart upload that takes parts at `now`, and its session.
///
/// # Errors
///
/// [`Error::FileNotPending`], [`Error::FileNotMultipart`] or [`Error::CompletionBegun`].
pub(super) fn open_parts(file: &File, now: Timestamp) -> Result<(&Multipart, &Open)> {
    let session = file.open_session(now);
    match (&file.multipart, session) {
        (None, Ok(_) | Err(Error::CompletionBegun)) => Err(Error::FileNotMultipart),
        (_, Err(refusal)) => Err(refusal),
        (Some(multipart), Ok(session)) => Ok((multipart, session)),
    }
}

/// Refuses a part that the file does not have, and a digest that S3 would refuse: an upload takes
/// checksums of the one algorithm it was opened for, and MD5s.
fn check(multipart: &Multipart, part: PartNumber, digest: Option<&PartDigest>) -> Result<()> {
    let invalid = |param: &str, reason| Error::InvalidValue { param: param.to_owned(), reason };
    if multipart.plan.size_of(part).is_none() {
        let count = multipart.plan.count();
        return Err(invalid("partNumbers", format!("the file has {count} parts, not {part}")));
    }
    match (digest.and_then(PartDigest::algorithm), multipart.checksum) {
        (given, Some(opened)) if given != Some(opened) => {
            let algorithm = opened.as_str();
            Err(invalid("checksums", format!("part {part} needs its {algorithm}")))
        }
        (Some(given), None) => {
            let algorithm = given.as_str();
            let reason = format!("the upload was not opened with checksumAlgorithm {algorithm}");
            Err(invalid("checksums", reason))
        }
        _ => Ok(()),
    }
}
