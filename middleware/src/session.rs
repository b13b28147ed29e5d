//! What a browser has gained, for the requests that come after.

mod certificates;
mod cookie;
mod current;
mod desk;
mod gained;
mod keys;
mod layer;
mod memory;
mod policy;
mod service;
mod slot;
mod state;
mod store;
mod ticket;

pub use certificates::Certificates;
pub use current::{Session, SessionId};
pub use gained::{Gained, Identity};
pub use keys::SessionKeys;
pub use layer::SessionLayer;
pub use memory::MemorySessions;
pub use policy::{Recheck, SessionMode, SessionPolicy, Visitors, WhenUndetermined};
pub use service::{SessionFuture, SessionService};
pub use store::{SessionEntry, SessionKey, SessionStore};

pub(crate) use slot::SessionSlot;

#[cfg(test)]
pub(crate) mod testing {
    use crate::session::slot::{SessionSlot, Word};

    /// What was said.
    pub(crate) fn word(slot: &SessionSlot) -> &'static str {
        match slot.take() {
            Word::None => "none",
            Word::Begin(..) => "begin",
            Word::End => "end",
        }
    }
}

#[cfg(test)]
mod tests;
