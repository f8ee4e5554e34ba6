//! What it means that bytes are there, case by case.

use super::*;

fn verdict_of(file: &File, held: StoredObject) -> Verdict {
    verdict(file, held, NOW).unwrap()
}

#[test]
fn an_md5_is_recorded_for_a_completion_to_come() {
    let fresh = pending(|_| ());
    assert!(matches!(verdict_of(&fresh, held(GOOD)), Verdict::Record(md5) if md5 == GOOD));
    assert!(matches!(verdict_of(&fresh, opaque()), Verdict::Read));
}

#[test]
fn what_is_recorded_of_exactly_these_bytes_is_not_read_again() {
    let recorded = pending(|pending| pending.verified = Some(verified(GOOD)));
    assert!(matches!(verdict_of(&recorded, opaque()), Verdict::Rest));
    assert!(matches!(verdict_of(&recorded, opaque().hashed(GOOD)), Verdict::Rest));
    let other = StoredObject { etag: ETag::new("other"), ..opaque() };
    assert!(matches!(verdict_of(&recorded, other), Verdict::Read));
}

#[test]
fn an_md5_that_was_taken_from_an_etag_does_not_spare_the_reading() {
    let etag = ETag::new(&GOOD.to_string());
    let disguised = StoredObject::new(5, etag.clone(), None, Encryption::CustomerManaged);
    let verified = Some(Verified { etag, md5: GOOD });
    let found = pending(|pending| pending.verified = verified);
    assert!(matches!(verdict_of(&found, disguised), Verdict::Read));
}

#[test]
fn what_is_claimed_is_completed_and_what_is_not_is_rejected() {
    let begun = in_parts(completing(Some(GOOD)));
    assert!(matches!(verdict_of(&begun, opaque()), Verdict::Read));
    let verdict = verdict_of(&begun, opaque().hashed(GOOD));
    assert!(
        matches!(verdict, Verdict::Complete(Completion { proof: Proof::Md5(md5), .. }) if md5 == GOOD)
    );
    let verdict = verdict_of(&begun, opaque().hashed(BAD));
    assert!(
        matches!(verdict, Verdict::Reject(_, Error::ChecksumMismatch { stored }) if stored == BAD)
    );
    let recorded = pending_with(begun, |pending| pending.verified = Some(verified(BAD)));
    assert!(matches!(verdict_of(&recorded, opaque()), Verdict::Reject(..)));
}

#[test]
fn parts_are_the_proof_where_no_md5_is_claimed() {
    let begun = completing(None);
    let verdict = verdict_of(&in_parts(begun.clone()), opaque());
    assert!(matches!(verdict, Verdict::Complete(Completion { proof: Proof::Parts, .. })));
    assert!(matches!(verdict_of(&begun, opaque()), Verdict::Read), "one PUT has no parts");
    let verdict = verdict_of(&in_parts(begun), opaque().hashed(GOOD));
    assert!(matches!(verdict, Verdict::Complete(Completion { proof: Proof::Md5(_), .. })));
}

#[test]
fn another_size_is_rejected_unread_once_the_completion_has_begun() {
    let short = StoredObject { size_bytes: 4, ..opaque() };
    for begun in [in_parts(completing(None)), completing(Some(GOOD))] {
        let verdict = verdict_of(&begun, short.clone());
        let Verdict::Reject(_, error) = verdict else { unreachable!("{verdict:?}") };
        assert!(matches!(error, Error::SizeMismatch { announced: 5, stored: 4 }));
    }
}

#[test]
fn a_completion_demands_the_rejections_that_are_known() {
    let begun = pending_with(completing(Some(GOOD)), |pending| pending.rejections = 2);
    for md5 in [GOOD, BAD] {
        let seen = match verdict_of(&begun, opaque().hashed(md5)) {
            Verdict::Complete(Completion { seen, .. }) | Verdict::Reject(seen, _) => seen,
            other => unreachable!("{other:?}"),
        };
        assert_eq!(seen.rejections, 2);
    }
}

#[test]
fn the_md5_of_a_file_that_was_completed_without_is_added() {
    let without = file(State::Completed { at: NOW, etag: ETag::new("e"), md5: None });
    assert!(matches!(verdict_of(&without, opaque()), Verdict::Read));
    let verdict = verdict_of(&without, opaque().hashed(GOOD));
    assert!(matches!(verdict, Verdict::Amend(md5) if md5 == GOOD));
    assert!(matches!(verdict_of(&completed(), opaque()), Verdict::Rest));
}

#[test]
fn nobody_waits_for_the_bytes_of_a_file_that_is_over() {
    for state in [State::Cancelled, State::Expired, State::Pending(Pending::until(NOW))] {
        assert!(matches!(verdict_of(&file(state), held(GOOD)), Verdict::Sweep));
    }
    let begun = completing(Some(GOOD));
    let verdict = verdict(&begun, opaque(), LATER).unwrap();
    assert!(matches!(verdict, Verdict::Read), "a completion that has begun does not expire");
}

#[test]
fn a_rejection_is_left_to_the_living_and_finished_for_the_dead() {
    let mark = Rejection { etag: ETag::new("e"), since: NOW, by: "r".to_owned(), stored: None };
    for found in [pending(|_| ()), completing(Some(GOOD))] {
        let marked = pending_with(found, |pending| pending.rejecting = Some(mark.clone()));
        let refusal = verdict(&marked, opaque(), NOW);
        assert!(matches!(refusal, Err(Error::RejectionInProgress)));
        let verdict = verdict(&marked, opaque(), Timestamp::from_millis(1_060_000)).unwrap();
        assert!(matches!(verdict, Verdict::FinishRejection(found) if found == mark));
    }
}
