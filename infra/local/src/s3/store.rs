//! Our S3's store: buckets of objects, each a description and content that appear and vanish as one.
//!
//! ```text
//! s3/uploads/                                     content on its way in
//! s3/buckets/<bucket>/content/<id>                the bytes of an object or a part
//! s3/buckets/<bucket>/objects/<id>                an object's description, as JSON
//! s3/buckets/<bucket>/multipart/<id>/upload       a multipart upload's description
//! s3/buckets/<bucket>/multipart/<id>/<number>     a part's description
//! ```
//!
//! Content is moved into place first, the description last: a description is the commit. An object's `<id>`
//! is its sequencer, so of two descriptions of one key, left by a process that died between writing the
//! new and removing the old, the greater is the truth. An object assembled from parts names their files and
//! its upload: an upload that a process died before ending is ended at the next start.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use s3s::dto::ETagCondition;
use s3s::{S3Error, S3Result, s3_error};
use tempfile::TempPath;

use super::bucket::Bucket;
use super::content::Content;
use super::object::Object;
use crate::clock::Clock;
use crate::lock::lock;

/// All buckets. Writes happen one after the other, so a condition and its write are one step.
pub(super) struct Store {
    root: PathBuf,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    buckets: BTreeMap<String, Bucket>,
    last_sequencer: u64,
}

/// What sets one step of the store apart from every other.
pub(super) struct Stamp {
    /// 16 hex digits, greater than those of every step before.
    pub(super) sequencer: String,
    /// Milliseconds since the Unix epoch.
    pub(super) now_ms: u64,
}

/// What a write demands of the object that is there before it.
#[derive(Default)]
pub(super) struct Condition {
    /// `If-Match`.
    pub(super) if_match: Option<ETagCondition>,
    /// `If-None-Match`.
    pub(super) if_none_match: Option<ETagCondition>,
}

impl Store {
    /// Opens the store in `root`, creating it or clearing what an earlier process left half-done.
    pub(super) fn open(root: PathBuf, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let incoming = root.join("uploads");
        if incoming.exists() {
            fs::remove_dir_all(&incoming)?;
        }
        fs::create_dir_all(&incoming)?;
        let buckets = open_buckets(&root.join("buckets"))?;
        let sequencers = buckets.values().flat_map(Bucket::sequencers);
        let last = sequencers.filter_map(|hex| u64::from_str_radix(hex, 16).ok()).max();
        let state = State { buckets, last_sequencer: last.unwrap_or(0) };
        Ok(Self { root, clock, state: Mutex::new(state) })
    }

    /// Where content may be received; on one file system with the buckets.
    pub(super) fn incoming(&self) -> PathBuf {
        self.root.join("uploads")
    }

    /// Creates the bucket; an existing one of ours is left as it is.
    pub(super) fn create_bucket(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        if !state.buckets.contains_key(name) {
            let bucket = Bucket::open(&self.root.join("buckets").join(name))?;
            state.buckets.insert(name.to_owned(), bucket);
        }
        Ok(())
    }

    /// Refuses a bucket that does not exist.
    pub(super) fn check_bucket(&self, name: &str) -> S3Result<()> {
        self.state().bucket(name).map(|_| ())
    }

    /// The object's description.
    pub(super) fn object(&self, bucket: &str, key: &str) -> S3Result<Arc<Object>> {
        self.state().bucket(bucket)?.object(key)
    }

    /// The object's description and its bytes, both of one publication.
    pub(super) fn open_object(
        &self,
        bucket: &str,
        key: &str,
    ) -> S3Result<(Arc<Object>, Arc<Content>)> {
        let mut state = self.state();
        let bucket = state.bucket(bucket)?;
        Ok((bucket.object(key)?, bucket.content(key)?))
    }

    /// Takes one step in the bucket while nothing else reads or writes there.
    pub(super) fn step<T>(
        &self,
        bucket: &str,
        step: impl FnOnce(&mut Bucket, Stamp) -> S3Result<T>,
    ) -> S3Result<T> {
        let mut state = self.state();
        let stamp = state.next_stamp(self.clock.now_ms());
        step(state.bucket(bucket)?, stamp)
    }

