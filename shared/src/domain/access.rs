//! What an operation demands of whoever asks for it.

use super::{Category, Scope};

/// What an operation demands of a key.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// The scope that a key must have, if any.
    pub scope: Option<Scope>,
    /// The limit it must be within.
    pub category: Category,
    /// What the operation is to an upload token.
    pub tokens: TokenUse,
}

impl Access {
    /// The access of an operation that only a key may do.
    #[must_use]
    pub const fn by_key(scope: Option<Scope>, category: Category) -> Self {
        Self { scope, category, tokens: TokenUse::Refused }
    }
}

/// What an operation is to the holder of an upload token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// Only a key may do it.
    Refused,
    /// A token may do it, with the files that it created.
    Admitted,
    /// A token may do it, and creates one of its files by that.
    CreatesFile,
}
