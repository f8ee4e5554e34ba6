//! Pages are exact, whatever the holes.

use super::*;
use crate::domain::FileId;
use crate::uploads::samples::open;

#[test]
fn the_row_at_every_offset_is_the_one_that_counting_one_by_one_finds() {
    const NEXT: u64 = 2_003_500;
    // Every seventh, a whole block with parts of its neighbours, and the ends of regions.
    let mut holes: BTreeSet<u64> = (3..NEXT).step_by(7).collect();
    holes.extend(1_000_500..1_002_200);
    holes.extend([0, 999_999, 1_000_000, NEXT - 1]);
    let rows: Vec<u64> = (0..NEXT).rev().filter(|number| !holes.contains(number)).collect();
    let workspace = Workspace::new(NEXT, holes);
    assert_eq!(workspace.counter.total(), rows.len() as u64);
    let total = workspace.counter.total();
    for offset in (0..total).step_by(9_973).chain([1, total - 1]) {
        assert_eq!(workspace.number_at(offset), Some(rows[offset as usize]), "{offset}");
    }
    assert_eq!(workspace.number_at(total), None);
}

#[test]
fn a_few_holes_anywhere_are_stepped_over() {
    for holes in [&[][..], &[9], &[0], &[9, 8, 7], &[0, 1, 5, 8], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]] {
        let rows: Vec<u64> = (0..10).rev().filter(|number| !holes.contains(number)).collect();
        let workspace = Workspace::new(10, holes.iter().copied().collect());
        for offset in 0..12 {
            let expected = rows.get(offset as usize).copied();
            assert_eq!(workspace.number_at(offset), expected, "{holes:?} {offset}");
        }
    }
}

#[test]
fn without_holes_an_offset_is_a_subtraction() {
    let dense = Counter { next: 10, ..Counter::empty() };
    assert_eq!(dense.dense_number(0), Some(9));
    assert_eq!(dense.dense_number(9), Some(0));
    assert_eq!(dense.dense_number(10), None);
    assert_eq!(dense.dense_number(u64::MAX), None);
    let holes = HoleCounts::from([(0, 1)]);
    assert_eq!(Counter { holes, ..dense }.dense_number(0), None);
}

#[test]
fn an_empty_workspace_and_an_enormous_offset_have_no_rows() {
    assert_eq!(Counter::empty().region(0), None);
    assert_eq!(Counter { next: 10, ..Counter::empty() }.region(u64::MAX), None);
}

#[test]
fn rows_deleted_since_they_were_counted_lead_below_them_not_astray() {
    let region = Region::at(1);
    let counts = HoleCounts::from([(1_000, 1_000)]);
    assert_eq!(region.block(1_001_500, &counts, 700), (Block::of(1_000_000), 0));
    let holes = Holes::from(Block::of(1_000_000), (1_000_000..1_000_400).collect());
    assert_eq!(Block::of(1_000_000).number(1_000_500, &holes, 100), 1_000_000);
}

#[test]
fn a_row_that_is_missing_is_stepped_over_and_not_counted() {
    let holes = Holes::from(Block::of(0), BTreeSet::from([1]));
    let counter = Counter { next: 5, holes: HoleCounts::from([(0, 1)]), ..Counter::empty() };
    let files = rows(&[(4, 0), (2, 0), (0, 0)]);
    let listing = Listing::new(page(0, 3), counter, &holes, 4, files);
    assert_eq!((listing.missing.as_slice(), listing.total()), (&[3][..], 3));
}

#[test]
fn what_is_missing_ends_with_the_last_row_of_a_full_page_or_where_holes_are_known() {
    let missing = |holes: &Holes, files: &[(u64, u64)], limit| {
        let counter = Counter { next: 1_003, ..Counter::empty() };
        Listing::new(page(0, limit), counter, holes, 1_002, rows(files)).missing
    };
    let block = Holes::from(Block::of(1_000), BTreeSet::from([1_001]));
    assert_eq!(missing(&block, &[(1_002, 0), (990, 0)], 2), [1_000]);
    assert_eq!(missing(&Holes::none(), &[(1_002, 0), (999, 0)], 2), [1_001, 1_000]);
    assert_eq!(missing(&Holes::none(), &[], 2).len(), 1_003);
    assert_eq!(missing(&Holes::unknown(), &[], 2), Vec::<u64>::new());
}

#[test]
fn a_count_never_contradicts_the_rows() {
    let total = |offset, limit, files: &[(u64, u64)]| {
        let counter = Counter { next: 9, ..Counter::empty() };
        Listing::new(page(offset, limit), counter, &Holes::unknown(), 8, rows(files)).total()
    };
    let two = [(4, 0), (2, 0)];
    assert_eq!((total(0, 2, &two), total(8, 2, &two)), (9, 10), "a full page");
    assert_eq!((total(0, 3, &two), total(5, 3, &two)), (2, 7), "the last page");
    assert_eq!((total(0, 3, &[]), total(4, 3, &[]), total(u64::MAX, 3, &[])), (0, 4, 9), "no rows");
}

