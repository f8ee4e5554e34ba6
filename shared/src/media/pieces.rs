//! A file of which only some ranges are at hand, and a reader over it that notes what it lacks.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// The ranges of a file that were fetched so far.
#[derive(Debug)]
pub(super) struct Pieces {
    size_bytes: u64,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    start: u64,
    bytes: Vec<u8>,
}

impl Piece {
    /// The first byte after it.
    fn end(&self) -> u64 {
        self.start.saturating_add(self.bytes.len() as u64)
    }

    /// Its bytes from this offset of the file on; nothing if the offset is not in it.
    fn bytes_from(&self, offset: u64) -> Option<&[u8]> {
        let skipped = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.bytes.get(skipped..).filter(|bytes| !bytes.is_empty())
    }
}

impl Pieces {
    /// No piece yet of a file of this size.
    pub(super) fn none_of(size_bytes: u64) -> Self {
        Self { size_bytes, pieces: Vec::new() }
    }

    /// Adds the bytes that the file has from `start` on.
    pub(super) fn add(&mut self, start: u64, bytes: Vec<u8>) {
        self.pieces.push(Piece { start, bytes });
    }

    /// How many pieces were added.
    pub(super) fn count(&self) -> usize {
        self.pieces.len()
    }

    /// The size of the whole file in bytes.
    pub(super) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// The end of the last piece that ends at or before `offset`; zero if there is none.
    pub(super) fn known_before(&self, offset: u64) -> u64 {
        let ends = self.pieces.iter().map(Piece::end);
        ends.filter(|end| *end <= offset).max().unwrap_or_default()
    }

    /// A reader from the start of the file.
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader { file: self, position: 0, missed: None }
    }
}

/// Reads and seeks as if the whole file were there. The first byte that is not makes this and every
/// later read fail, so that no parser goes on with what it did not see.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    file: &'a Pieces,
    position: u64,
    missed: Option<u64>,
}

impl Reader<'_> {
    /// The offset of the byte that was read for but not at hand.
    pub(super) fn missed(&self) -> Option<u64> {
        self.missed
    }

    /// The size of the whole file in bytes.
    pub(super) fn size_bytes(&self) -> u64 {
        self.file.size_bytes
    }

    /// The `N` bytes at `offset`.
    pub(super) fn array_at<const N: usize>(&mut self, offset: u64) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.position = offset;
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

impl BufRead for Reader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.missed.is_none() && self.position >= self.file.size_bytes {
            return Ok(&[]);
        }
        let at_hand = self.file.pieces.iter().find_map(|piece| piece.bytes_from(self.position));
        match at_hand {
            Some(bytes) if self.missed.is_none() => Ok(bytes),
            _ => {
                self.missed.get_or_insert(self.position);
                Err(io::ErrorKind::WouldBlock.into())
            }
        }
    }

    fn consume(&mut self, amount: usize) {
        self.position = self.position.saturating_add(amount as u64);
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.file.size_bytes.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn abc_and_xyz_of(size_bytes: u64) -> Pieces {
        let mut pieces = Pieces::none_of(size_bytes);
        pieces.add(0, b"abc".to_vec());
        pieces.add(7, b"xyz".to_vec());
        pieces
    }

    #[test]
    fn what_is_at_hand_is_read_across_seeks() {
        let pieces = abc_and_xyz_of(10);
        let mut reader = pieces.reader();
        assert_eq!(reader.array_at(1).unwrap(), *b"bc");
        reader.seek(SeekFrom::End(-3)).unwrap();
        let mut rest = String::new();
        reader.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "xyz");
        assert_eq!(reader.missed(), None);
    }

    #[test]
    fn the_first_byte_that_is_not_at_hand_is_noted_and_ends_all_reading() {
        let pieces = abc_and_xyz_of(10);
        let mut reader = pieces.reader();
        assert!(reader.array_at::<4>(0).is_err());
        assert!(reader.array_at::<1>(5).is_err());
        assert!(reader.array_at::<3>(0).is_err());
        assert_eq!(reader.missed(), Some(3));
    }

    #[test]
    fn nothing_is_missed_beyond_the_end() {
        let pieces = abc_and_xyz_of(10);
        let mut reader = pieces.reader();
        let error = reader.array_at::<4>(7).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        assert!(reader.seek(SeekFrom::Current(-99)).is_err());
        reader.seek(SeekFrom::Start(u64::MAX)).unwrap();
        assert_eq!(reader.read(&mut [0]).unwrap(), 0);
        assert_eq!(reader.missed(), None);
    }

    #[test]
    fn pieces_tell_where_the_unknown_begins() {
        let pieces = abc_and_xyz_of(20);
        assert_eq!(pieces.known_before(2), 0);
        assert_eq!(pieces.known_before(5), 3);
        assert_eq!(pieces.known_before(10), 10);
    }
}
