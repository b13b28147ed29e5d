//! Where an OCSP answer comes from.

use std::fmt;

use crate::revocation::ocsp::responder::KeyHash;
use crate::time::Time;
use crate::trust::Fingerprint;

/// The OCSP response that an answer comes from.
#[derive(Clone)]
pub struct OcspSource {
    pub(super) produced_at: Time,
    pub(super) responder: KeyHash,
    pub(super) digest: Fingerprint,
    pub(super) nonce: NonceEcho,
}

/// Whether a response was made for the request that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NonceEcho {
    /// It repeats the nonce of the request.
    Echoed,
    /// It does not: it may have been made earlier, for somebody else.
    NotEchoed,
}

impl OcspSource {
    /// When the responder signed it.
    #[must_use]
    pub fn produced_at(&self) -> Time {
        self.produced_at
    }

    /// Whose key signed it: SHA-1 over the contents of the key's BIT STRING,
    /// by which responses name keys (RFC 6960, 4.2.1). The signature proves
    /// the key, the identifier only finds it.
    #[must_use]
    pub fn responder(&self) -> &[u8; 20] {
        &self.responder
    }

    /// SHA-256 over the `ResponseData` that was signed. It names one answer
    /// about one certificate, so it belongs into evidence and not into logs.
    #[must_use]
    pub fn digest(&self) -> Fingerprint {
        self.digest
    }

    /// Whether it was made for the request that it answers.
    #[must_use]
    pub fn nonce(&self) -> NonceEcho {
        self.nonce
    }
}

impl fmt::Debug for OcspSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OcspSource")
            .field("nonce", &self.nonce)
            .finish_non_exhaustive()
    }
}