#[test]
fn certain_at_once_are_all_files_and_dense_numbers_that_all_have_their_row() {
    let certain = |holes: HoleCounts, files: &[(u64, u64)], page| {
        let counter = Counter { next: 3, holes, ..Counter::empty() };
        Listing::new(page, counter, &Holes::none(), 2, rows(files)).is_certain()
    };
    let (dense, holed) = (HoleCounts::new(), HoleCounts::from([(0, 1)]));
    assert!(certain(dense.clone(), &[(2, 0), (1, 0), (0, 0)], page(1, 3)));
    assert!(!certain(dense, &[(2, 0), (0, 0)], page(1, 3)));
    assert!(certain(holed.clone(), &[(2, 0), (0, 0)], page(0, 3)));
    assert!(!certain(holed.clone(), &[(2, 0), (0, 0)], page(1, 3)));
    assert!(!certain(holed, &[(2, 0), (0, 0)], page(0, 2)));
}

#[test]
fn numbers_taken_meanwhile_do_not_touch_a_listing_but_holes_do() {
    let counter = Counter { next: 9, holes: HoleCounts::from([(0, 1)]), ..Counter::empty() };
    let listing = Listing::beyond_the_end(page(9, 1), counter.clone());
    assert!(listing.is_untouched(&Counter { next: 10, ..counter.clone() }));
    assert!(!listing.is_untouched(&Counter { holes: HoleCounts::from([(0, 2)]), ..counter }));
}

#[test]
fn a_row_newer_than_the_counter_raises_it() {
    let mut counter = Counter { next: 5, ..Counter::empty() };
    counter.raise_to(rows(&[(7, 3)]).first());
    assert_eq!((counter.total(), counter.touched_at), (8, Timestamp::from_millis(3)));
    counter.raise_to(None);
    counter.raise_to(rows(&[(3, 0)]).first());
    assert_eq!(counter.total(), 8);
}

#[test]
fn a_missing_row_is_settled_when_something_later_is_a_minute_old() {
    const NOW: Timestamp = Timestamp::from_millis(100_000);
    let settled = |touched_at, files: &[(u64, u64)]| -> Vec<u64> {
        let touched_at = Timestamp::from_millis(touched_at);
        let counter = Counter { next: 9, touched_at, ..Counter::empty() };
        let (files, missing) = (rows(files), vec![7, 3]);
        let listing = Listing {
            files,
            page: page(0, 25),
            counter,
            missing,
            has_older: None,
            is_confirmed: false,
        };
        listing.settled(NOW).into_iter().map(Sequence::number).collect()
    };
    assert_eq!(settled(40_000, &[]), [7, 3]);
    assert_eq!(settled(40_001, &[]), Vec::<u64>::new());
    assert_eq!(settled(90_000, &[(8, 40_001), (6, 40_000), (2, 1)]), [3]);
    assert_eq!(settled(90_000, &[(8, 40_000)]), [7, 3]);
}

fn page(offset: u64, limit: u64) -> Page {
    Page::new(limit, offset)
}

/// Numbers with their holes, counted as storage does.
struct Workspace {
    counter: Counter,
    by_block: HoleCounts,
    holes: BTreeSet<u64>,
}

impl Workspace {
    fn new(next: u64, holes: BTreeSet<u64>) -> Self {
        let by_region = counts(&holes, Region::SEQUENCES);
        let counter = Counter { next, holes: by_region, ..Counter::empty() };
        Self { counter, by_block: counts(&holes, Block::SEQUENCES), holes }
    }

    /// The number of the row at an offset, found level by level.
    fn number_at(&self, offset: u64) -> Option<u64> {
        let (region, above) = self.counter.region(offset)?;
        let (block, above) = region.block(self.counter.next, &self.by_block, above);
        let in_block = self.holes.range(block.first()..block.first() + Block::SEQUENCES);
        let holes = Holes::from(block, in_block.copied().collect());
        Some(block.number(self.counter.next, &holes, above))
    }
}

fn counts(holes: &BTreeSet<u64>, size: u64) -> HoleCounts {
    let mut counts = HoleCounts::new();
    for hole in holes {
        *counts.entry(hole / size).or_default() += 1;
    }
    counts
}

/// Files at these sequences, created at these milliseconds.
fn rows(rows: &[(u64, u64)]) -> Vec<File> {
    rows.iter()
        .map(|(number, created_at)| File {
            id: FileId::new(Sequence::new(*number).unwrap(), [0; 10]),
            created_at: Timestamp::from_millis(*created_at),
            ..open()
        })
        .collect()
}
