//! The parts of an open multipart upload.

use std::time::Duration;

use crate::domain::multipart::{PartDigest, PartTicket};
use crate::domain::{ObjectKey, PartNumber, StoredPart};
use crate::uploads::{File, Status};
use crate::{Context, Error, Result};

/// `X-Amz-Expires` counts whole seconds: a URL for less would be dead when it is handed out.
const SHORTEST_URL: Duration = Duration::from_secs(1);

/// Signs the PUTs of parts, each for exactly its size and, where one is given, its digest. They work
/// as long as the session lives.
///
/// # Errors
///
/// The file takes no parts now; it has no such part; or a digest is not one that S3 would take.
pub async fn sign_parts(
    ctx: &Context,
    key: &ObjectKey,
    file: &File,
    parts: &[(PartNumber, Option<PartDigest>)],
) -> Result<Vec<PartTicket>> {
    let now = ctx.now();
    let (multipart, pending) = file.open_multipart(now)?;
    if pending.expires_at.since(now) < SHORTEST_URL {
        return Err(Error::FileNotPending { status: Status::Expired });
    }
    let mut tickets = Vec::with_capacity(parts.len());
    for (part, digest) in parts {
        multipart.check(*part, digest.as_ref())?;
        let digest = digest.as_ref();
        let ticket =
            ctx.bucket().sign_part(key, multipart, (*part, digest), now, pending.expires_at);
        tickets.push(ticket.await?);
    }
    Ok(tickets)
}

/// The parts that S3 holds after number `after`, at most `limit` (1,000), and whether there are more.
///
/// # Errors
///
/// The file takes no parts now, or S3's failure.
pub async fn stored_parts(
    ctx: &Context,
    key: &ObjectKey,
    file: &File,
    after: u16,
    limit: u16,
) -> Result<(Vec<StoredPart>, bool)> {
    let (multipart, _) = file.open_multipart(ctx.now())?;
    let parts = ctx.bucket().parts(key, &multipart.upload_id, after, limit).await?;
    parts.ok_or(Error::UploadMissing)
}
