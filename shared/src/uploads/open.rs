//! Opening an upload session.

use super::evidence::Evidence;
use super::state::{Open, State};
use super::{File, sign_parts};
use crate::domain::multipart::{PartChecksum, PartDigest};
use crate::domain::{FileId, Filename, Md5, MimeType, Multipart, PartNumber, PartPlan, Ticket};
use crate::storage::Caller;
use crate::{BucketContext, Result};

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

/// Opens a session for `new`: takes a number, makes the file of it, and records it.
///
/// # Errors
///
/// The failure of DynamoDB or S3. The number is a hole then, which lists step over.
pub async fn open(ctx: &BucketContext, caller: &Caller, new: NewFile) -> Result<Opened> {
    let now = ctx.now();
    let expires_at = now.after(ctx.config().session_lifetime);
    let suffix = ctx.random()?;

    let id = FileId::new(ctx.files().take_number(caller, now).await?, suffix);
    let file = File {
        id,
        multipart: open_upload(ctx, caller, id, &new).await?,
        filename: new.filename,
        mime_type: new.mime_type,
        size_bytes: new.size_bytes,
        created_at: now,
        annotation: new.annotation,
        state: State::Open(Open { expires_at, evidence: Evidence::default() }),
    };
    ctx.files().record(caller, &file, expires_at).await?;

    let authority = caller.authority(id);
    let key = authority.key();
    let ticket = match new.arrival {
        Arrival::Put(md5) => Ticket::Put(ctx.bucket().sign_put(key, &file, md5, expires_at).await?),
        Arrival::Parts { signed, .. } => {
            Ticket::Parts(sign_parts::sign(ctx, key, &file, &signed).await?)
        }
    };
    Ok(Opened { file, ticket })
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
        Err(failure) => {
            // The create fails either way. If the hole cannot be noted now, a list notes it.
            let _ = ctx.files().give_up_number(caller, id.sequence()).await;
            Err(failure)
        }
    }
}
