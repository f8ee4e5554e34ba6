//! What a claim comes to, case by case.

use super::*;

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

#[test]
fn a_claim_of_a_file_in_parts_joins_them_unless_that_is_done() {
    let next = claim(None).explain(in_parts(pending(|_| ())), None, NOW).unwrap();
    assert!(matches!(next, Next::Join(_)));
    let next = claim(None).explain(in_parts(pending(|_| ())), Some(seen(opaque(), 0)), NOW);
    assert!(matches!(next, Ok(Next::Save(Completion { proof: Proof::Parts, .. }))));
    let next = claim(Some(GOOD)).explain(in_parts(pending(|_| ())), Some(seen(opaque(), 0)), NOW);
    assert!(matches!(next, Ok(Next::Hash(_, None))));
}

#[test]
fn reading_goes_on_where_somebody_came_to_with_exactly_these_bytes() {
    for (etag, goes_on) in [("opaque", true), ("older", false)] {
        let found = in_parts(File { progress: Some(progress(etag)), ..pending(|_| ()) });
        let next = claim(Some(GOOD)).explain(found, Some(seen(opaque(), 0)), NOW).unwrap();
        assert!(matches!(next, Next::Hash(_, midway) if midway.is_some() == goes_on));
    }
}

#[test]
fn a_completion_that_has_begun_stands_by_its_own_claim() {
    let begun = || in_parts(completing(Some(GOOD)));
    let refusal = claim(Some(BAD)).explain(begun(), Some(seen(opaque(), 0)), NOW);
    assert!(matches!(refusal, Err(Error::OtherClaimBegun)));
    let next = claim(None).explain(begun(), Some(seen(opaque(), 0)), NOW);
    assert!(matches!(next, Ok(Next::Hash(..))), "the parts are no proof of the claimed MD5");
    let next = claim(None).explain(begun(), Some(seen(held(BAD), 0)), NOW);
    assert!(
        matches!(next, Ok(Next::Reject(_, Error::ChecksumMismatch { stored })) if stored == BAD)
    );
    let next = claim(None).explain(begun(), Some(seen(held(GOOD), 0)), LATER);
    assert!(matches!(next, Ok(Next::Save(_))), "it does not expire");
}

#[test]
fn what_was_read_by_somebody_else_meanwhile_is_not_waited_for() {
    let next = claim(Some(GOOD)).leave(completing(Some(GOOD)), seen(opaque(), 0));
    assert!(matches!(next, Next::Wait(_)));
    let read = |md5| {
        pending_with(completing(Some(GOOD)), |pending| pending.verified = Some(verified(md5)))
    };
    let next = claim(Some(GOOD)).leave(read(GOOD), seen(opaque(), 0));
    assert!(
        matches!(next, Next::Save(Completion { proof: Proof::Md5(stored), .. }) if stored == GOOD)
    );
    let next = claim(Some(GOOD)).leave(read(BAD), seen(opaque(), 0));
    assert!(matches!(next, Next::Reject(_, Error::ChecksumMismatch { stored }) if stored == BAD));
}

#[test]
fn a_file_that_was_completed_without_an_md5_says_so_to_those_who_claim_none() {
    let completed = || file(State::Completed { at: NOW, etag: ETag::new("e"), md5: None });
    let next = claim(None).explain(completed(), Some(seen(opaque(), 0)), NOW).unwrap();
    assert!(matches!(next, Next::Answer(_)));
    let next = claim(Some(GOOD)).explain(completed(), Some(seen(opaque(), 0)), NOW).unwrap();
    assert!(matches!(next, Next::Wait(_)));
}
