//! Opening an upload session.

use super::sign_parts;
use crate::domain::multipart::{PartChecksum, PartDigest};
use crate::domain::{FileId, Filename, Md5, MimeType, Multipart, PartNumber, PartPlan, Ticket};
use crate::storage::Caller;
use crate::uploads::file::Pending;
use crate::uploads::{File, State};
use crate::{Context, Result};

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
        /// The parts to be signed at once, with their digests where they are known. The others are
        /// signed when asked for.
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

/// Opens a session for `new`.
///
/// # Errors
///
/// The failure of DynamoDB or S3.
pub async fn open(ctx: &Context, caller: &Caller, new: &NewFile) -> Result<Opened> {
    let suffix = ctx.random()?;
    let now = ctx.now();
    let pending = Pending::until(now.after(ctx.config().session_lifetime));
    let describe = async |sequence| {
        let id = FileId::new(sequence, suffix);
        let multipart = open_upload(ctx, caller, id, new).await?;
        Ok(File {
            id,
            filename: new.filename.clone(),
            mime_type: new.mime_type.clone(),
            size_bytes: new.size_bytes,
            created_at: now,
            multipart,
            progress: None,
            analysis: None,
            annotation: new.annotation.clone(),
            state: State::Pending(pending.clone()),
        })
    };
    let file = ctx.files().open(caller, &pending, now, describe).await?;
    let ticket = ticket(ctx, caller, &file, &new.arrival).await?;
    Ok(Opened { file, ticket })
}

async fn open_upload(
    ctx: &Context,
    caller: &Caller,
    id: FileId,
    new: &NewFile,
) -> Result<Option<Multipart>> {
    let Arrival::Parts { plan, checksum, .. } = new.arrival else { return Ok(None) };
    let authority = caller.authority(id);
    let upload_id = ctx.bucket().open_upload(authority.key(), &new.mime_type, checksum).await?;
    Ok(Some(Multipart { upload_id, plan, checksum }))
}

async fn ticket(ctx: &Context, caller: &Caller, file: &File, arrival: &Arrival) -> Result<Ticket> {
    let authority = caller.authority(file.id);
    let key = authority.key();
    match arrival {
        Arrival::Put(md5) => {
            let expires_at = file.pending(file.created_at)?.expires_at;
            ctx.bucket().sign_put(key, file, *md5, expires_at).await.map(Ticket::Put)
        }
        Arrival::Parts { signed, .. } => {
            sign_parts(ctx, key, file, signed).await.map(Ticket::Parts)
        }
    }
}
