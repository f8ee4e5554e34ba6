//! Files, claims and objects of which the tests of a completion are made.

mod claim;
mod verdict;

use super::*;
use crate::domain::{
    Encryption, Filename, Md5State, MimeType, Multipart, PartPlan, Sequence, UploadId,
};
use crate::uploads::Status;
use crate::uploads::file::{Completing, Progress};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);
const LATER: Timestamp = Timestamp::from_millis(2_000_000);
const GOOD: Md5 = md5(7);
const BAD: Md5 = md5(8);

const fn md5(byte: u8) -> Md5 {
    Md5::new([byte; 16])
}

fn claim(md5: Option<Md5>) -> Claim {
    Claim { file: id(), md5, parts: None, analyze: false }
}

fn id() -> FileId {
    FileId::new(Sequence::new(0).unwrap(), [0; 10])
}

/// An object of which S3 tells the MD5.
fn held(md5: Md5) -> StoredObject {
    StoredObject::new(5, ETag::new(&md5.to_string()), None, Encryption::S3Managed)
}

/// An object of which S3 does not.
fn opaque() -> StoredObject {
    StoredObject::new(5, ETag::new("opaque"), None, Encryption::CustomerManaged)
}

fn seen(held: StoredObject, rejections: u64) -> Glimpse {
    Glimpse { held, rejections }
}

fn completed() -> File {
    file(State::Completed { at: NOW, etag: ETag::new("e"), md5: Some(GOOD) })
}

fn pending(change: impl FnOnce(&mut Pending)) -> File {
    let mut pending = Pending::until(LATER);
    change(&mut pending);
    file(State::Pending(pending))
}

fn file(state: State) -> File {
    File {
        id: id(),
        filename: Filename::try_from("a".to_owned()).unwrap(),
        mime_type: MimeType::try_from("a/b".to_owned()).unwrap(),
        size_bytes: 5,
        created_at: NOW,
        multipart: None,
        progress: None,
        analysis: None,
        annotation: None,
        state,
    }
}

/// A file whose completion has begun.
fn completing(claimed: Option<Md5>) -> File {
    pending(|pending| pending.completing = Some(Completing { since: NOW, claimed }))
}

/// The same file, with something else recorded of its session.
fn pending_with(mut file: File, change: impl FnOnce(&mut Pending)) -> File {
    if let State::Pending(pending) = &mut file.state {
        change(pending);
    }
    file
}

fn in_parts(file: File) -> File {
    let multipart =
        Multipart { upload_id: UploadId::new("u"), plan: PartPlan::recorded(5, 3), checksum: None };
    File { multipart: Some(multipart), ..file }
}

/// What an event has recorded of [`opaque`].
fn verified(md5: Md5) -> Verified {
    Verified { etag: ETag::new("opaque"), md5 }
}

fn progress(etag: &str) -> Progress {
    let midway = Midway { etag: ETag::new(etag), bytes_hashed: 3, state: Md5State::default() };
    Progress { midway, at: NOW }
}
