//! The right to change a file.

use super::Caller;
use crate::domain::{FileId, ObjectKey};
use crate::trigger::EventAuthority;

/// The right to change one file. Every change of a file demands one, and there are two ways to get it:
/// from an admitted [`Caller`], for the files of its workspace, or from the [`EventAuthority`] of an
/// event.
#[derive(Clone, Debug)]
pub struct Authority(ObjectKey);

impl Authority {
    /// The file, and where its bytes lie.
    #[must_use]
    pub const fn key(&self) -> &ObjectKey {
        &self.0
    }
}

impl Caller {
    /// The caller's right to change a file of its workspace.
    #[must_use]
    pub fn authority(&self, file: FileId) -> Authority {
        Authority(ObjectKey { workspace: self.workspace().clone(), file })
    }
}

impl EventAuthority {
    /// The right to change the file that an event of AWS names.
    #[must_use]
    pub const fn authority(&self, key: ObjectKey) -> Authority {
        Authority(key)
    }
}
