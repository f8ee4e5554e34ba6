//! Where parts go: presigned URLs, signed in batches as they are needed.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::parts::{Held, Part};
use crate::client::{Client, Target};
use crate::failure::Failure;

/// How many URLs are asked for at a time.
const BATCH: usize = 100;

/// The URLs of one upload, shared by all connections.
pub(super) struct Tickets<'a> {
    client: &'a Client,
    id: &'a str,
    renewable: bool,
    unused: Mutex<BTreeMap<u32, Target>>,
}

impl<'a> Tickets<'a> {
    /// The URLs that came with the upload `id`; others can be had if they are `renewable`.
    pub(super) fn new(
        client: &'a Client,
        id: &'a str,
        targets: Vec<(u32, Target)>,
        renewable: bool,
    ) -> Self {
        let unused = Mutex::new(targets.into_iter().collect());
        Self { client, id, renewable, unused }
    }

    /// The URL for `part`. If there is none, it is signed, and those for the parts that follow.
    pub(super) fn take(&self, part: &Part, following: &[Part]) -> Result<Target, Failure> {
        // Held while the API signs: the other connections need the same batch.
        let mut unused = self.unused();
        if let Some(target) = unused.remove(&part.number) {
            return Ok(target);
        }
        if !self.renewable {
            return Err(Failure::UrlExpired);
        }
        let following = following.iter().filter(|part| part.held == Held::Nothing);
        let numbers: Vec<_> =
            [part].into_iter().chain(following).map(|part| part.number).take(BATCH).collect();
        unused.extend(self.client.sign_parts(self.id, &numbers)?);
        unused.remove(&part.number).ok_or(Failure::Nonsense("a part's URL is missing"))
    }

    /// Throws all URLs away: they were signed together, and one has expired.
    pub(super) fn discard(&self) {
        self.unused().clear();
    }

    fn unused(&self) -> MutexGuard<'_, BTreeMap<u32, Target>> {
        self.unused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
