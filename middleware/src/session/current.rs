//! The session of a request.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use tashika::Time;

use crate::session::slot::SessionSlot;
use crate::session::{Gained, SessionKey};

/// The session of the browser that sent this request, in its extensions: put
/// there by a [`SessionLayer`](crate::SessionLayer) if there is one and it lives.
#[derive(Clone)]
pub struct Session {
    inner: Arc<Inner>,
}

struct Inner {
    id: SessionId,
    gained: Gained,
    begun: Time,
    slot: SessionSlot,
}

/// Names a session, and is no secret: another one after each login.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId([u8; 16]);

impl SessionId {
    /// That of a session which is kept under `key`, of which it tells nothing.
    pub(super) fn of(key: SessionKey) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(LABEL);
        context.update(key.octets());
        let digest = context.finish();
        let octets = digest.as_ref().first_chunk().copied();
        Self(octets.unwrap_or_default())
    }

    /// The 16 octets.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 16] {
        &self.0
    }
}

impl Session {
    pub(super) fn new(id: SessionId, gained: Gained, begun: Time, slot: SessionSlot) -> Self {
        let inner = Inner {
            id,
            gained,
            begun,
            slot,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> SessionId {
        self.inner.id
    }

    /// What it carries.
    #[must_use]
    pub fn gained(&self) -> &Gained {
        &self.inner.gained
    }

    /// When it began.
    #[must_use]
    pub fn begun(&self) -> Time {
        self.inner.begun
    }

    /// Ends it with the response to this request: what is said after that has
    /// no effect.
    pub fn end(&self) {
        self.inner.slot.end();
    }
}

/// Sets this digest apart from every other.
const LABEL: &[u8] = b"tashika name of a session\0";

// Whoever it is, they are a person.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("gained", &self.inner.gained)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(…)")
    }
}
