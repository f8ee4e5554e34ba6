//! API keys and upload tokens: the admission of callers, and what makes and revokes keys.

mod admission;
mod attributes;
mod authority;
mod caller;
mod operator;
mod pending_caller;
mod refused;
mod take;
mod upload_tokens;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use super::Table;
use crate::domain::rate_limit::Times;
use crate::domain::{Category, Credentials, KeyHash, RateLimit};

pub use authority::{Authority, Reach};
pub use caller::Caller;
pub use operator::KnownKey;
pub use pending_caller::PendingCaller;
pub use refused::Refused;

/// The keys of a deployment.
#[derive(Clone, Debug)]
pub struct Keys {
    table: Table,
    /// The limit of every key that has none of its own.
    limit: RateLimit,
    seen: Arc<Mutex<HashMap<(KeyHash, Category), Seen>>>,
    confirmed: Arc<Mutex<HashSet<Credentials>>>,
}

/// Where a category of a key stood when this container last saw it.
#[derive(Clone, Copy, Debug)]
struct Seen {
    limit: RateLimit,
    times: Times,
}

impl Keys {
    /// The most keys that a container remembers. Beyond that it forgets all of them.
    const MOST_SEEN: usize = 4096;

    /// The keys kept in `table`. Each that has no limit of its own is limited to `limit` in each category.
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

    /// What this container last saw. The times in the table are never earlier.
    fn last_seen(&self, key: &KeyHash, category: Category) -> Seen {
        let unseen = Seen { limit: self.limit, times: Times::default() };
        let Ok(seen) = self.seen.lock() else { return unseen };
        seen.get(&(key.clone(), category)).copied().unwrap_or(unseen)
    }

    /// Remembers what was seen, and returns the latest of it: answers may overtake one another.
    fn remember(&self, key: &KeyHash, category: Category, found: Seen) -> Seen {
        let Ok(mut seen) = self.seen.lock() else { return found };
        if seen.len() >= Self::MOST_SEEN {
            seen.clear();
        }
        let known = seen.entry((key.clone(), category)).or_insert(found);
        *known = Seen { times: found.times.latest(known.times), ..found };
        *known
    }
}

/// The attributes that hold a category's times: its TAT, and the earliest time of the next request.
const fn time_attributes(category: Category) -> (&'static str, &'static str) {
    match category {
        Category::Write => ("tatWrite", "nextWrite"),
        Category::Read => ("tatRead", "nextRead"),
        Category::Search => ("tatSearch", "nextSearch"),
    }
}
