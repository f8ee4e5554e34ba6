//! Small files that are either wholly there in their new form or as they were.

use std::fs;
use std::io;
use std::path::Path;

/// Replaces the file at `path`; a process that dies meanwhile leaves the old one.
pub(crate) fn replace(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    let draft = path.with_extension("draft");
    fs::write(&draft, content)?;
    fs::rename(draft, path)
}
