//! Being let in: the proof that a request's key was checked, and its refusal.

use super::{FileId, ObjectKey, Scopes, Standing, Workspace};
use crate::Error;

/// A caller whose key is genuine, has the scope and is within its limit.
///
/// Only `storage::keys` makes one. Every write for a client demands one, so no endpoint can write
/// before its caller is admitted.
#[derive(Clone, Debug)]
pub struct Caller {
    workspace: Workspace,
    scopes: Scopes,
    standing: Standing,
}

impl Caller {
    pub(crate) fn new(workspace: Workspace, scopes: Scopes, standing: Standing) -> Self {
        Self { workspace, scopes, standing }
    }

    /// The workspace that the key opens.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Everything the key may do.
    #[must_use]
    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// What is left of the key's limit.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// The caller's right to change a file of its workspace.
    #[must_use]
    pub fn authority(&self, file: FileId) -> Authority {
        Authority(ObjectKey { workspace: self.workspace.clone(), file })
    }
}

/// The right to change one file. Every change of a file demands one.
#[derive(Clone, Debug)]
pub struct Authority(ObjectKey);

impl Authority {
    /// AWS itself has told of the file. Only for functions that AWS calls: `tests/architecture.rs`
    /// knows which.
    #[must_use]
    pub const fn of_event(key: ObjectKey) -> Self {
        Self(key)
    }

    /// The file, and where its bytes lie.
    #[must_use]
    pub const fn key(&self) -> &ObjectKey {
        &self.0
    }
}

/// A caller that was not let in.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub error: Error,
    /// What is left of the key's limit, when the key is known.
    pub standing: Option<Standing>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { error, standing: None }
    }
}
