//! Taking a lock whose guarded data stays valid even where a holder panicked.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks; every writer in this crate leaves the data consistent at each step, so poison tells nothing.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
