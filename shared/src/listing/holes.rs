//! Numbers without a record, counted in blocks and regions.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The number of holes in each cell, by the cell's index. Cells without holes are left out.
pub type HoleCounts = BTreeMap<u64, u64>;

/// 1,000 numbers, whose holes are one item: a set of at most 3 KB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block(u64);

/// 1,000 blocks, whose counts of holes are one item of at most 6 KB.
///
/// The counts of all regions are one item, too: 8 KB at 10^9 files. DynamoDB's 400 KB are reached
/// at 4 · 10^10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region(u64);

impl Block {
    /// How many numbers a block has.
    pub const SEQUENCES: u64 = 1_000;

    /// The block of a number.
    #[must_use]
    pub const fn of(number: u64) -> Self {
        Self(number / Self::SEQUENCES)
    }

    /// How many blocks come before it.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.0
    }

    /// The region it belongs to.
    #[must_use]
    pub const fn region(self) -> Region {
        Region(self.0 / Region::BLOCKS)
    }

    /// The block before it; the first has itself.
    #[must_use]
    pub const fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// Its first number.
    #[must_use]
    pub const fn first(self) -> u64 {
        self.0 * Self::SEQUENCES
    }

    /// The number of the row that has `above` newer ones in this block, of the numbers below `next`.
    /// If rows were deleted since they were counted and there is none, the block's first number.
    #[must_use]
    pub fn number(self, next: u64, holes: &Holes, above: u64) -> u64 {
        let numbers = self.first()..next.min(self.first() + Self::SEQUENCES);
        let holes_of = |number| u64::from(holes.contains(number));
        descend(numbers, 1, holes_of, above).map_or(self.first(), |(number, _)| number)
    }
}

impl Region {
    /// How many blocks a region has.
    pub const BLOCKS: u64 = 1_000;
    /// How many numbers a region has.
    pub const SEQUENCES: u64 = Self::BLOCKS * Block::SEQUENCES;

    /// The region of this index.
    #[must_use]
    pub const fn at(index: u64) -> Self {
        Self(index)
    }

    /// How many regions come before it.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.0
    }

    /// Its first block.
    #[must_use]
    pub const fn first(self) -> Block {
        Block(self.0 * Self::BLOCKS)
    }

    /// The block of the row that has `above` newer ones in this region, of the numbers below `next`,
    /// and how many of these are in that block. `holes` are counted by block. Where there is no such
    /// row, because rows were deleted since they were counted, the first block.
    #[must_use]
    pub fn block(self, next: u64, holes: &HoleCounts, above: u64) -> (Block, u64) {
        let start = self.first().first();
        let holes_of = |index| holes.get(&index).copied().unwrap_or(0);
        descend(start..next.min(start + Self::SEQUENCES), Block::SEQUENCES, holes_of, above)
            .map_or((self.first(), 0), |(index, above)| (Block(index), above))
    }
}

/// All holes from some number up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holes {
    known_from: u64,
    numbers: BTreeSet<u64>,
}

impl Holes {
    /// Nothing was ever deleted.
    #[must_use]
    pub const fn none() -> Self {
        Self { known_from: 0, numbers: BTreeSet::new() }
    }

    /// It is not known where the holes are.
    #[must_use]
    pub const fn unknown() -> Self {
        Self { known_from: u64::MAX, numbers: BTreeSet::new() }
    }

    /// These are all holes from the first number of `block` up, as far as the page reaches.
    #[must_use]
    pub const fn from(block: Block, numbers: BTreeSet<u64>) -> Self {
        Self { known_from: block.first(), numbers }
    }

    /// Below this number there may be others.
    #[must_use]
    pub const fn known_from(&self) -> u64 {
        self.known_from
    }

    /// Whether this number is known to be a hole.
    #[must_use]
    pub fn contains(&self, number: u64) -> bool {
        self.numbers.contains(&number)
    }
}

/// Finds the row that has `above` newer ones among `numbers`, which are cut into cells of `size`:
/// the index of its cell, and how many of the newer ones are in it.
pub(super) fn descend(
    numbers: Range<u64>,
    size: u64,
    holes_of: impl Fn(u64) -> u64,
    mut above: u64,
) -> Option<(u64, u64)> {
    let mut end = numbers.end;
    while end > numbers.start {
        let index = (end - 1) / size;
        let rows = (end - index * size).saturating_sub(holes_of(index));
        if above < rows {
            return Some((index, above));
        }
        above -= rows;
        end = index * size;
    }
    None
}
