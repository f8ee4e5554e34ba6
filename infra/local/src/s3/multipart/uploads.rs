//! The multipart uploads of one bucket: an index in memory over their files.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::mem;
use std::path::{Path, PathBuf};

use s3s::dto::PartNumber;
use s3s::{S3Result, s3_error};
use tempfile::TempPath;

use super::upload::{Finished, Part, Upload};
use crate::file;
use crate::s3::object::{Assembled, Object};

const DESCRIPTION: &str = "upload";

/// The open uploads by their ids, and the finished ones, which a repeated completion may still ask for.
pub(in crate::s3) struct Uploads {
    directory: PathBuf,
    contents: PathBuf,
    entries: BTreeMap<String, Entry>,
}

/// An upload with its parts in the order of their numbers; a finished one has none.
pub(in crate::s3) struct Entry {
    /// The upload.
    pub(super) upload: Upload,
    /// Its parts.
    pub(super) parts: BTreeMap<PartNumber, Part>,
}

impl Uploads {
    /// Reads the uploads in `directory`, removing what an earlier process left half-done; the bytes of
    /// their parts are in `contents`.
    pub(in crate::s3) fn open(directory: PathBuf, contents: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&directory)?;
        let mut uploads = Self { directory, contents, entries: BTreeMap::new() };
        for entry in fs::read_dir(&uploads.directory)? {
            let path = entry?.path();
            if path.join(DESCRIPTION).exists() {
                let entry = Entry::read(&path)?;
                uploads.entries.insert(entry.upload.id.clone(), entry);
            } else {
                fs::remove_dir_all(path)?;
            }
        }
        Ok(uploads)
    }

    /// The open uploads.
    pub(super) fn open_ones(&self) -> impl Iterator<Item = &Upload> {
        let uploads = self.entries.values().map(|entry| &entry.upload);
        uploads.filter(|upload| upload.finished.is_none())
    }

    /// The upload to this key, open or finished, or S3's refusal.
    pub(super) fn find(&self, key: &str, id: &str) -> S3Result<&Entry> {
        let entry = self.entries.get(id).filter(|entry| entry.upload.key == key);
        entry.ok_or_else(no_such_upload)
    }

    /// The same, of open uploads only.
    pub(super) fn find_open(&self, key: &str, id: &str) -> S3Result<&Entry> {
        let entry = self.find(key, id)?;
        if entry.upload.finished.is_some() {
            return Err(no_such_upload());
        }
        Ok(entry)
    }

    /// The names of the parts' files.
    pub(in crate::s3) fn files(&self) -> impl Iterator<Item = &str> {
        let parts = self.entries.values().flat_map(|entry| entry.parts.values());
        parts.map(|part| part.segment.file.as_str())
    }

    /// Every sequencer in use.
    pub(in crate::s3) fn sequencers(&self) -> impl Iterator<Item = &str> {
        self.files().chain(self.entries.keys().map(String::as_str))
    }

    /// Opens an upload.
    pub(super) fn create(&mut self, upload: Upload) -> io::Result<()> {
        fs::create_dir_all(self.directory.join(&upload.id))?;
        self.describe(&upload)?;
        self.entries.insert(upload.id.clone(), Entry { upload, parts: BTreeMap::new() });
        Ok(())
    }

    /// Puts the part in the place of whatever its number held, in an upload that is open.
    pub(super) fn put_part(&mut self, id: &str, part: Part, content: TempPath) -> io::Result<()> {
        content.persist(self.contents.join(&part.segment.file))?;
        let description = self.directory.join(id).join(part.number.to_string());
        file::replace(&description, serde_json::to_vec(&part)?)?;
        let parts = self.entries.get_mut(id).map(|entry| &mut entry.parts);
        match parts.and_then(|parts| parts.insert(part.number, part)) {
            Some(replaced) => fs::remove_file(self.contents.join(replaced.segment.file)),
            None => Ok(()),
        }
    }

    /// Removes the upload and its parts.
    pub(super) fn abort(&mut self, id: &str) -> io::Result<()> {
        let Some(entry) = self.entries.remove(id) else {
            return Ok(());
        };
        let directory = self.directory.join(id);
        // The description first: parts of no upload are swept at the next start.
        fs::remove_file(directory.join(DESCRIPTION))?;
        self.remove_contents(entry.parts.values())?;
        fs::remove_dir_all(directory)
    }

    /// Ends the open upload that the object was assembled from, if there is one.
    pub(in crate::s3) fn finish(&mut self, object: &Object) -> io::Result<()> {
        let Some(assembled) = &object.assembled else {
            return Ok(());
        };
        let open = self.entries.get_mut(&assembled.upload_id);
        let Some(entry) = open.filter(|entry| entry.upload.finished.is_none()) else {
            return Ok(());
        };
        let (used, unused) = entry.take_parts(assembled);
        let parts = used.into_iter().map(|part| (part.number, part.etag)).collect();
        let (etag, checksums) = (object.etag.clone(), object.checksums.clone());
        entry.upload.finished = Some(Finished { parts, etag, checksums });
        let upload = entry.upload.clone();
        self.describe(&upload)?;
        remove_parts(&self.directory.join(&upload.id))?;
        self.remove_contents(&unused)
    }

    fn describe(&self, upload: &Upload) -> io::Result<()> {
        let description = self.directory.join(&upload.id).join(DESCRIPTION);
        file::replace(&description, serde_json::to_vec_pretty(upload)?)
    }

    fn remove_contents<'part>(
        &self,
        parts: impl IntoIterator<Item = &'part Part>,
    ) -> io::Result<()> {
        let mut parts = parts.into_iter();
        parts.try_for_each(|part| fs::remove_file(self.contents.join(&part.segment.file)))
    }
}

impl Entry {
    fn read(directory: &Path) -> io::Result<Self> {
        let upload: Upload = file::read_json(&directory.join(DESCRIPTION))?;
        let mut parts = BTreeMap::new();
        if upload.finished.is_some() {
            remove_parts(directory)?;
        }
        for path in part_descriptions(directory)? {
            if path.extension().is_none() {
                let part: Part = file::read_json(&path)?;
                parts.insert(part.number, part);
            }
        }
        Ok(Self { upload, parts })
    }

    /// The parts that the object was made of, and the others.
    fn take_parts(&mut self, assembled: &Assembled) -> (Vec<Part>, Vec<Part>) {
        let segments = assembled.segments.iter();
        let used: HashSet<&str> = segments.map(|segment| segment.file.as_str()).collect();
        let parts = mem::take(&mut self.parts).into_values();
        parts.partition(|part| used.contains(part.segment.file.as_str()))
    }
}

fn remove_parts(directory: &Path) -> io::Result<()> {
    part_descriptions(directory)?.into_iter().try_for_each(fs::remove_file)
}

fn part_descriptions(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory)?.map(|entry| Ok(entry?.path()));
    let paths: Vec<PathBuf> = entries.collect::<io::Result<_>>()?;
    Ok(paths.into_iter().filter(|path| !path.ends_with(DESCRIPTION)).collect())
}

fn no_such_upload() -> s3s::S3Error {
    s3_error!(
        NoSuchUpload,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have \
         been aborted or completed."
    )
}
