//! A caller whose admission is under way.

use std::sync::Arc;

use tokio::sync::SetOnce;

use super::{Caller, Reach};
use crate::domain::{Announced, FileId, ObjectKey, Workspace};
use crate::{Error, Result};

/// A caller whose key is well-formed and being checked, while its request is handled. What is read by
/// what it claims is answered only if the claim holds; nothing can be written before it does.
#[derive(Clone, Debug)]
pub struct PendingCaller {
    reach: Reach,
    is_confirmed: bool,
    announced: Arc<SetOnce<Option<Announced>>>,
    caller: Arc<SetOnce<Caller>>,
}

impl PendingCaller {
    /// `is_confirmed`: this container has admitted the key before.
    pub(crate) fn new(reach: Reach, is_confirmed: bool) -> Self {
        let (announced, caller) = (Arc::default(), Arc::default());
        Self { reach, is_confirmed, announced, caller }
    }

    /// The workspace that the key claims.
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        self.reach.workspace()
    }

    /// The files that the caller may reach, if the claim holds.
    #[must_use]
    pub const fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Where the bytes of `file` lie, if the claim holds.
    #[must_use]
    pub fn object_key(&self, file: FileId) -> ObjectKey {
        self.reach.object_key(file)
    }

    /// Waits until the key is known to be genuine: not at all if this container has admitted it
    /// before. Everything that costs more than one `GetItem`, or reads a partition, has to wait for
    /// this. Otherwise strangers could make us pay, and read, in whatever workspace they name.
    pub async fn confirmed(&self) {
        if !self.is_confirmed {
            self.caller().await;
        }
    }

    /// The caller, once admitted. This never returns for a caller who is refused: the edge answers it
    /// and drops the handler.
    pub async fn caller(&self) -> &Caller {
        self.announce_nothing();
        self.caller.wait().await
    }

    /// The caller, once admitted to create this file. An upload token is admitted only if its bounds allow
    /// the file, so it is announced before the admission.
    ///
    /// # Errors
    ///
    /// An internal error if the admission of a token went on without the announcement.
    pub async fn admitted_for(&self, file: Announced) -> Result<&Caller> {
        // The bounds of a token are part of its admission. A key has none, so its admission waits for nothing.
        if self.announced.set(Some(file)).is_err() && self.reach.token().is_some() {
            return Err(Error::internal("a file was announced after the admission"));
        }
        Ok(self.caller.wait().await)
    }

    /// Lets an admission that waits for an announcement go on without one.
    pub(crate) fn announce_nothing(&self) {
        // If something is announced already, that counts.
        let _ = self.announced.set(None);
    }

    /// The file that is to be created, if the handler comes so far.
    pub(crate) async fn announced(&self) -> Option<&Announced> {
        self.announced.wait().await.as_ref()
    }

    /// Lets the handler that waits for [`PendingCaller::caller`] go on.
    pub(crate) fn admitted(&self, caller: Caller) {
        // A request has one admission, so the cell is empty.
        let _ = self.caller.set(caller);
    }
}
