//! Where layers within leave word for the session.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tashika::transaction::ClientKey;

use crate::session::Gained;

/// What becomes of the session with this response: in the extensions of a
/// request, put there by a `SessionLayer` outside, and changed by what stands
/// within.
#[derive(Clone, Default)]
pub(crate) struct SessionSlot(Arc<Mutex<Word>>);

/// What is said.
#[derive(Default)]
pub(crate) enum Word {
    /// Nothing: it goes on.
    #[default]
    None,
    /// A new one begins with what was gained, if the service behind does not
    /// refuse the request; whatever was before ends. It is of this client's
    /// share.
    Begin(Gained, ClientKey),
    /// It ends.
    End,
}

impl SessionSlot {
    pub(crate) fn offer(&self, gained: Gained, client: ClientKey) {
        self.say(Word::Begin(gained, client));
    }

    pub(crate) fn end(&self) {
        self.say(Word::End);
    }

    pub(crate) fn take(&self) -> Word {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn say(&self, word: Word) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = word;
    }
}

impl fmt::Debug for SessionSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSlot(…)")
    }
}
