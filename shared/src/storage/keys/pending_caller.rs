//! A caller whose admission is under way.

use std::sync::Arc;

use tokio::sync::SetOnce;

use super::Caller;
use crate::domain::{FileId, ObjectKey, Workspace};

/// A caller whose key is well-formed and being checked, while its request is handled. What is read by
/// what it claims is answered only if the claim holds; nothing can be written before it does.
#[derive(Clone, Debug)]
pub struct PendingCaller {
    workspace: Workspace,
    is_confirmed: bool,
    caller: Arc<SetOnce<Caller>>,
}

impl PendingCaller {
    /// `is_confirmed`: this container has admitted the key before.
    pub(crate) fn new(workspace: Workspace, is_confirmed: bool) -> Self {
        Self { workspace, is_confirmed, caller: Arc::new(SetOnce::new()) }
    }

    /// The workspace that the key claims.
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Where the bytes of `file` lie, if the claim holds.
    #[must_use]
    pub fn object_key(&self, file: FileId) -> ObjectKey {
        ObjectKey { workspace: self.workspace.clone(), file }
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
        self.caller.wait().await
    }

    /// Lets the handler that waits for [`PendingCaller::caller`] go on.
    pub(crate) fn admitted(&self, caller: Caller) {
        // A request has one admission, so the cell is empty.
        let _ = self.caller.set(caller);
    }
}
