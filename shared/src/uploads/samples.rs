//! Files and objects that tests are made of.

use super::File;
use super::evidence::{Evidence, Progress, Rejection, Rejections, Seen, Verified};
use super::state::{Completed, CompletedMd5, Completing, Open, State};
use crate::domain::{
    ETag, Encryption, FileId, Filename, Labels, Md5, Md5State, Midway, MimeType, Multipart,
    PartPlan, Sequence, StoredObject, Timestamp, UploadId,
};

/// When the tests decide.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_000_000);
/// When the sessions of [`open`] end.
pub(crate) const DUE: Timestamp = Timestamp::from_millis(2_000_000);
/// The MD5 that clients claim.
pub(crate) const GOOD: Md5 = Md5::new([7; 16]);
/// Another MD5.
pub(crate) const BAD: Md5 = Md5::new([8; 16]);

/// A file of five bytes that are sent by one PUT, in a state.
pub(crate) fn file(state: State) -> File {
    File {
        id: FileId::new(Sequence::new(0).unwrap(), [0; 10]),
        filename: Filename::try_from("a".to_owned()).unwrap(),
        mime_type: MimeType::try_from("image/png".to_owned()).unwrap(),
        size_bytes: 5,
        created_at: NOW,
        multipart: None,
        declared_md5: None,
        auto_complete: false,
        labels: Labels::default(),
        is_counted: false,
        annotation: None,
        state,
    }
}

/// A file whose session is open at [`NOW`].
pub(crate) fn open() -> File {
    open_until(DUE)
}

/// A file whose session is open until this moment.
pub(crate) fn open_until(expires_at: Timestamp) -> File {
    file(State::Open(Open { expires_at, evidence: Evidence::default() }))
}

/// A file whose completion has begun at [`NOW`].
pub(crate) fn completing(claimed: Option<Md5>) -> File {
    completing_since(NOW, claimed)
}

/// A file whose completion has begun at this moment.
pub(crate) fn completing_since(since: Timestamp, claimed: Option<Md5>) -> File {
    file(State::Completing(Completing { since, claimed, evidence: Evidence::default() }))
}

/// A completed file.
pub(crate) fn completed() -> File {
    completed_as(CompletedMd5::Known(GOOD))
}

/// A completed file whose MD5 is known, or not.
pub(crate) fn completed_as(md5: CompletedMd5) -> File {
    file(State::Completed(Completed { at: NOW, etag: ETag::new("e"), md5, analysis: None }))
}

/// The same file, sent in parts.
pub(crate) fn in_parts(file: File) -> File {
    let multipart =
        Multipart { upload_id: UploadId::new("u"), plan: PartPlan::recorded(5, 3), checksum: None };
    File { multipart: Some(multipart), ..file }
}

/// The same file, which its event completes if the bytes are those that were declared.
pub(crate) fn auto(file: File, declared_md5: Option<Md5>) -> File {
    File { auto_complete: true, declared_md5, ..file }
}

/// The same file, with this evidence.
pub(crate) fn with(mut file: File, evidence: Evidence) -> File {
    match &mut file.state {
        State::Open(open) => open.evidence = evidence,
        State::Completing(completing) => completing.evidence = evidence,
        other => unreachable!("{other:?} has no evidence"),
    }
    file
}

/// This MD5 is recorded for [`opaque`].
pub(crate) fn verified(md5: Md5) -> Evidence {
    let verified = Some(Verified { etag: ETag::new("opaque"), md5, size_bytes: 5, at: NOW });
    Evidence { verified, ..Evidence::default() }
}

/// Objects were rejected.
pub(crate) fn rejected(rejections: Rejections) -> Evidence {
    Evidence { rejections, ..Evidence::default() }
}

/// An object is being rejected since this moment.
pub(crate) fn rejecting(since: Timestamp) -> Evidence {
    let mark = Rejection { etag: ETag::new("e"), since, by: "r".to_owned(), stored: None };
    rejected(Rejections::UnderWay { count: 1, mark })
}

/// Three bytes of the object of this `ETag` have been read.
pub(crate) fn read_in_part(etag: &str) -> Evidence {
    let midway = Midway { etag: ETag::new(etag), bytes_hashed: 3, state: Md5State::default() };
    Evidence { progress: Some(Progress { midway, at: NOW }), ..Evidence::default() }
}

/// An object whose MD5 S3 tells.
pub(crate) fn told(md5: Md5) -> StoredObject {
    StoredObject::new(5, ETag::new(&md5.to_string()), None, Encryption::S3Managed)
}

/// An object whose MD5 S3 does not tell.
pub(crate) fn opaque() -> StoredObject {
    StoredObject::new(5, ETag::new("opaque"), None, Encryption::CustomerManaged)
}

/// An object that was seen before any rejection.
pub(crate) fn seen(object: StoredObject) -> Seen {
    Seen { object, rejections: 0 }
}
