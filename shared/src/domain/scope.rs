//! What a key may do.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// One permission of an API key.
///
/// ```
/// use shared::domain::{Scope, Scopes};
///
/// let scopes: Scopes = ["files:create", "files:read"].map(|it| it.parse().unwrap()).into_iter().collect();
/// assert!(scopes.grant(Scope::FilesRead));
/// assert!(!scopes.grant(Scope::FilesDelete));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Open, complete and cancel uploads.
    FilesCreate,
    /// See files and download them.
    FilesRead,
    /// Delete files.
    FilesDelete,
}

/// No scope has that name.
#[derive(Debug, Error)]
#[error("a scope is one of files:create, files:read, files:delete")]
pub struct UnknownScope;

impl Scope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::FilesCreate, Self::FilesRead, Self::FilesDelete];

    /// The name of the scope, as keys and answers carry it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FilesCreate => "files:create",
            Self::FilesRead => "files:read",
            Self::FilesDelete => "files:delete",
        }
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Everything a key may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Whether `needed` is among them.
    #[must_use]
    pub fn grant(&self, needed: Scope) -> bool {
        self.0.contains(&needed)
    }

    /// The scopes, in the order they were given.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        let mut distinct = Vec::new();
        for scope in scopes {
            if !distinct.contains(&scope) {
                distinct.push(scope);
            }
        }
        Self(distinct)
    }
}
