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
    Begin(Gained, ClientKey, Otherwise),
    /// It ends.
    End,
}

/// What becomes of the session that was before, if the one that is to begin does
/// not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Otherwise {
    GoesOn,
    /// That was said before.
    Ends,
}

impl SessionSlot {
    pub(crate) fn offer(&self, gained: Gained, client: ClientKey) {
        let otherwise = match self.take() {
            Word::End | Word::Begin(_, _, Otherwise::Ends) => Otherwise::Ends,
            Word::None | Word::Begin(_, _, Otherwise::GoesOn) => Otherwise::GoesOn,
        };
        self.say(Word::Begin(gained, client, otherwise));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Identity;
    use crate::verified::{Device, Gaining};
    use tashika::Time;
    use tashika::transaction::TransactionId;

    fn offer(slot: &SessionSlot) {
        let transaction = TransactionId::from_entropy([7; 16]);
        let gaining = Gaining::new(transaction, Time::from_unix(1), Device::Same);
        let doc_types = Vec::new();
        let gained = Gained::new(Identity::Presentation { doc_types }, gaining);
        slot.offer(gained, ClientKey::of(b"client"));
    }

    #[test]
    fn the_last_word_counts_and_an_end_is_not_forgotten() {
        let slot = SessionSlot::default();
        assert!(matches!(slot.take(), Word::None));
        offer(&slot);
        assert!(matches!(slot.take(), Word::Begin(_, _, Otherwise::GoesOn)));
        slot.end();
        offer(&slot);
        offer(&slot);
        assert!(matches!(slot.take(), Word::Begin(_, _, Otherwise::Ends)));
        offer(&slot);
        slot.end();
        assert!(matches!(slot.take(), Word::End));
    }
}
