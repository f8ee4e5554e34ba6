//! API keys: the admission of callers, and the operator's commands.

mod admission;
mod authority;
mod operator;
mod pending_caller;
mod refused;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use super::Table;
use crate::domain::rate_limit::Micros;
use crate::domain::{Category, Credentials, KeyHash, RateLimit};

pub use admission::Caller;
pub use authority::Authority;
pub use operator::KnownKey;
pub use pending_caller::PendingCaller;
pub use refused::Refused;

/// The keys of a deployment.
#[derive(Clone, Debug)]
pub struct Keys {
    table: Table,
    limit: RateLimit,
    seen: Arc<Mutex<HashMap<(KeyHash, Category), Micros>>>,
    confirmed: Arc<Mutex<HashSet<Credentials>>>,
}

impl Keys {
    /// The most keys that a container remembers. Beyond that it forgets all of them.
    const MOST_SEEN: usize = 4096;

    /// The keys kept in `table`, each limited to `limit` in each category.
    #[must_use]
    pub fn new(table: Table, limit: RateLimit) -> Self {
        Self { table, limit, seen: Arc::default(), confirmed: Arc::default() }
    }

    /// Whether this container admitted these credentials the last time it saw them.
    #[must_use]
    pub fn confirmed(&self, credentials: &Credentials) -> bool {
        self.confirmed.lock().is_ok_and(|confirmed| confirmed.contains(credentials))
    }

    fn confirm(&self, credentials: &Credentials) {
        let Ok(mut confirmed) = self.confirmed.lock() else { return };
        if confirmed.len() >= Self::MOST_SEEN {
            confirmed.clear();
        }
        confirmed.insert(credentials.clone());
    }

    fn doubt(&self, credentials: &Credentials) {
        if let Ok(mut confirmed) = self.confirmed.lock() {
            confirmed.remove(credentials);
        }
    }

    /// The TAT that this container last saw. The TAT in the table is never earlier.
    fn last_seen(&self, key: &KeyHash, category: Category) -> Micros {
        let Ok(seen) = self.seen.lock() else { return 0 };
        seen.get(&(key.clone(), category)).copied().unwrap_or(0)
    }

    fn remember(&self, key: &KeyHash, category: Category, tat: Micros) {
        let Ok(mut seen) = self.seen.lock() else { return };
        if seen.len() >= Self::MOST_SEEN {
            seen.clear();
        }
        let known = seen.entry((key.clone(), category)).or_insert(0);
        *known = tat.max(*known);
    }
}

/// The attribute that holds a category's TAT.
const fn tat_attribute(category: Category) -> &'static str {
    match category {
        Category::Write => "tatWrite",
        Category::Read => "tatRead",
        Category::Search => "tatSearch",
    }
}
