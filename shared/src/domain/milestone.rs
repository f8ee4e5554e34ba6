//! What is worth counting in the life of uploads.

/// Something that happened to one upload, exactly once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Milestone {
    /// A session was opened.
    Created,
    /// The upload was proven.
    Completed {
        /// Its size in bytes.
        bytes: u64,
    },
    /// It was given up.
    Cancelled,
    /// Its time ran out.
    Expired,
    /// It was deleted, in whatever state it was.
    Deleted,
    /// Its bytes were not those that were claimed.
    ChecksumMismatch,
}
