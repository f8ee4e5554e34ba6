//! Looking at what is on the disk.

use std::path::Path;

/// How many files there are below the directory.
pub(crate) fn files_in(directory: &Path) -> usize {
    let entries = std::fs::read_dir(directory).unwrap().map(Result::unwrap);
    let count = |entry: std::fs::DirEntry| {
        if entry.path().is_dir() { files_in(&entry.path()) } else { 1 }
    };
    entries.map(count).sum()
}
