//! Where a stand-in keeps its data.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::Error;

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
        match fs::create_dir_all(&path) {
            Ok(()) => Ok(Self::Kept(path)),
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

    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(directory) => directory.path(),
        }
    }
}
