//! One bucket: an index in memory over the two files of every object.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use s3s::{S3Result, s3_error};
use tempfile::TempPath;

use super::object::Object;
use crate::file;

/// The objects of one bucket by their keys.
pub(super) struct Bucket {
    contents: PathBuf,
    descriptions: PathBuf,
    objects: BTreeMap<String, Arc<Object>>,
}

impl Bucket {
    /// Opens or creates the bucket in `directory`, removing what no description speaks of.
    pub(super) fn open(directory: &Path) -> io::Result<Self> {
        let mut bucket = Self {
            contents: directory.join("content"),
            descriptions: directory.join("objects"),
            objects: BTreeMap::new(),
        };
        fs::create_dir_all(&bucket.contents)?;
        fs::create_dir_all(&bucket.descriptions)?;
        bucket.read_descriptions()?;
        bucket.remove_strays(&bucket.contents)?;
        bucket.remove_strays(&bucket.descriptions)?;
        Ok(bucket)
    }

    /// All objects in the order of their keys.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.objects.values()
    }

    /// The object, if there is one.
    pub(super) fn find(&self, key: &str) -> Option<&Object> {
        self.objects.get(key).map(Arc::as_ref)
    }

    /// The object, or S3's refusal.
    pub(super) fn object(&self, key: &str) -> S3Result<Arc<Object>> {
        let object = self.objects.get(key).cloned();
        object.ok_or_else(|| s3_error!(NoSuchKey, "The specified key does not exist."))
    }

    /// The objects whose keys begin with `prefix`.
    pub(super) fn list(&self, prefix: &str) -> Vec<Arc<Object>> {
        let objects = self.objects.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
        let listed = objects.take_while(|(key, _)| key.starts_with(prefix));
        listed.map(|(_, object)| Arc::clone(object)).collect()
    }

    /// The object's bytes.
    pub(super) fn open_content(&self, object: &Object) -> io::Result<File> {
        File::open(self.contents.join(&object.sequencer))
    }

    /// Puts the object in the place of whatever its key held.
    pub(super) fn publish(&mut self, object: Object, content: TempPath) -> io::Result<Arc<Object>> {
        let replaced = self.objects.get(&object.key).cloned();
        content.persist(self.contents.join(&object.sequencer))?;
        let key = object.key.clone();
        self.describe(object)?;
        if let Some(replaced) = replaced {
            self.remove_files(&replaced)?;
        }
        Ok(Arc::clone(&self.objects[&key]))
    }

    /// Writes the object's description, the step that makes it so.
    pub(super) fn describe(&mut self, object: Object) -> io::Result<()> {
        let description = serde_json::to_vec_pretty(&object)?;
        file::replace(&self.descriptions.join(&object.sequencer), description)?;
        self.objects.insert(object.key.clone(), Arc::new(object));
        Ok(())
    }

    /// Removes the object, if there is one.
    pub(super) fn remove(&mut self, key: &str) -> io::Result<()> {
        match self.objects.remove(key) {
            Some(object) => self.remove_files(&object),
            None => Ok(()),
        }
    }

    fn remove_files(&self, object: &Object) -> io::Result<()> {
        // The description first: content without one is swept at the next start.
        fs::remove_file(self.descriptions.join(&object.sequencer))?;
        fs::remove_file(self.contents.join(&object.sequencer))
    }

    fn read_descriptions(&mut self) -> io::Result<()> {
        for entry in fs::read_dir(&self.descriptions)? {
            let path = entry?.path();
            if path.extension().is_some() {
                continue;
            }
            let object: Object = serde_json::from_slice(&fs::read(&path)?)?;
            let newest =
                self.find(&object.key).is_none_or(|known| known.sequencer < object.sequencer);
            if newest {
                self.objects.insert(object.key.clone(), Arc::new(object));
            }
        }
        Ok(())
    }

    fn remove_strays(&self, directory: &Path) -> io::Result<()> {
        let objects = self.objects.values();
        let known: HashSet<&OsStr> = objects.map(|object| object.sequencer.as_ref()).collect();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            if !known.contains(entry.file_name().as_os_str()) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}
