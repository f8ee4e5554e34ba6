//! What is known of a file's bytes: what S3 holds, and what is recorded of them until the file is
//! completed.

use std::time::Duration;

use crate::domain::{ETag, Md5, Midway, StoredObject, Timestamp};

/// What S3 holds, as far as that is known.
#[derive(Clone, Debug)]
pub enum Held {
    /// S3 has not been asked yet.
    Unknown,
    /// An S3 event announced this object.
    Announced(Announcement),
    /// S3 holds nothing.
    Nothing,
    /// S3 holds this object.
    Object(Seen),
}

impl Held {
    /// What HEAD told, when `rejections` of the file's objects had been recorded before.
    #[must_use]
    pub fn of_head(object: Option<StoredObject>, rejections: u64) -> Self {
        object.map_or(Self::Nothing, |object| Self::Object(Seen { object, rejections }))
    }
}

/// What an S3 event tells of an object.
#[derive(Clone, Debug)]
pub struct Announcement {
    /// The object, as it was before anything was rejected: afterwards an event may tell of bytes that are gone.
    pub seen: Seen,
    /// Whether an `ETag` that looks like an MD5 certainly is one. Events do not tell how an object is
    /// encrypted; a HEAD of another object of the bucket has.
    pub etag_is_md5: bool,
    /// Whether the file is probably one that its event completes.
    pub completes: bool,
}

/// An object that S3 holds.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The object, as an event, HEAD or the joining of its parts told it.
    pub object: StoredObject,
    /// How many rejections were recorded before S3 was asked.
    pub rejections: u64,
}

impl Seen {
    /// The same object, once its bytes were read.
    #[must_use]
    pub fn hashed(&self, md5: Md5) -> Self {
        let object = StoredObject { md5: Some(md5), ..self.object.clone() };
        Self { object, rejections: self.rejections }
    }
}

/// What is recorded of the bytes of a file that is not completed.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The object whose MD5 an S3 event, or reading it, has told.
    pub verified: Option<Verified>,
    /// The objects that were rejected.
    pub rejections: Rejections,
    /// How far an object has been read for its MD5.
    pub progress: Option<Progress>,
}

/// An object whose MD5 is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Which bytes.
    pub etag: ETag,
    /// Their MD5.
    pub md5: Md5,
    /// How many they are.
    pub size_bytes: u64,
    /// When they were recorded.
    pub at: Timestamp,
}

/// How far an object has been read for its MD5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The bytes that are hashed, and the MD5's inner state.
    pub midway: Midway,
    /// When that was recorded.
    pub at: Timestamp,
}

/// The objects of one file that were rejected because they are not what was announced or claimed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Rejections {
    /// None was.
    #[default]
    None,
    /// The last of `count` is being deleted now.
    UnderWay {
        /// How many there are, with this one.
        count: u64,
        /// The mark of the request that deletes it.
        mark: Rejection,
    },
    /// All of `count` are deleted.
    Ended {
        /// How many there are.
        count: u64,
        /// The MD5 of the last one, if it was rejected for that and no completion has begun since.
        md5: Option<Md5>,
    },
}

impl Rejections {
    /// How many objects were rejected, with one that is being deleted now.
    #[must_use]
    pub const fn count(&self) -> u64 {
        match self {
            Self::None => 0,
            Self::UnderWay { count, .. } | Self::Ended { count, .. } => *count,
        }
    }

    /// The MD5 of the object that was rejected last, if that is what was wrong with it.
    #[must_use]
    pub const fn md5(&self) -> Option<Md5> {
        match self {
            Self::None => None,
            Self::UnderWay { mark, .. } => mark.stored,
            Self::Ended { md5, .. } => *md5,
        }
    }
}

/// The mark of a request that is deleting an object.
///
/// No completion passes while it stands, so an object that is being deleted is never the one that a
/// file is completed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Which bytes.
    pub etag: ETag,
    /// When the mark was set.
    pub since: Timestamp,
    /// The id of the request that set it.
    pub by: String,
    /// The MD5 of the bytes, if that is what is wrong with them.
    pub stored: Option<Md5>,
}

impl Rejection {
    /// Twice the time limit of an HTTP function, so the request that set the mark cannot be alive.
    const ABANDONED_AFTER: Duration = Duration::from_mins(1);

    /// Whether the request that set the mark died before it could clear it.
    #[must_use]
    pub fn is_abandoned(&self, now: Timestamp) -> bool {
        now.since(self.since) >= Self::ABANDONED_AFTER
    }
}

impl Evidence {
    /// The MD5 that is recorded for exactly these bytes.
    ///
    /// A recorded MD5 that spells the `ETag` was taken from it. This is asked only where the `ETag` is
    /// no MD5 (SSE-KMS, parts), so such a record proves nothing and the bytes must be read.
    #[must_use]
    pub fn verified_md5(&self, etag: &ETag) -> Option<Md5> {
        let verified = self.verified.as_ref().filter(|verified| verified.etag == *etag)?;
        (verified.md5.to_string() != etag.as_str()).then_some(verified.md5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_is_abandoned_only_when_nobody_can_be_at_work_on_it() {
        let since = Timestamp::from_millis(10_000);
        let mark = Rejection { etag: ETag::new("e"), since, by: "r".to_owned(), stored: None };
        assert!(!mark.is_abandoned(Timestamp::from_millis(9_999)));
        assert!(!mark.is_abandoned(since.after(Duration::from_millis(59_999))));
        assert!(mark.is_abandoned(since.after(Duration::from_mins(1))));
    }

    #[test]
    fn an_md5_counts_for_its_bytes_only_and_not_if_it_was_taken_from_their_etag() {
        let verified = |etag: &str| Evidence {
            verified: Some(Verified {
                etag: ETag::new(etag),
                md5: Md5::new([7; 16]),
                size_bytes: 5,
                at: Timestamp::from_millis(0),
            }),
            ..Evidence::default()
        };
        let md5 = Md5::new([7; 16]);
        assert_eq!(verified("opaque").verified_md5(&ETag::new("opaque")), Some(md5));
        assert_eq!(verified("older").verified_md5(&ETag::new("opaque")), None);
        let etag = md5.to_string();
        assert_eq!(verified(&etag).verified_md5(&ETag::new(&etag)), None);
    }
}
