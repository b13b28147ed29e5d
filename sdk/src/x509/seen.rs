//! The cache of certificates that passed.

use std::fmt;
use std::sync::Arc;

use moka::sync::Cache;

use crate::trust::{Purpose, TrustVersion, sha256};
use crate::x509::LeafProfile;
use crate::x509::issued::Facts;

/// SHA-256 over certificate, anchors, profile and purpose.
type Key = [u8; 32];

/// Facts about certificates, by the whole certificate and everything they
/// were checked against. A cache: it may forget, and forgetting costs time only.
#[derive(Clone)]
pub(crate) struct Seen {
    context: [u8; 32],
    facts: Cache<Key, Arc<Facts>>,
}

impl Seen {
    pub(crate) fn new(
        capacity: u64,
        trust: TrustVersion,
        profile: &LeafProfile,
        purpose: Purpose,
    ) -> Self {
        let profile = format!("{profile:?}\0{}\0", purpose.as_str());
        Self {
            context: sha256(&[profile.as_bytes(), trust.octets()]),
            facts: Cache::new(capacity),
        }
    }

    pub(crate) fn key(&self, der: &[u8]) -> Key {
        sha256(&[&self.context, der])
    }

    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Facts>> {
        self.facts.get(key)
    }

    pub(crate) fn insert(&self, key: Key, facts: Arc<Facts>) {
        self.facts.insert(key, facts);
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seen({} certificates)", self.facts.entry_count())
    }
}
