//! A caller that was admitted.

use super::Reach;
use crate::domain::{Scopes, Standing, Timestamp, TokenBounds, Workspace};

/// A caller whose key is genuine, has the scope and is within its limit.
///
/// Only [`Keys::admit`](super::Keys::admit) makes one. Every write for a client demands one, so no endpoint
/// can write before its caller is admitted. The compiler keeps everybody else from it:
///
/// ```compile_fail
/// fn forged(caller: &shared::Caller) -> shared::Caller {
///     shared::Caller { reach: caller.reach().clone(), ..caller.clone() }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Caller {
    pub(super) reach: Reach,
    pub(super) scopes: Scopes,
    pub(super) standing: Standing,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) token: Option<TokenBounds>,
}

impl Caller {
    /// The workspace that the key opens.
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        self.reach.workspace()
    }

    /// The files that the caller may reach.
    #[must_use]
    pub const fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Everything the key may do.
    #[must_use]
    pub const fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// What is left of the key's limit.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.standing
    }

    /// From when on the key opens nothing, if it ends.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// What the caller's upload token allows, if it holds one and no key.
    #[must_use]
    pub const fn token(&self) -> Option<&TokenBounds> {
        self.token.as_ref()
    }
}
