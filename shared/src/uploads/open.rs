//! Opening an upload session.

use super::create::{Created, Creation};
use super::once::{Earlier, earlier};
use super::{File, sign_parts, url_end};
use crate::domain::multipart::{PartChecksum, PartDigest};
use crate::domain::{
    Announced, Filename, Labels, Md5, MimeType, Once, PartNumber, PartPlan, Ticket, Timestamp,
};
use crate::storage::{Caller, PendingCaller};
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
    /// Whether the event of the upload completes the file. Without effect if its bytes arrive in parts.
    pub auto_complete: bool,
    /// The application's own words about the file.
    pub labels: Labels,
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

/// What a create came to that may be the repetition of an earlier one.
#[derive(Debug)]
pub enum OpenedOnce {
    /// This request has created the file.
    Now(Opened),
    /// An earlier request with the same idempotency key has, and the file takes bytes.
    Before(Opened),
    /// An earlier request has, and the file takes no bytes any more.
    Over(File),
}

/// Opens a session for `new`: takes a number, makes the file of it, and records it. The session of a file
/// that an upload token creates ends with the token at the latest.
///
/// # Errors
///
/// [`Error::QuotaExceeded`], or the failure of DynamoDB or S3. If a number was taken, it is a hole then, which
/// lists step over.
pub async fn open(ctx: &BucketContext, caller: &PendingCaller, new: NewFile) -> Result<Opened> {
    match open_once(ctx, caller, new, None).await? {
        OpenedOnce::Now(opened) => Ok(opened),
        OpenedOnce::Before(_) | OpenedOnce::Over(_) => {
            Err(Error::internal("a create without a key was taken for a repetition"))
        }
    }
}

/// Opens a session for `new`, unless an earlier request has done so with the same idempotency key: then the file
/// is told as it is now.
///
/// # Errors
///
/// As [`open`]; also [`Error::IdempotencyKeyReused`] and [`Error::IdempotencyConflict`].
pub async fn open_once(
    ctx: &BucketContext,
    caller: &PendingCaller,
    new: NewFile,
    once: Option<&Once>,
) -> Result<OpenedOnce> {
    let suffix = ctx.random()?;
    let abandoned = match earlier(ctx, caller, once).await? {
        Earlier::Nothing => None,
        Earlier::Abandoned(file) => Some(file),
        Earlier::Made(file) => return again(ctx, caller.caller().await, *file, &new).await,
    };
    let announced = Announced {
        size_bytes: new.size_bytes,
        mime_type: new.mime_type.clone(),
        once: once.cloned(),
    };
    let caller = caller.admitted_for(announced).await?;
    let creation = Creation { ctx, caller, new: &new, once, now: ctx.now() };
    match creation.create(suffix, abandoned).await? {
        Created::Now(file) => {
            // The session's end and the URL's are the same moment, so signing starts where the session did.
            let ticket = ticket(ctx, caller, &file, &new, creation.now).await?;
            Ok(OpenedOnce::Now(Opened { file, ticket }))
        }
        Created::Before(file) => again(ctx, caller, file, &new).await,
    }
}

/// The answer to a repetition.
async fn again(
    ctx: &BucketContext,
    caller: &Caller,
    file: File,
    new: &NewFile,
) -> Result<OpenedOnce> {
    let now = ctx.now();
    let expires_at = file.open_session(now).and_then(|session| url_end(session, now));
    let Ok(expires_at) = expires_at else { return Ok(OpenedOnce::Over(file)) };
    // The first request may have died before it wrote the session, and nothing would sweep the file.
    ctx.files().put_session(&caller.authority(file.id), expires_at).await?;
    let ticket = ticket(ctx, caller, &file, new, now).await?;
    Ok(OpenedOnce::Before(Opened { file, ticket }))
}

/// What the upload of `file` needs, whose session is open at `now`.
async fn ticket(
    ctx: &BucketContext,
    caller: &Caller,
    file: &File,
    new: &NewFile,
    now: Timestamp,
) -> Result<Ticket> {
    let authority = caller.authority(file.id);
    let key = authority.key();
    let signed = match &new.arrival {
        Arrival::Parts { signed, .. } => signed.as_slice(),
        Arrival::Put(_) => &[],
    };
    if file.multipart.is_some() {
        return Ok(Ticket::Parts(sign_parts::sign(ctx, key, file, signed).await?));
    }
    let expires_at = file.open_session(now)?.expires_at;
    Ok(Ticket::Put(ctx.bucket().sign_put(key, file, now, expires_at).await?))
}