    /// Publishes `content` under `draft.key` if the condition holds; sets sequencer and time.
    pub(super) fn publish(
        &self,
        bucket: &str,
        mut draft: Object,
        content: TempPath,
        condition: &Condition,
    ) -> S3Result<Arc<Object>> {
        self.step(bucket, |bucket, stamp| {
            condition.check(bucket.find(&draft.key))?;
            draft.last_modified_ms = stamp.now_ms;
            draft.sequencer = stamp.sequencer;
            bucket.publish(draft, content).map_err(S3Error::internal_error)
        })
    }

    /// Removes the object if the condition holds; that there is none is success.
    pub(super) fn delete(&self, bucket: &str, key: &str, condition: &Condition) -> S3Result<()> {
        let mut state = self.state();
        let bucket = state.bucket(bucket)?;
        let Some(object) = bucket.find(key) else {
            return Ok(());
        };
        condition.check(Some(object))?;
        bucket.remove(key).map_err(S3Error::internal_error)
    }

    /// Replaces the description of an object that is there by what `change` makes of it.
    pub(super) fn change(
        &self,
        bucket: &str,
        key: &str,
        change: impl FnOnce(&mut Object),
    ) -> S3Result<()> {
        let mut state = self.state();
        let bucket = state.bucket(bucket)?;
        let mut object = Object::clone(&*bucket.object(key)?);
        change(&mut object);
        bucket.redescribe(object).map_err(S3Error::internal_error)
    }

    /// The objects whose keys begin with `prefix`, in the order of their keys.
    pub(super) fn list(&self, bucket: &str, prefix: &str) -> S3Result<Vec<Arc<Object>>> {
        Ok(self.state().bucket(bucket)?.list(prefix))
    }

    /// Every object whose creation no function has acknowledged, with its bucket.
    pub(super) fn unannounced(&self) -> Vec<(String, Arc<Object>)> {
        let state = self.state();
        let of_bucket = |(name, bucket): (&String, &Bucket)| {
            let unannounced = bucket.objects().filter(|object| !object.announced);
            unannounced.map(|object| (name.clone(), Arc::clone(object))).collect::<Vec<_>>()
        };
        state.buckets.iter().flat_map(of_bucket).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl State {
    fn bucket(&mut self, name: &str) -> S3Result<&mut Bucket> {
        self.buckets.get_mut(name).ok_or_else(|| s3_error!(NoSuchBucket))
    }

    /// Grows within this process by counting and across restarts by the clock.
    fn next_stamp(&mut self, now_ms: u64) -> Stamp {
        self.last_sequencer = (self.last_sequencer + 1).max(now_ms << 20);
        Stamp { sequencer: format!("{:016X}", self.last_sequencer), now_ms }
    }
}

impl Condition {
    /// Refuses the write if the condition does not hold.
    pub(super) fn check(&self, object: Option<&Object>) -> S3Result<()> {
        if let Some(wanted) = &self.if_match {
            let object = object.ok_or_else(|| s3_error!(NoSuchKey))?;
            if !matches(wanted, object) {
                return Err(s3_error!(PreconditionFailed));
            }
        }
        let unwanted = self.if_none_match.as_ref().zip(object);
        if unwanted.is_some_and(|(unwanted, object)| matches(unwanted, object)) {
            return Err(s3_error!(PreconditionFailed));
        }
        Ok(())
    }
}

/// Whether the object is one that the condition speaks of.
pub(super) fn matches(condition: &ETagCondition, object: &Object) -> bool {
    condition.as_etag().is_none_or(|etag| etag.value() == object.etag)
}

fn open_buckets(directory: &Path) -> io::Result<BTreeMap<String, Bucket>> {
    fs::create_dir_all(directory)?;
    let mut buckets = BTreeMap::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        buckets.insert(name, Bucket::open(&entry.path())?);
    }
    Ok(buckets)
}
