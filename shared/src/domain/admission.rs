//! Being let in: the proof that a request's key was checked, and its refusal.

use super::{Scopes, Standing, Workspace};
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
