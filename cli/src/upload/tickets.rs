//! Where parts go: presigned URLs, signed in batches as they are needed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::parts::{Held, Part};
use crate::client::{Client, UploadTicket};
use crate::failure::Failure;

/// How many URLs are asked for at a time.
const BATCH: usize = 100;

/// The URLs of one upload, shared by all connections.
pub(super) struct Tickets<'a> {
    client: &'a Client,
    id: &'a str,
    renewable: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    unused: BTreeMap<u32, UploadTicket>,
    /// The parts that have got one since the sending began.
    taken: BTreeSet<u32>,
}

impl<'a> Tickets<'a> {
    /// The URLs that came with the upload `id`; others can be had if they are `renewable`.
    pub(super) fn new(
        client: &'a Client,
        id: &'a str,
        tickets: Vec<(u32, UploadTicket)>,
        renewable: bool,
    ) -> Self {
        let unused = tickets.into_iter().collect();
        let state = Mutex::new(State { unused, taken: BTreeSet::new() });
        Self { client, id, renewable, state }
    }

    /// Begins to send anew: no part has got a URL for it.
    pub(super) fn begin(&self) {
        self.state().taken.clear();
    }

    /// The URL for `part`. If there is none, it is signed, and those for the first of `parts` that have
    /// none either: whichever connection asks first, the others find theirs.
    pub(super) fn take(&self, part: &Part, parts: &[Part]) -> Result<UploadTicket, Failure> {
        // Held while the API signs: the other connections need the same batch.
        let mut state = self.state();
        state.taken.insert(part.number);
        if let Some(ticket) = state.unused.remove(&part.number) {
            return Ok(ticket);
        }
        if !self.renewable {
            return Err(Failure::UrlExpired);
        }
        let others = parts.iter().filter(|part| {
            let number = &part.number;
            let wanting = !state.taken.contains(number) && !state.unused.contains_key(number);
            wanting && part.held == Held::Nothing
        });
        let numbers: Vec<_> =
            [part].into_iter().chain(others).map(|part| part.number).take(BATCH).collect();
        state.unused.extend(self.client.sign_parts(self.id, &numbers)?);
        state.unused.remove(&part.number).ok_or(Failure::Nonsense("a part's URL is missing"))
    }

    /// Throws all URLs away: they were signed together, and one has expired.
    pub(super) fn discard(&self) {
        self.state().unused.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
