//! COSE_Mac0.

use coset::{Header, MacContext, ProtectedHeader, mac_structure_data};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Attached, algorithm};
use crate::mdoc::Cbor;

/// A MAC before it is made.
#[derive(Clone, Debug)]
pub struct Mac0 {
    protected: Vec<u8>,
    payload: Vec<u8>,
    attached: Attached,
    change_tag: fn(Vec<u8>) -> Vec<u8>,
}

impl Mac0 {
    /// HMAC 256/256 over `payload`, which is attached.
    #[must_use]
    pub fn new(payload: Vec<u8>) -> Self {
        Self {
            protected: protected(algorithm::HMAC_256),
            payload,
            attached: Attached::Signed,
            change_tag: std::convert::identity,
        }
    }

    /// What stands in the place of the payload, whatever is authenticated.
    #[must_use]
    pub fn attached(mut self, attached: Attached) -> Self {
        self.attached = attached;
        self
    }

    /// alg, whatever is computed.
    #[must_use]
    pub fn algorithm(mut self, identifier: i64) -> Self {
        self.protected = protected(identifier);
        self
    }

    /// Change the tag once it is made.
    #[must_use]
    pub fn change_tag(mut self, change: fn(Vec<u8>) -> Vec<u8>) -> Self {
        self.change_tag = change;
        self
    }

    /// Authenticate: an array of four.
    ///
    /// # Panics
    ///
    /// Never: HMAC takes keys of any length.
    #[must_use]
    pub fn tag(&self, key: &[u8]) -> Cbor {
        let message = mac_structure_data(
            MacContext::CoseMac0,
            ProtectedHeader {
                original_data: Some(self.protected.clone()),
                header: Header::default(),
            },
            &[],
            &self.payload,
        );
        let payload = match &self.attached {
            Attached::Signed => self.payload.clone().into(),
            Attached::Detached => Cbor::NULL,
            Attached::Other(item) => item.clone(),
        };
        Cbor::array([
            self.protected.clone().into(),
            Cbor::empty_map(),
            payload,
            (self.change_tag)(hmac_sha256(key, &message)).into(),
        ])
    }
}

fn protected(identifier: i64) -> Vec<u8> {
    Cbor::map([(1, Cbor::from(identifier))]).encode()
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}
