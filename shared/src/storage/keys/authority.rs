//! The files that somebody may reach, and the right to change one.

use super::Caller;
use crate::domain::{Credentials, FileId, KeyHash, KeyKind, ObjectKey, Workspace};
use crate::trigger::EventAuthority;

/// The files that somebody may reach: all of a workspace, or those that one upload token created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    workspace: Workspace,
    token: Option<KeyHash>,
}

impl Reach {
    /// What the holder of such credentials may reach, if they are genuine.
    pub(crate) fn of(credentials: &Credentials) -> Self {
        let workspace = credentials.workspace.clone();
        let token = match credentials.kind {
            KeyKind::ApiKey => None,
            KeyKind::UploadToken => Some(credentials.hash.clone()),
        };
        Self { workspace, token }
    }

    /// The workspace that the files are in.
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The upload token that they must have been created with, if only those can be reached.
    #[must_use]
    pub const fn token(&self) -> Option<&KeyHash> {
        self.token.as_ref()
    }

    /// Where the bytes of a file lie.
    #[must_use]
    pub fn object_key(&self, file: FileId) -> ObjectKey {
        ObjectKey { workspace: self.workspace.clone(), file }
    }
}

/// The right to change one file. Every change of a file demands one, and there are two ways to get it:
/// from an admitted [`Caller`], for the files that it may reach, or from the [`EventAuthority`] of an
/// event.
#[derive(Clone, Debug)]
pub struct Authority {
    key: ObjectKey,
    reach: Reach,
}

impl Authority {
    /// The file, and where its bytes lie.
    #[must_use]
    pub const fn key(&self) -> &ObjectKey {
        &self.key
    }

    /// The files that whoever changes this one may reach.
    #[must_use]
    pub const fn reach(&self) -> &Reach {
        &self.reach
    }
}

impl Caller {
    /// The caller's right to change a file that it may reach.
    #[must_use]
    pub fn authority(&self, file: FileId) -> Authority {
        Authority { key: self.reach().object_key(file), reach: self.reach().clone() }
    }
}

impl EventAuthority {
    /// The right to change the file that an event of AWS names.
    #[must_use]
    pub fn authority(&self, key: ObjectKey) -> Authority {
        let reach = Reach { workspace: key.workspace.clone(), token: None };
        Authority { key, reach }
    }
}
