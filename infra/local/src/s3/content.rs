//! An object's bytes on disk: one file, or those of the parts it was assembled from, read as one.

use std::fs;
use std::io::{self, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use s3s::dto::StreamingBlob;
use s3s::{S3Result, s3_error};
use serde::{Deserialize, Serialize};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

/// Bytes read from disk at a time when content is sent.
const CHUNK: usize = 256 * 1024;

/// One file of an object's bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Segment {
    /// The file's name in the bucket's directory of contents.
    pub(super) file: String,
    /// Its length in bytes.
    pub(super) size: u64,
}

/// The files that are, one after the other, an object's bytes.
pub(super) struct Content {
    directory: PathBuf,
    segments: Vec<Segment>,
    given_up: AtomicBool,
}

impl Content {
    /// The content in these files of `directory`.
    pub(super) fn new(directory: &Path, segments: Vec<Segment>) -> Self {
        Self { directory: directory.to_owned(), segments, given_up: AtomicBool::new(false) }
    }

    /// The names of its files.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().map(|segment| segment.file.as_str())
    }

    /// Deletes the files as soon as nobody reads them any more.
    pub(super) fn give_up(&self) {
        self.given_up.store(true, Ordering::SeqCst);
    }

    /// Passes if every file is there, as long as it should be. Somebody may have cleaned up by hand.
    pub(super) fn check(&self) -> S3Result<()> {
        for segment in &self.segments {
            let path = self.directory.join(&segment.file);
            let size = fs::metadata(&path).map(|metadata| metadata.len());
            if size.ok() != Some(segment.size) {
                return Err(s3_error!(
                    InternalError,
                    "{} is missing or damaged: delete the object, or forget all by `make clean-local`",
                    path.display()
                ));
            }
        }
        Ok(())
    }

    /// Streams the bytes of `range`, one file open at a time.
    pub(super) fn read(self: Arc<Self>, range: &Range<u64>) -> StreamingBlob {
        let pieces = self.pieces(range);
        let opened = stream::iter(pieces).then(move |(path, range)| {
            let content = Arc::clone(&self);
            async move { content.open(path, range).await }
        });
        StreamingBlob::wrap(opened.try_flatten())
    }

    /// The files that `range` touches, each with its own range.
    fn pieces(&self, range: &Range<u64>) -> Vec<(PathBuf, Range<u64>)> {
        let mut pieces = Vec::new();
        let mut offset = 0;
        for segment in &self.segments {
            let start = range.start.max(offset);
            let end = range.end.min(offset + segment.size);
            if start < end {
                pieces.push((self.directory.join(&segment.file), start - offset..end - offset));
            }
            offset += segment.size;
        }
        pieces
    }

    async fn open(
        self: Arc<Self>,
        path: PathBuf,
        range: Range<u64>,
    ) -> io::Result<impl Stream<Item = io::Result<Bytes>>> {
        let mut file = File::open(path).await?;
        file.seek(SeekFrom::Start(range.start)).await?;
        Ok(ReaderStream::with_capacity(file.take(range.end - range.start), CHUNK))
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        if self.given_up.load(Ordering::SeqCst) {
            for file in self.files() {
                // What cannot be removed is swept at the next start.
                let _ = fs::remove_file(self.directory.join(file));
            }
        }
    }
}
