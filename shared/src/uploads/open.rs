//! Opening an upload session.

use super::evidence::Evidence;
use super::state::{Open, State};
use super::{File, SHORTEST_URL, sign_parts};
use crate::domain::multipart::{PartChecksum, PartDigest};
use crate::domain::{
    Announced, FileId, Filename, Md5, MimeType, Multipart, PartNumber, PartPlan, Ticket, Timestamp,
};
use crate::storage::{Caller, PendingCaller, Unrecorded};
use crate::{BucketContext, Error, Result};

/// A file to be uploaded.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// Its name.
    pub filename: Filename,
    /// Its media type.
    pub mime_type: MimeType,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// How its bytes will arrive.
    pub arrival: Arrival,
    /// What a dialect keeps with the file.
    pub annotation: Option<String>,
}

/// How the bytes of a file arrive.
#[derive(Clone, Debug)]
pub enum Arrival {
    /// By a single PUT, of bytes with this MD5 if it is known.
    Put(Option<Md5>),
    /// In parts.
    Parts {
        /// How the file is cut.
        plan: PartPlan,
        /// The checksum that every part will be sent with.
        checksum: Option<PartChecksum>,
        /// The parts to sign at once, with their digests where they are known. The others are signed by
        /// sign-parts.
        signed: Vec<(PartNumber, Option<PartDigest>)>,
    },
}

/// An open session.
#[derive(Debug)]
pub struct Opened {
    /// The file.
    pub file: File,
    /// What its upload needs.
    pub ticket: Ticket,
}

/// Opens a session for `new`: takes a number, makes the file of it, and records it. The session of a file
/// that an upload token creates ends with the token at the latest.
///
/// # Errors
///
/// The failure of DynamoDB or S3. The number is a hole then, which lists step over.
pub async fn open(ctx: &BucketContext, caller: &PendingCaller, new: NewFile) -> Result<Opened> {
    let suffix = ctx.random()?;
    let announced = Announced { size_bytes: new.size_bytes, mime_type: new.mime_type.clone() };
    let caller = caller.admitted_for(announced).await?;
    let now = ctx.now();
    let latest = now.after(ctx.config().session_lifetime);
    let expires_at = caller.token().map_or(latest, |token| token.expires_at.min(latest));
    if expires_at.since(now) < SHORTEST_URL {
        return Err(without_a_place(ctx, caller, Error::Unauthorized).await);
    }

    let sequence = match ctx.files().take_number(caller, now).await {
        Ok(sequence) => sequence,
        Err(failure) => return Err(without_a_place(ctx, caller, failure).await),
    };
    let id = FileId::new(sequence, suffix);
    let file = File {
        id,
        multipart: open_upload(ctx, caller, id, &new).await?,
        filename: new.filename,
        mime_type: new.mime_type,
        size_bytes: new.size_bytes,
        created_at: now,
        declared_md5: match new.arrival {
            Arrival::Put(md5) => md5,
            Arrival::Parts { .. } => None,
        },
        annotation: new.annotation,
        state: State::Open(Open { expires_at, evidence: Evidence::default() }),
    };
    record(ctx, caller, &file, expires_at).await?;

    let authority = caller.authority(id);
    let key = authority.key();
    let ticket = match new.arrival {
        // The session's end and the URL's are the same moment, so signing starts where the session did.
        Arrival::Put(_) => Ticket::Put(ctx.bucket().sign_put(key, &file, now, expires_at).await?),
        Arrival::Parts { signed, .. } => {
            Ticket::Parts(sign_parts::sign(ctx, key, &file, &signed).await?)
        }
    };
    Ok(Opened { file, ticket })
}

async fn record(
    ctx: &BucketContext,
    caller: &Caller,
    file: &File,
    expires_at: Timestamp,
) -> Result<()> {
    match ctx.files().record(caller, file, expires_at).await {
        Ok(()) => Ok(()),
        Err(Unrecorded::Certainly(failure)) => Err(given_up(ctx, caller, file.id, failure).await),
        Err(Unrecorded::Unknown(failure)) => Err(failure),
    }
}

/// Opens the multipart upload of a file that arrives in parts.
async fn open_upload(
    ctx: &BucketContext,
    caller: &Caller,
    id: FileId,
    new: &NewFile,
) -> Result<Option<Multipart>> {
    let Arrival::Parts { plan, checksum, .. } = new.arrival else { return Ok(None) };
    let authority = caller.authority(id);
    match ctx.bucket().open_upload(authority.key(), &new.mime_type, checksum).await {
        Ok(upload_id) => Ok(Some(Multipart { upload_id, plan, checksum })),
        Err(failure) => Err(given_up(ctx, caller, id, failure).await),
    }
}

/// The failure by which a file certainly was not created: its number and its place are free again.
async fn given_up(ctx: &BucketContext, caller: &Caller, id: FileId, failure: Error) -> Error {
    // The create fails either way. If the hole cannot be noted now, a list notes it.
    let _ = ctx.files().give_up_number(caller, id.sequence()).await;
    without_a_place(ctx, caller, failure).await
}

/// The same failure, once the place that the file would have had is given back to the caller's token.
async fn without_a_place(ctx: &BucketContext, caller: &Caller, failure: Error) -> Error {
    if let Err(lost) = ctx.keys().give_place_back(caller).await {
        ctx.warn(&lost);
    }
    failure
}
