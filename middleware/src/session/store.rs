//! Where sessions are kept.

use std::fmt;

use bytes::Bytes;
use tashika::Time;
use tashika::transaction::ClientKey;

use crate::store::{Reach, StoreFuture};

/// Holds the sealed state of each session.
///
/// Every implementation passes the same suite
/// (`conformance/tests/stores/sessions.rs`), and so has these properties:
///
/// * of many who [`take`](Self::take) one session at once, on whatever node, one
///   gets it;
/// * what has [ended](Self::end), was taken or has expired comes back by no other
///   operation, whatever runs at the same time;
/// * it refuses when it is full, and never drops what has not expired;
/// * one client begins no more than its share;
/// * where the store cannot be asked, the answer is `transaction.store`, which is
///   undetermined: neither that there is a session, nor that there is none.
///
/// What is kept is sealed before it comes here, and the key under which it is
/// kept tells nothing of the cookie. Times are the caller's: a store reads no
/// clock.
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// Whether other processes see what is kept here.
    fn reach(&self) -> Reach;

    /// Keeps a session until it ends or expires.
    ///
    /// Its future's error is `transaction.full` if the store is full or the
    /// client holds all it may, `transaction.store` if it could not be asked,
    /// `misuse.argument` if a session is kept under the key already or the state
    /// is longer than [`limits::TRANSACTION_STATE`](tashika::limits::TRANSACTION_STATE).
    fn create(
        &self,
        key: SessionKey,
        entry: SessionEntry,
        client: ClientKey,
        now: Time,
    ) -> StoreFuture<()>;

    /// The session of a key, if it [lives](SessionEntry::lives).
    ///
    /// Its future's error is `transaction.store` if it could not be asked.
    fn read(&self, key: SessionKey, now: Time) -> StoreFuture<Option<SessionEntry>>;

    /// Has a session that lives wait until this time for its next request. One
    /// that waits for longer already still does, and one that does not live
    /// stays what it is.
    ///
    /// Its future's error is `transaction.store` if it could not be asked.
    fn touch(&self, key: SessionKey, idle_until: Time, now: Time) -> StoreFuture<()>;

    /// Exchanges the state of a session that lives; there is nothing to do for
    /// one that does not.
    ///
    /// Its future's error is `transaction.store` if it could not be asked,
    /// `misuse.argument` if the state is too long.
    fn rewrite(&self, key: SessionKey, state: Bytes, now: Time) -> StoreFuture<()>;

    /// Hands out the session of a key, if it lives, and keeps it no longer.
    ///
    /// Its future's error is `transaction.store` if it could not be asked, and
    /// then it may have been taken or not.
    fn take(&self, key: SessionKey, now: Time) -> StoreFuture<Option<SessionEntry>>;

    /// Keeps a session no longer, if there is one.
    ///
    /// Its future's error is `transaction.store` if it could not be asked, and
    /// then it may have ended or not.
    fn end(&self, key: SessionKey) -> StoreFuture<()>;
}

/// Under what a session is kept: a keyed digest of what its browser has in the
/// cookie. Who reads the store cannot make the cookie of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionKey([u8; 32]);

/// What is kept of a session.
#[derive(Clone)]
pub struct SessionEntry {
    /// Sealed octets.
    pub state: Bytes,
    /// The last second at which its next request may come.
    pub idle_until: Time,
    /// The last second of it, whatever comes.
    pub ends: Time,
}

impl SessionKey {
    /// The key of these octets.
    #[must_use]
    pub const fn from_octets(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// The 32 octets.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

impl SessionEntry {
    /// Whether it lives at `now`.
    #[must_use]
    pub fn lives(&self, now: Time) -> bool {
        now <= self.last()
    }

    /// The last second at which it lives, if nothing more comes.
    #[must_use]
    pub fn last(&self) -> Time {
        self.idle_until.min(self.ends)
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(…)")
    }
}

// What is kept is somebody's.
impl fmt::Debug for SessionEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionEntry")
            .field("idle_until", &self.idle_until)
            .field("ends", &self.ends)
            .finish_non_exhaustive()
    }
}
