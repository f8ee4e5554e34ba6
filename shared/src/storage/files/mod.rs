//! The files' records: every read, and every move of the state machine as one conditional update.

mod change;
mod completion;
mod lifecycle;
mod record;
mod rejection;
mod removal;
mod reservation;
mod room;
mod verification;

pub(crate) use completion::{Beginning, Completion};
pub(crate) use record::Unrecorded;
pub(crate) use rejection::Reopening;
pub(crate) use reservation::{Reservation, Reserved};

use super::Table;
use crate::uploads::File;

/// The files of a deployment. Reads take the workspace that a key claims; writes for a client take
/// the [`Caller`](crate::storage::Caller) that an admission made of it.
#[derive(Clone, Debug)]
pub struct Files {
    table: Table,
}

impl Files {
    /// The files kept in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }
}

/// What a conditional update came to.
#[derive(Debug)]
pub(crate) enum Update {
    /// It was applied: the file as it is now.
    Applied(File),
    /// The record did not allow it: the file as it was found.
    Refused(File),
}
