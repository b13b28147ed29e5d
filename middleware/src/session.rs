//! What a browser has gained, for the requests that come after.

mod current;
mod gained;
mod memory;
mod slot;
mod store;

pub use current::{Session, SessionId};
pub use gained::{Gained, Identity};
pub use memory::MemorySessions;
pub use store::{SessionEntry, SessionKey, SessionStore};

pub(crate) use slot::SessionSlot;

#[cfg(test)]
pub(crate) mod testing {
    use crate::session::slot::{SessionSlot, Word};

    /// What was said.
    pub(crate) fn word(slot: &SessionSlot) -> &'static str {
        match slot.take() {
            Word::None => "none",
            Word::Begin(_) => "begin",
            Word::End => "end",
        }
    }
}
