//! The published roots of the production service, by fingerprint.

use crate::trust::{Fingerprint, Purpose};

/// A root that the service publishes: what it is for and which one it is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PublishedRoot {
    /// What it may vouch for.
    pub purpose: Purpose,
    /// Which of the roots of that name it is, counted from 1.
    pub generation: u8,
    /// SHA-256 over its DER.
    pub fingerprint: Fingerprint,
}

const fn root(purpose: Purpose, generation: u8, hex: &str) -> PublishedRoot {
    PublishedRoot {
        purpose,
        generation,
        fingerprint: Fingerprint::from_hex_literal(hex),
    }
}

/// The six published roots. A later generation is the operator's to pin, with
/// [`TrustStoreBuilder::pin`](crate::trust::TrustStoreBuilder::pin).
pub const PUBLISHED: [PublishedRoot; 6] = [
    root(
        Purpose::JpkiSigning,
        1,
        "19645405a1fe14377434bd55957628ac4038557c542403a2243f21c706fc9355",
    ),
    root(
        Purpose::JpkiSigning,
        2,
        "79679c33e4cc9319440f1ad120a597ff1844e2ef217063adb176966fd5e6fbeb",
    ),
    root(
        Purpose::JpkiSigning,
        3,
        "d227f6cde11d35c5252178f106f843d24651944975413b539fa2fb68dbfa365f",
    ),
    root(
        Purpose::JpkiAuthentication,
        1,
        "4dcfc4ca0aaf9fb2a3081b3f0c991c320b3acc008667a341eeaec5af1d58ca7d",
    ),
    root(
        Purpose::JpkiAuthentication,
        2,
        "0d98de47fc11b7f67126874b7028b6026a803d2638d6edfe53176953961fade6",
    ),
    root(
        Purpose::JpkiAuthentication,
        3,
        "64114f29620c24ed2631d46476a040e7ee740d956089c00b036a6a8118c322b5",
    ),
];
