//! What a claim comes to, case by case.

use super::*;
use crate::domain::file::Pending;
use crate::domain::{Encryption, Filename, MimeType, Sequence, Status};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);
const LATER: Timestamp = Timestamp::from_millis(2_000_000);
const GOOD: Md5 = md5(7);
const BAD: Md5 = md5(8);

#[test]
fn what_s3_tells_is_compared_without_asking_anyone() {
    assert!(matches!(claim(Some(GOOD)).judge(Some(held(GOOD)), 0), Next::Save(_)));
    assert!(matches!(claim(None).judge(Some(held(GOOD)), 0), Next::Save(_)));
    let next = claim(Some(BAD)).judge(Some(held(GOOD)), 0);
    assert!(matches!(next, Next::Reject(_, Error::ChecksumMismatch { stored }) if stored == GOOD));
    assert!(matches!(claim(None).judge(None, 0), Next::Load));
}

#[test]
fn a_retry_of_a_completed_file_is_harmless() {
    for md5 in [None, Some(GOOD)] {
        let next = claim(md5).explain(completed(), Some(seen(held(GOOD), 0)), NOW).unwrap();
        assert!(matches!(next, Next::Answer(_)));
    }
}

#[test]
fn a_completed_file_is_not_rejected_for_a_wrong_md5() {
    let refusal = claim(Some(BAD)).explain(completed(), Some(seen(held(GOOD), 0)), NOW);
    assert!(matches!(refusal, Err(Error::ChecksumMismatch { stored }) if stored == GOOD));
}

#[test]
fn a_final_or_overdue_file_names_its_status() {
    for (state, status) in [
        (State::Cancelled, Status::Cancelled),
        (State::Expired, Status::Expired),
        (State::Pending(Pending::until(NOW)), Status::Expired),
    ] {
        let refusal = claim(None).explain(file(state), None, NOW);
        assert!(matches!(refusal, Err(Error::FileNotPending { status: found }) if found == status));
    }
}

#[test]
fn nothing_uploaded_is_said_to_be_missing() {
    let refusal = claim(None).explain(pending(|_| ()), None, NOW);
    assert!(matches!(refusal, Err(Error::UploadMissing)));
}

#[test]
fn another_size_is_rejected() {
    let short = StoredObject { size_bytes: 4, ..held(GOOD) };
    let next = claim(None).explain(pending(|_| ()), Some(seen(short, 0)), NOW).unwrap();
    assert!(matches!(next, Next::Reject(_, Error::SizeMismatch { announced: 5, stored: 4 })));
}

#[test]
fn a_rejection_since_head_makes_the_claim_look_again() {
    let found = pending(|pending| pending.rejections = 2);
    let next = claim(None).explain(found.clone(), Some(seen(held(GOOD), 0)), NOW).unwrap();
    assert!(matches!(next, Next::LookAgain { rejections: 2 }));
    let next = claim(None).explain(found, Some(seen(held(GOOD), 1)), NOW).unwrap();
    assert!(matches!(next, Next::LookAgain { rejections: 2 }));
}

#[test]
fn a_mark_is_left_to_the_living_and_finished_for_the_dead() {
    let mark = Rejection { etag: ETag::new("e"), since: NOW, by: "r".to_owned(), stored: None };
    let found = pending(|pending| pending.rejecting = Some(mark.clone()));
    let refusal = claim(None).explain(found.clone(), Some(seen(held(GOOD), 1)), NOW);
    assert!(matches!(refusal, Err(Error::RejectionInProgress)));
    let next = claim(None).explain(found.clone(), None, Timestamp::from_millis(1_060_000)).unwrap();
    assert!(matches!(next, Next::FinishRejection(_, found) if found == mark));
}

#[test]
fn bytes_of_unknown_md5_are_read_unless_an_event_has_read_exactly_them() {
    let next = claim(Some(GOOD)).explain(pending(|_| ()), Some(seen(opaque(), 0)), NOW).unwrap();
    assert!(matches!(next, Next::Hash(..)));

    let verified = |etag: &str, md5| {
        pending(|pending| pending.verified = Some(Verified { etag: ETag::new(etag), md5 }))
    };
    let next = claim(Some(GOOD)).explain(verified("opaque", BAD), Some(seen(opaque(), 0)), NOW);
    assert!(
        matches!(next, Ok(Next::Reject(_, Error::ChecksumMismatch { stored })) if stored == BAD)
    );
    let next = claim(Some(GOOD)).explain(verified("older", BAD), Some(seen(opaque(), 0)), NOW);
    assert!(matches!(next, Ok(Next::Hash(..))));
}

#[test]
fn an_md5_that_was_taken_from_an_etag_proves_nothing_where_the_etag_is_none() {
    let etag = ETag::new(&BAD.to_string());
    let disguised = StoredObject::new(5, etag.clone(), None, Encryption::CustomerManaged);
    let found = pending(|pending| pending.verified = Some(Verified { etag, md5: BAD }));
    let next = claim(Some(GOOD)).explain(found, Some(seen(disguised, 0)), NOW);
    assert!(matches!(next, Ok(Next::Hash(..))));
}

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
    file(State::Completed { at: NOW, md5: Some(GOOD) })
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
