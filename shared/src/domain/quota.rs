//! How much a workspace may keep, and keeps.

use thiserror::Error;

/// How much a workspace may keep. What is absent is not bounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// The most files.
    pub max_files: Option<u64>,
    /// The most bytes, as the files were announced.
    pub max_bytes: Option<u64>,
}

/// What a workspace keeps: its files that are PENDING or COMPLETED, and those that have expired but were not swept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many files.
    pub files: u64,
    /// How many bytes, as the files were announced.
    pub bytes: u64,
    /// How much it may keep.
    pub quota: Quota,
}

/// What there may be at most before a file, so that it fits. What is absent is not bounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// The most files.
    pub files: Option<u64>,
    /// The most bytes.
    pub bytes: Option<u64>,
}

/// The bound that a file would exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum QuotaExceeded {
    /// That of the files.
    #[error("The workspace may keep at most {max_files} files")]
    Files {
        /// The most that it may keep.
        max_files: u64,
    },
    /// That of the bytes.
    #[error("The workspace may keep at most {max_bytes} bytes")]
    Bytes {
        /// The most that it may keep.
        max_bytes: u64,
    },
}

impl Usage {
    /// The room for a file of this size, ready to be compared: a condition of DynamoDB does not calculate.
    ///
    /// # Errors
    ///
    /// [`QuotaExceeded`]: there is none.
    pub fn room(&self, size_bytes: u64) -> Result<Room, QuotaExceeded> {
        let Quota { max_files, max_bytes } = self.quota;
        let files =
            at_most(max_files, 1, self.files, |max_files| QuotaExceeded::Files { max_files });
        let bytes = at_most(max_bytes, size_bytes, self.bytes, |max_bytes| QuotaExceeded::Bytes {
            max_bytes,
        });
        Ok(Room { files: files?, bytes: bytes? })
    }
}

/// What there may be before `more` is added, where there is a bound; there is `kept`.
fn at_most(
    max: Option<u64>,
    more: u64,
    kept: u64,
    exceeded: impl Fn(u64) -> QuotaExceeded,
) -> Result<Option<u64>, QuotaExceeded> {
    let Some(max) = max else { return Ok(None) };
    let most = max.checked_sub(more).filter(|most| kept <= *most);
    most.map(Some).ok_or_else(|| exceeded(max))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(max_files: Option<u64>, max_bytes: Option<u64>) -> Usage {
        Usage { files: 3, bytes: 100, quota: Quota { max_files, max_bytes } }
    }

    #[test]
    fn a_file_fits_up_to_the_very_bound() {
        assert_eq!(
            usage(Some(4), Some(110)).room(10),
            Ok(Room { files: Some(3), bytes: Some(100) })
        );
        assert_eq!(usage(None, Some(110)).room(10), Ok(Room { files: None, bytes: Some(100) }));
        assert_eq!(usage(None, None).room(u64::MAX), Ok(Room::default()));
        let files = Err(QuotaExceeded::Files { max_files: 3 });
        assert_eq!(usage(Some(3), None).room(0), files);
        let bytes = Err(QuotaExceeded::Bytes { max_bytes: 109 });
        assert_eq!(usage(None, Some(109)).room(10), bytes);
    }

    #[test]
    fn a_bound_below_what_is_kept_or_asked_leaves_no_room() {
        assert!(usage(Some(0), None).room(0).is_err());
        assert!(usage(None, Some(50)).room(0).is_err());
        assert!(usage(None, Some(50)).room(51).is_err());
    }
}
