//! Where a stand-in keeps its data.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::Error;

/// Counts the changes of what is kept, and how: the records, the objects' descriptions, the stream.
/// Data of another format are not read.
const FORMAT: &str = "4";

/// The data directory; a temporary one goes when it is dropped.
pub(crate) enum Directory {
    /// The caller's, kept.
    Kept(PathBuf),
    /// Ours.
    Temporary(TempDir),
}

impl Directory {
    /// The directory `data`, created where it is absent, or a temporary one.
    pub(crate) fn open(data: Option<PathBuf>) -> Result<Self, Error> {
        let Some(path) = data else {
            let temporary = tempfile::tempdir();
            return temporary
                .map(Self::Temporary)
                .map_err(|source| Error::Data { path: std::env::temp_dir(), source });
        };
        match prepare(&path) {
            Ok(true) => Ok(Self::Kept(path)),
            Ok(false) => Err(Error::OtherFormat { path }),
            Err(source) => Err(Error::Data { path, source }),
        }
    }

    /// The database's file; a temporary database is kept in memory, where it obeys the clock.
    pub(crate) fn database(&self) -> Option<PathBuf> {
        match self {
            Self::Kept(path) => Some(path.join("dynamodb.sqlite")),
            Self::Temporary(_) => None,
        }
    }

    /// The file that says how far the table's stream was delivered.
    pub(crate) fn stream_position(&self) -> PathBuf {
        self.path().join("stream-position")
    }

    /// The directory of the objects.
    pub(crate) fn objects(&self) -> PathBuf {
        self.path().join("s3")
    }

    /// The file from which the functions' clients take a table of partitions.
    pub(crate) fn partitions(&self) -> PathBuf {
        let path = self.path().join("no-partitions.json");
        // Functions run in another folder.
        std::path::absolute(&path).unwrap_or(path)
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(directory) => directory.path(),
        }
    }
}

/// Makes the directory where it is absent, for the eyes of its owner only. The answer is whether what
/// is kept in it has our format.
fn prepare(path: &Path) -> io::Result<bool> {
    fs::create_dir_all(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o700))?;
    let format = path.join("format");
    match fs::read_to_string(&format) {
        Ok(found) => Ok(found.trim() == FORMAT),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if fs::read_dir(path)?.next().is_some() {
                return Ok(false);
            }
            fs::write(format, FORMAT)?;
            Ok(true)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_its_owners_alone_and_is_opened_again() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        for _ in 0..2 {
            assert!(Directory::open(Some(path.clone())).is_ok());
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn data_of_another_format_are_refused_in_a_line_and_left_alone() {
        for (file, text) in [("dynamodb.sqlite", "from before there was a format"), ("format", "0")]
        {
            let data = tempfile::tempdir().unwrap();
            fs::write(data.path().join(file), text).unwrap();
            let error = Directory::open(Some(data.path().to_owned())).err().unwrap();
            assert!(error.to_string().ends_with("`make clean-local` forgets it"), "{error}");
            assert_eq!(fs::read_to_string(data.path().join(file)).unwrap(), text);
        }
    }
}
