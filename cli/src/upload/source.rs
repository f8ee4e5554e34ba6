//! The local file: read in sections, by several threads at once.

use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom, Take};
use std::path::{Path, PathBuf, absolute};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::UNIX_EPOCH;

use md5::{Digest as _, Md5 as Md5Hasher};
use shared::domain::Md5;

use crate::failure::Failure;
use crate::progress::Progress;

/// What is read at a time to be hashed, in bytes.
const BUFFER_BYTES: usize = 128 * 1024;

/// A local file that is to be uploaded, as it was found.
pub(super) struct Source {
    path: PathBuf,
    version: Version,
}

/// What tells one content of a file from another without reading it.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Version {
    /// Its size in bytes.
    pub(super) size_bytes: u64,
    /// When it was written, in nanoseconds since the Unix epoch.
    pub(super) modified_nanos: u64,
}

impl Source {
    /// The file at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let path = absolute(path).map_err(Failure::local("find", path))?;
        let version = Version::of(&path)?;
        Ok(Self { path, version })
    }

    /// Its absolute path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Its name, if that is UTF-8.
    pub(super) fn name(&self) -> Option<String> {
        Some(self.path.file_name()?.to_str()?.to_owned())
    }

    /// Its size and time, as they were found.
    pub(super) fn version(&self) -> Version {
        self.version
    }

    /// Fails if it is no longer as it was found.
    pub(super) fn check_unchanged(&self) -> Result<(), Failure> {
        if Version::of(&self.path)? == self.version {
            Ok(())
        } else {
            Err(Failure::Changed(self.path.clone()))
        }
    }

    /// The `size_bytes` from `offset` on, until `stop` is set.
    pub(super) fn section<'a>(
        &'a self,
        offset: u64,
        size_bytes: u64,
        stop: &'a AtomicBool,
    ) -> Result<Section<'a>, Failure> {
        let cannot_read = || Failure::local("read", &self.path);
        let mut file = File::open(&self.path).map_err(cannot_read())?;
        file.seek(SeekFrom::Start(offset)).map_err(cannot_read())?;
        let bytes = file.take(size_bytes);
        Ok(Section { path: &self.path, bytes, size_bytes, stop, progress: None, failure: None })
    }
}

impl Version {
    fn of(path: &Path) -> Result<Self, Failure> {
        let metadata = fs::metadata(path).map_err(Failure::local("read", path))?;
        let modified = metadata.modified().map_err(Failure::local("read the time of", path))?;
        let modified = modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let modified_nanos = u64::try_from(modified).unwrap_or(u64::MAX);
        Ok(Self { size_bytes: metadata.len(), modified_nanos })
    }
}

/// A section of the file. It holds nothing of it: who reads brings the buffer.
pub(super) struct Section<'a> {
    path: &'a Path,
    bytes: Take<File>,
    size_bytes: u64,
    stop: &'a AtomicBool,
    progress: Option<&'a Progress>,
    failure: Option<Failure>,
}

impl<'a> Section<'a> {
    /// Counts what is read.
    pub(super) fn counted_by(self, progress: &'a Progress) -> Self {
        Self { progress: Some(progress), ..self }
    }

    /// Reads it all, for its digest.
    pub(super) fn md5(mut self) -> Result<Md5, Failure> {
        let mut hasher = Md5Hasher::new();
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            match self.read(&mut buffer) {
                Ok(0) => return Ok(Md5::new(hasher.finalize().into())),
                Ok(length) => hasher.update(&buffer[..length]),
                Err(error) => {
                    let otherwise = Failure::local("read", self.path)(error);
                    return Err(self.unread(otherwise));
                }
            }
        }
    }

    /// Takes back what was counted, because it did not arrive: the reason is that it could not be
    /// read, or else `otherwise`.
    pub(super) fn unread(self, otherwise: Failure) -> Failure {
        if let Some(progress) = self.progress {
            progress.retreat(self.size_bytes - self.bytes.limit());
        }
        self.failure.unwrap_or(otherwise)
    }

    fn fail(&mut self, failure: Failure) -> io::Error {
        self.failure = Some(failure);
        io::Error::other("the file could not be read on")
    }
}

impl Read for Section<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(self.fail(Failure::Stopped));
        }
        let left = self.bytes.limit().min(buffer.len() as u64);
        match self.bytes.read(buffer) {
            Ok(0) if left > 0 => Err(self.fail(Failure::Changed(self.path.to_path_buf()))),
            Ok(length) => {
                if let Some(progress) = self.progress {
                    progress.advance(length as u64);
                }
                Ok(length)
            }
            Err(error) => {
                let failure = Failure::local("read", self.path)(error);
                Err(self.fail(failure))
            }
        }
    }
}
