//! Small files that are either wholly there in their new form or as they were.

use std::fs;
use std::io;
use std::path::Path;

use serde::de::DeserializeOwned;

/// Replaces the file at `path`; a process that dies meanwhile leaves the old one.
pub(crate) fn replace(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    let draft = path.with_extension("draft");
    fs::write(&draft, content)?;
    fs::rename(draft, path)
}

/// Reads what is written in JSON. A failure names the file, and the way out.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    let read = fs::read(path).and_then(|json| Ok(serde_json::from_slice(&json)?));
    read.map_err(|error| {
        let path = path.display();
        io::Error::other(format!(
            "{path} is damaged ({error}): remove it, or forget all by `make clean-local`"
        ))
    })
}
