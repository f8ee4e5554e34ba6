//! The file that the demo uploads. It may be larger than the memory.

use std::io::Write;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use md5::{Digest, Md5};
use tempfile::NamedTempFile;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use crate::failure::Failure;

/// The size of a made-up file in bytes.
const MADE_UP_SIZE: u32 = 1024 * 1024;

/// How much of the file is held in memory, in bytes.
pub(super) const CHUNK: usize = 256 * 1024;

/// A file on this machine, measured and hashed.
pub(super) struct Sample {
    /// Its name, without folders.
    pub(super) name: String,
    /// Its size in bytes.
    pub(super) size: u64,
    /// The MD5 of its bytes, 32 hexadecimal digits.
    pub(super) md5: String,
    path: PathBuf,
    _made_up: Option<NamedTempFile>,
}

impl Sample {
    /// The file at `path`, or a made-up one that goes with the sample.
    pub(super) async fn open(path: Option<PathBuf>) -> Result<Self, Failure> {
        let (path, made_up) = match path {
            Some(path) => (path, None),
            None => make_up().map(|file| (file.path().to_owned(), Some(file)))?,
        };
        let (size, md5) = measure(&path).await?;
        let name = match (&made_up, path.file_name()) {
            (None, Some(name)) => name.to_string_lossy().into_owned(),
            _ => "demo.bin".to_owned(),
        };
        Ok(Self { name, size, md5, path, _made_up: made_up })
    }

    /// Its bytes, from the first one on.
    pub(super) async fn read(&self) -> Result<File, Failure> {
        File::open(&self.path).await.map_err(Failure::file(&self.path))
    }
}

fn make_up() -> Result<NamedTempFile, Failure> {
    let failed = || Failure::file(Path::new("a temporary file"));
    let mut file = NamedTempFile::new().map_err(failed())?;
    // Neither empty nor repetitive: a lost or swapped block would show.
    let bytes: Vec<u8> =
        (0..MADE_UP_SIZE / 4).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    file.write_all(&bytes).map_err(failed())?;
    Ok(file)
}

async fn measure(path: &Path) -> Result<(u64, String), Failure> {
    let mut file = File::open(path).await.map_err(Failure::file(path))?;
    let (mut size, mut md5) = (0, Md5::new());
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = file.read(&mut chunk).await.map_err(Failure::file(path))?;
        if read == 0 {
            return Ok((size, HEXLOWER.encode(&md5.finalize())));
        }
        md5.update(&chunk[..read]);
        size += read as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[tokio::test]
    async fn a_file_is_measured_and_hashed_and_keeps_its_name() {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(b"hello").unwrap();
        let sample = Sample::open(Some(file.path().to_owned())).await.unwrap();
        assert_eq!((sample.size, sample.md5.as_str()), (5, "5d41402abc4b2a76b9719d911017c592"));
        assert_eq!(Some(sample.name.as_str()), file.path().file_name().and_then(OsStr::to_str));
    }

    #[tokio::test]
    async fn a_file_is_made_up_where_none_is_named() {
        let sample = Sample::open(None).await.unwrap();
        assert_eq!((sample.size, sample.name.as_str()), (u64::from(MADE_UP_SIZE), "demo.bin"));
    }
}
