//! One bucket: an index in memory over the files of its objects and of its multipart uploads.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use s3s::{S3Result, s3_error};
use tempfile::TempPath;

use super::content::Content;
use super::multipart::Uploads;
use super::object::Object;
use crate::file;

/// The objects of one bucket by their keys, and its multipart uploads.
pub(super) struct Bucket {
    contents: PathBuf,
    descriptions: PathBuf,
    objects: BTreeMap<String, Stored>,
    uploads: Uploads,
}

struct Stored {
    object: Arc<Object>,
    content: Arc<Content>,
}

impl Bucket {
    /// Opens or creates the bucket in `directory`, removing what no description speaks of.
    pub(super) fn open(directory: &Path) -> io::Result<Self> {
        let contents = directory.join("content");
        let descriptions = directory.join("objects");
        fs::create_dir_all(&contents)?;
        fs::create_dir_all(&descriptions)?;
        let uploads = Uploads::open(directory.join("multipart"), contents.clone())?;
        let mut bucket = Self { contents, descriptions, objects: BTreeMap::new(), uploads };
        bucket.read_descriptions()?;
        bucket.finish_uploads()?;
        bucket.remove_strays()?;
        Ok(bucket)
    }

    /// All objects in the order of their keys.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.objects.values().map(|stored| &stored.object)
    }

    /// Every sequencer in use.
    pub(super) fn sequencers(&self) -> impl Iterator<Item = &str> {
        let objects = self.objects().map(|object| object.sequencer.as_str());
        objects.chain(self.uploads.sequencers())
    }

    /// The multipart uploads.
    pub(super) fn uploads(&self) -> &Uploads {
        &self.uploads
    }

    /// The multipart uploads, to change them.
    pub(super) fn uploads_mut(&mut self) -> &mut Uploads {
        &mut self.uploads
    }

    /// The object, if there is one.
    pub(super) fn find(&self, key: &str) -> Option<&Object> {
        self.objects.get(key).map(|stored| stored.object.as_ref())
    }

    /// The object, or S3's refusal.
    pub(super) fn object(&self, key: &str) -> S3Result<Arc<Object>> {
        Ok(Arc::clone(&self.stored(key)?.object))
    }

    /// The object's bytes, or S3's refusal.
    pub(super) fn content(&self, key: &str) -> S3Result<Arc<Content>> {
        Ok(Arc::clone(&self.stored(key)?.content))
    }

    /// The objects whose keys begin with `prefix`.
    pub(super) fn list(&self, prefix: &str) -> Vec<Arc<Object>> {
        let objects = self.objects.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
        let listed = objects.take_while(|(key, _)| key.starts_with(prefix));
        listed.map(|(_, stored)| Arc::clone(&stored.object)).collect()
    }

    /// Puts the object and its one file of content in the place of whatever its key held.
    pub(super) fn publish(&mut self, object: Object, content: TempPath) -> io::Result<Arc<Object>> {
        content.persist(self.contents.join(&object.sequencer))?;
        self.place(object)
    }

    /// Puts an object of parts in the place of whatever its key held, and ends its upload.
    pub(super) fn publish_assembled(&mut self, object: Object) -> io::Result<Arc<Object>> {
        let object = self.place(object)?;
        self.uploads.finish(&object)?;
        Ok(object)
    }

    /// Replaces the description of an object that is there.
    pub(super) fn redescribe(&mut self, object: Object) -> io::Result<()> {
        self.write_description(&object)?;
        if let Some(stored) = self.objects.get_mut(&object.key) {
            stored.object = Arc::new(object);
        }
        Ok(())
    }

    /// Removes the object, if there is one.
    pub(super) fn remove(&mut self, key: &str) -> io::Result<()> {
        match self.objects.remove(key) {
            Some(removed) => self.discard(&removed),
            None => Ok(()),
        }
    }

    fn stored(&self, key: &str) -> S3Result<&Stored> {
        let stored = self.objects.get(key);
        stored.ok_or_else(|| s3_error!(NoSuchKey, "The specified key does not exist."))
    }

    /// Makes the object what its key holds; its content is in place.
    fn place(&mut self, object: Object) -> io::Result<Arc<Object>> {
        self.write_description(&object)?;
        let object = Arc::new(object);
        if let Some(replaced) = self.enter(Arc::clone(&object)) {
            self.discard(&replaced)?;
        }
        Ok(object)
    }

    fn enter(&mut self, object: Arc<Object>) -> Option<Stored> {
        let content = Arc::new(Content::new(&self.contents, object.segments()));
        self.objects.insert(object.key.clone(), Stored { object, content })
    }

    /// Writes the object's description, the step that makes it so.
    fn write_description(&self, object: &Object) -> io::Result<()> {
        let description = serde_json::to_vec_pretty(object)?;
        file::replace(&self.descriptions.join(&object.sequencer), description)
    }

    fn discard(&self, removed: &Stored) -> io::Result<()> {
        // The description first: content without one is swept at the next start.
        fs::remove_file(self.descriptions.join(&removed.object.sequencer))?;
        removed.content.give_up();
        Ok(())
    }

    fn read_descriptions(&mut self) -> io::Result<()> {
        for entry in fs::read_dir(&self.descriptions)? {
            let path = entry?.path();
            if path.extension().is_some() {
                continue;
            }
            let object: Object = file::read_json(&path)?;
            let newest =
                self.find(&object.key).is_none_or(|known| known.sequencer < object.sequencer);
            if newest {
                self.enter(Arc::new(object));
            }
        }
        Ok(())
    }

    /// Ends the uploads that a process completed but did not live to end.
    fn finish_uploads(&mut self) -> io::Result<()> {
        let mut objects = self.objects.values();
        objects.try_for_each(|stored| self.uploads.finish(&stored.object))
    }

    fn remove_strays(&self) -> io::Result<()> {
        let stored = self.objects.values();
        let contents = stored.flat_map(|stored| stored.content.files()).chain(self.uploads.files());
        remove_others(&self.contents, &contents.collect())?;
        let descriptions = self.objects().map(|object| object.sequencer.as_str());
        remove_others(&self.descriptions, &descriptions.collect())
    }
}

/// Removes the files of `directory` that are none of these.
fn remove_others(directory: &Path, known: &HashSet<&str>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if !entry.file_name().to_str().is_some_and(|name| known.contains(name)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
