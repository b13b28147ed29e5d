//! What a browser has gained, for the requests that come after.

mod gained;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

pub use gained::{Gained, Identity};

/// Where a layer leaves what was gained, for a session to carry: in the
/// extensions of a request, put there by a `SessionLayer` outside.
#[derive(Clone, Default)]
pub(crate) struct SessionSlot(Arc<Mutex<Option<Gained>>>);

impl SessionSlot {
    pub(crate) fn offer(&self, gained: Gained) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(gained);
    }

    pub(crate) fn take(&self) -> Option<Gained> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for SessionSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSlot(…)")
    }
}
