//! Pages are exact, whatever the holes.

use super::*;
use crate::domain::file::Pending;
use crate::domain::{FileId, Filename, MimeType, State};

#[test]
fn a_limit_out_of_bounds_is_refused_not_clamped() {
    for limit in [0, 26, u64::MAX] {
        let refusal = Page { limit, offset: 0 }.checked();
        assert!(matches!(refusal, Err(Error::InvalidValue { param, .. }) if param == "limit"));
    }
    assert!(Page { limit: 25, offset: u64::MAX }.checked().is_ok());
}

#[test]
fn a_page_is_the_same_as_counting_the_rows_one_by_one() {
    for holes in [&[][..], &[9], &[0], &[9, 8, 7], &[0, 1, 5, 8], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]] {
        let counter = counter(10, holes);
        let all: Vec<u64> = (0..10).rev().filter(|number| !holes.contains(number)).collect();
        assert_eq!(counter.total(), all.len() as u64);
        for offset in 0..12 {
            for limit in 1..5 {
                let expected: Vec<u64> =
                    all.iter().skip(offset as usize).take(limit as usize).copied().collect();
                assert_eq!(
                    counter.page(Page { limit, offset }),
                    expected,
                    "{holes:?} {offset} {limit}"
                );
            }
        }
    }
}

#[test]
fn an_empty_workspace_and_an_enormous_offset_have_no_rows() {
    assert_eq!(Counter::empty().page(Page { limit: 25, offset: 0 }), Vec::<u64>::new());
    assert_eq!(counter(10, &[]).page(Page { limit: 25, offset: u64::MAX }), Vec::<u64>::new());
}

#[test]
fn a_row_that_is_missing_is_stepped_over_and_not_counted() {
    let mut counter = counter(5, &[1]);
    let missing = counter.overlook_missing(&[4, 3, 2], &rows(&[(4, 0), (2, 0)]));
    assert_eq!(missing, [3]);
    assert_eq!(counter.total(), 3);
    assert_eq!(counter.page(Page { limit: 3, offset: 0 }), [4, 2, 0]);
}

#[test]
fn a_row_newer_than_the_counter_raises_it() {
    let mut counter = counter(5, &[]);
    counter.raise_to(rows(&[(7, 0)]).first());
    assert_eq!(counter.total(), 8);
    counter.raise_to(None);
    counter.raise_to(rows(&[(3, 0)]).first());
    assert_eq!(counter.total(), 8);
}

#[test]
fn a_row_newer_than_the_counter_makes_its_neighbours_young_again() {
    let mut counter = counter(5, &[]);
    let rows = rows(&[(6, 99_999), (4, 0)]);
    counter.raise_to(rows.first());
    assert_eq!(counter.settled(&[5], &rows, Timestamp::from_millis(100_000)), []);
}

#[test]
fn a_row_at_a_noted_hole_is_disowned() {
    assert!(counter(5, &[3]).disowns_any(&rows(&[(4, 0), (3, 0)])));
    assert!(!counter(5, &[2]).disowns_any(&rows(&[(4, 0), (3, 0)])));
}

#[test]
fn the_newest_page_ends_with_its_last_row_or_with_the_first_file() {
    let counter = counter(6, &[4]);
    assert_eq!(counter.newest(&rows(&[(5, 0), (2, 0)]), 2), [5, 3, 2]);
    assert_eq!(counter.newest(&rows(&[(5, 0), (2, 0)]), 3), [5, 3, 2, 1, 0]);
    assert_eq!(counter.newest(&[], 3), [5, 3, 2, 1, 0]);
}

#[test]
fn a_missing_row_is_settled_when_something_later_is_a_minute_old() {
    const NOW: Timestamp = Timestamp::from_millis(100_000);
    let touched = |at| Counter { touched_at: Timestamp::from_millis(at), ..counter(9, &[]) };
    let settled = |counter: Counter, rows: &[File]| -> Vec<u64> {
        counter.settled(&[7, 3], rows, NOW).into_iter().map(Sequence::number).collect()
    };
    assert_eq!(settled(touched(40_000), &[]), [7, 3]);
    assert_eq!(settled(touched(40_001), &[]), Vec::<u64>::new());
    assert_eq!(settled(touched(90_000), &rows(&[(8, 40_001), (6, 40_000), (2, 1)])), [3]);
    assert_eq!(settled(touched(90_000), &rows(&[(8, 40_000)])), [7, 3]);
}

fn counter(next: u64, holes: &[u64]) -> Counter {
    let holes = holes.iter().copied().collect();
    Counter { next, holes, touched_at: Timestamp::from_millis(0) }
}

/// Files at these sequences, created at these milliseconds.
fn rows(rows: &[(u64, u64)]) -> Vec<File> {
    rows.iter()
        .map(|(number, created_at)| File {
            id: FileId::new(Sequence::new(*number).unwrap(), [0; 10]),
            filename: Filename::try_from("a".to_owned()).unwrap(),
            mime_type: MimeType::try_from("a/b".to_owned()).unwrap(),
            size_bytes: 1,
            created_at: Timestamp::from_millis(*created_at),
            multipart: None,
            progress: None,
            annotation: None,
            state: State::Pending(Pending::until(Timestamp::from_millis(u64::MAX))),
        })
        .collect()
}
