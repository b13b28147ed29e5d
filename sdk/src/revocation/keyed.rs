//! The revoked certificates of many lists by their keyed identity.
//!
//! A relying party keeps [`Lookup`]s of its customers' certificates and no
//! serial numbers. Which of them are revoked is found by keying the other side
//! too: every revoked certificate of every list, once, into a file that is
//! sorted by keyed identity. Without the key the file tells of nobody.
//!
//! A [`KeyedSet`] knows what is revoked and nothing else: a certificate that
//! is not in it is *not found*, which is not "good". No list was asked whether
//! it covers that certificate, since a keyed identity names no distribution
//! point.
//!
//! The identity is issuer and serial number (RFC 5280, 4.1.2.2). The
//! generations of an issuer's key share its name, so that a set does not tell
//! them apart: what one generation revokes is revoked.
//!
//! # Files
//!
//! Blocks of 4096 octets, then a trailer and a footer; numbers are big-endian.
//!
//! | part | octets | what |
//! |---|---|---|
//! | block | 4 | CRC-32 of the rest of the block |
//! | | 4 | records in it, 1 to 73 |
//! | | 73 × 56 | records in ascending order, then zeros |
//! | trailer | | for each block the first 8 octets of its first record; then the lists |
//! | footer | 48 | see `footer.rs` |
//!
//! A record is made so that the order of its octets is the order in which
//! entries count: of several about one certificate the first is kept.
//!
//! | octets | what |
//! |---|---|
//! | 32 | keyed identity |
//! | 1 | 1 for `removeFromCRL`, which counts after all else |
//! | 8 | revocation date, in seconds since 1970, plus 2⁶³ |
//! | 2 | reason: 1 if no standard names it; its number |
//! | 1 | 1 if only an earlier list had it |
//! | 4 | the list, by its place in the trailer |
//! | 8 | invalidity date like the revocation date; 0 if there is none |

use std::fmt;
use std::io;
use std::sync::Arc;

use crate::identity::Lookup;
use crate::revocation::{CrlNumber, Damaged, Reason};
use crate::time::Time;
use crate::trust::{Fingerprint, Purpose};

mod build;
mod file;
mod footer;
mod list;
mod record;
mod spill;
#[cfg(test)]
mod tests;

pub use build::KeyedSetBuilder;
pub use file::KeyedSet;

/// A revoked certificate.
#[derive(Clone)]
pub struct KeyedEntry {
    lookup: Lookup,
    reason: Reason,
    revoked_at: Time,
    invalid_since: Option<Time>,
    listed: Listed,
    list: Arc<KeyedList>,
}

/// Which issue of a list has an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// The current one.
    Current,
    /// An earlier one, which the current one does not repeat.
    Earlier,
}

/// The list that has an entry.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyedList {
    purpose: Purpose,
    number: Option<CrlNumber>,
    this_update: Time,
    next_update: Option<Time>,
    digest: Fingerprint,
}

/// Why a keyed set cannot be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyedError {
    /// A file cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The file is not one of keyed identities, or was changed.
    #[error("the file of keyed identities is damaged")]
    Damaged,
    /// The file was made with another key.
    #[error("the file of keyed identities was made with another key")]
    OtherKey,
    /// More lists than there are numbers for them.
    #[error("too many lists")]
    TooMany,
    /// The index of a list is not whole.
    #[error(transparent)]
    Index(#[from] Damaged),
    /// A thread that computed keyed identities ended early.
    #[error("a thread ended early")]
    Thread,
}

impl KeyedEntry {
    /// The keyed identity of the certificate.
    #[must_use]
    pub fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    /// Why it was revoked. For the operator alone.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Since when it is revoked.
    #[must_use]
    pub fn revoked_at(&self) -> Time {
        self.revoked_at
    }

    /// Since when the key is suspect, where the issuer says so.
    #[must_use]
    pub fn invalid_since(&self) -> Option<Time> {
        self.invalid_since
    }

    /// Whether the current list has it, or an earlier one.
    #[must_use]
    pub fn listed(&self) -> Listed {
        self.listed
    }

    /// The list that has it: the current one, or the last that had.
    #[must_use]
    pub fn list(&self) -> &KeyedList {
        &self.list
    }
}

// Which certificate it is, is the person's, and so is the reason.
impl fmt::Debug for KeyedEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedEntry(…)")
    }
}

impl KeyedList {
    /// What the anchor that signed it vouches for, and so the kind of certificate.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> Option<&CrlNumber> {
        self.number.as_ref()
    }

    /// When it was issued.
    #[must_use]
    pub fn this_update(&self) -> Time {
        self.this_update
    }

    /// By when the next one is issued.
    #[must_use]
    pub fn next_update(&self) -> Option<Time> {
        self.next_update
    }

    /// Its digest, as [`ListSource::digest`](crate::revocation::ListSource::digest)
    /// gives it. It names a municipality's list, so it belongs into evidence
    /// and not into logs.
    #[must_use]
    pub fn digest(&self) -> Fingerprint {
        self.digest
    }
}

impl fmt::Debug for KeyedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedList")
            .field("purpose", &self.purpose)
            .field("this_update", &self.this_update)
            .finish_non_exhaustive()
    }
}
