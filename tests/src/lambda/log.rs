//! What a function wrote to standard output and standard error.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::process::Stdio;

/// A file without a name that all containers of a function write to.
///
/// A pipe would have to be read by a task of ours, so a line could still be under way when the
/// answer that followed it has arrived. A file holds the line from the moment it was written.
#[derive(Debug)]
pub(super) struct Log(File);

impl Log {
    pub(super) fn new() -> io::Result<Self> {
        tempfile::tempfile().map(Self)
    }

    pub(super) fn sink(&self) -> io::Result<Stdio> {
        self.0.try_clone().map(Stdio::from)
    }

    pub(super) fn note(&self, line: impl std::fmt::Display) -> io::Result<()> {
        (&self.0).write_all(format!("{line}\n").as_bytes())
    }

    /// Reads at offsets of its own: the file's position belongs to the writers.
    pub(super) fn text(&self) -> io::Result<String> {
        let mut bytes =
            vec![0; usize::try_from(self.0.metadata()?.len()).map_err(io::Error::other)?];
        self.0.read_exact_at(&mut bytes, 0)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
