//! `slipway download`: a COMPLETED file becomes a local one.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use md5::{Digest as _, Md5 as Md5Hasher};
use shared::domain::{FileId, Md5};

use crate::client::{Access, Client, File, S3, persist};
use crate::console;
use crate::failure::Failure;
use crate::progress::Progress;

/// What is read at a time, in bytes.
const BUFFER_BYTES: usize = 128 * 1024;

/// Download a file, resumably, and prove its bytes.
///
/// The bytes go to `PATH.ID.part` first. A download that was interrupted goes on where it was: a file's
/// bytes never change. If their MD5 is the one that Slipway knows, the file gets its name, which is
/// printed on standard output.
#[derive(Args)]
pub(crate) struct Download {
    /// The file's id.
    id: FileId,

    /// Where to; a file there is replaced. By default its own name, here, if that is free.
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,

    #[command(flatten)]
    access: Access,
}

impl Download {
    /// Does it.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let client = Client::new(&self.access);
        let file = client.file(&self.id.to_string())?;
        let path = self.path_for(&file)?;

        let mut partial = Partial::open(&path, &file)?;
        let s3 = S3::new(1);
        let progress = Progress::new("downloading", file.size_bytes);
        progress.advance(partial.size_bytes);
        while partial.size_bytes < file.size_bytes {
            persist(|| partial.fetch(&client, &s3, &progress))?;
        }
        partial.prove(&file)?.rename(&path)?;
        console::say(&path.to_string_lossy());
        Ok(())
    }

    fn path_for(self, file: &File) -> Result<PathBuf, Failure> {
        match self.output {
            Some(path) => Ok(path),
            None if Path::new(&file.filename).exists() => {
                Err(Failure::Occupied(file.filename.clone().into()))
            }
            None => Ok(file.filename.clone().into()),
        }
    }
}

/// The first bytes of a file, here already.
struct Partial {
    id: String,
    path: PathBuf,
    file: fs::File,
    size_bytes: u64,
    md5: Md5Hasher,
    /// What S3 calls the file's bytes, once it has.
    etag: Option<String>,
}

impl Partial {
    /// What there is of `whole`, which is to become `destination`.
    fn open(destination: &Path, whole: &File) -> Result<Self, Failure> {
        let mut path = OsString::from(destination);
        path.push(format!(".{}.part", whole.id));
        let path = PathBuf::from(path);
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let file = options.open(&path).map_err(Failure::local("write", &path))?;
        let (id, md5) = (whole.id.clone(), Md5Hasher::new());
        let mut partial = Self { id, path, file, size_bytes: 0, md5, etag: None };
        partial.hash_what_is_there().map_err(Failure::local("read", &partial.path))?;
        if partial.size_bytes > whole.size_bytes {
            partial.begin_anew()?;
        }
        Ok(partial)
    }

    fn hash_what_is_there(&mut self) -> io::Result<()> {
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            match self.file.read(&mut buffer)? {
                0 => return Ok(()),
                length => self.count(&buffer[..length]),
            }
        }
    }

    /// Fetches what is missing, by a fresh URL. Bytes that came before the connection broke are a
    /// success: only attempts that bring nothing wear out.
    fn fetch(&mut self, client: &Client, s3: &S3, progress: &Progress) -> Result<(), Failure> {
        let before = self.size_bytes;
        let url = client.download_url(&self.id)?;
        let mut download = s3.get(&url, self.size_bytes, self.etag.as_deref())?;
        if !download.partial {
            progress.retreat(before);
            self.begin_anew()?;
        }
        self.etag = download.etag.take();
        match self.receive(&mut *download.bytes, progress)? {
            _ if self.size_bytes > before => Ok(()),
            Ok(()) => Err(Failure::Nonsense("S3 sends no bytes")),
            Err(error) => Err(Failure::Connection(error.into())),
        }
    }

    /// Keeps what comes, until it ends or breaks off.
    fn receive(
        &mut self,
        bytes: &mut dyn Read,
        progress: &Progress,
    ) -> Result<io::Result<()>, Failure> {
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            match bytes.read(&mut buffer) {
                Ok(0) => return Ok(Ok(())),
                Ok(length) => {
                    self.append(&buffer[..length])?;
                    progress.advance(length as u64);
                }
                Err(error) => return Ok(Err(error)),
            }
        }
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(Failure::local("write", &self.path))?;
        self.count(bytes);
        Ok(())
    }

    fn count(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.size_bytes += bytes.len() as u64;
    }

    fn begin_anew(&mut self) -> Result<(), Failure> {
        self.file
            .rewind()
            .and_then(|()| self.file.set_len(0))
            .map_err(Failure::local("write", &self.path))?;
        (self.size_bytes, self.md5) = (0, Md5Hasher::new());
        Ok(())
    }

    /// Itself, if it is all of `whole`; otherwise it is removed.
    fn prove(self, whole: &File) -> Result<Self, Failure> {
        let found = Md5::new(self.md5.clone().finalize().into()).to_string();
        let expected = whole.md5.clone().unwrap_or_else(|| {
            console::note("Slipway does not know the file's MD5 yet: only its size is proven");
            found.clone()
        });
        if (self.size_bytes, &found) == (whole.size_bytes, &expected) {
            return Ok(self);
        }
        fs::remove_file(&self.path).map_err(Failure::local("remove", &self.path))?;
        Err(Failure::Corrupt { found, expected })
    }

    fn rename(self, destination: &Path) -> Result<(), Failure> {
        self.file
            .sync_all()
            .and_then(|()| fs::rename(&self.path, destination))
            .map_err(Failure::local("write", destination))
    }
}
