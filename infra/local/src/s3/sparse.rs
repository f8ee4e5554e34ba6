//! A file in which long runs of zeros take no room on disk.

use std::io::{self, SeekFrom};

use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

/// Bytes looked at together; only a block of nothing but zeros is left out.
const BLOCK: usize = 64 * 1024;

static ZEROS: [u8; BLOCK] = [0; BLOCK];

/// A file being written from its beginning to its end.
pub(super) struct SparseFile {
    file: File,
    block: Vec<u8>,
    /// Bytes in whole blocks so far, left out or written.
    length: u64,
    /// Whether blocks were left out since the last one written.
    behind_hole: bool,
}

impl SparseFile {
    /// Writes to `file`, which is empty.
    pub(super) fn new(file: std::fs::File) -> Self {
        let block = Vec::with_capacity(BLOCK);
        Self { file: File::from_std(file), block, length: 0, behind_hole: false }
    }

    /// Appends `bytes`.
    pub(super) async fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = BLOCK - self.block.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.block.extend_from_slice(now);
            bytes = later;
            if self.block.len() == BLOCK {
                self.end_block().await?;
            }
        }
        Ok(())
    }

    /// Brings everything to the file; returns its length in bytes.
    pub(super) async fn finish(mut self) -> io::Result<u64> {
        self.end_block().await?;
        self.file.flush().await?;
        self.file.set_len(self.length).await?;
        Ok(self.length)
    }

    async fn end_block(&mut self) -> io::Result<()> {
        let is_hole = ZEROS.starts_with(&self.block);
        if !is_hole {
            if self.behind_hole {
                self.file.seek(SeekFrom::Start(self.length)).await?;
            }
            self.file.write_all(&self.block).await?;
        }
        self.behind_hole = is_hole;
        self.length += self.block.len() as u64;
        self.block.clear();
        Ok(())
    }
}
