//! What a browser has gained, for the requests that come after.

mod current;
mod gained;
mod slot;

pub use current::{Session, SessionId};
pub use gained::{Gained, Identity};

pub(crate) use slot::SessionSlot;
