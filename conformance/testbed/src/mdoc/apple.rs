//! Apple's in-app presentment: the envelope `APPLE-HPKE-v1`.

use super::{Cbor, Transcript, hpke::Sealed};
use crate::{Hash, PublicKey, Rng};

/// What an app asks with, and the key that its merchant registered.
#[derive(Clone, Debug)]
pub struct Apple {
    nonce: Vec<u8>,
    merchant_id: String,
    team_id: String,
    recipient: PublicKey,
}

impl Apple {
    /// A request of an app.
    #[must_use]
    pub fn new(nonce: &[u8], merchant_id: &str, team_id: &str, recipient: &PublicKey) -> Self {
        Self {
            nonce: nonce.to_vec(),
            merchant_id: merchant_id.to_owned(),
            team_id: team_id.to_owned(),
            recipient: recipient.clone(),
        }
    }

    /// The transcript of this request.
    #[must_use]
    pub fn transcript(&self) -> Transcript {
        let hash = self.recipient_hash();
        Transcript::apple(&self.nonce, &self.merchant_id, &self.team_id, &hash)
    }

    /// pkRHash: SHA-256 of the recipient's uncompressed point.
    #[must_use]
    pub fn recipient_hash(&self) -> Vec<u8> {
        Hash::Sha256.digest(&self.recipient.point())
    }

    /// The envelope of a DeviceResponse as an item, to be changed or encoded.
    ///
    /// # Panics
    ///
    /// If the recipient is not on P-256.
    #[must_use]
    pub fn seal(&self, response: &Cbor, rng: &mut Rng) -> Cbor {
        self.seal_plaintext(&Cbor::map([("identity", response.clone())]).encode(), rng)
    }

    /// The same around any plaintext.
    ///
    /// # Panics
    ///
    /// If the recipient is not on P-256.
    #[must_use]
    pub fn seal_plaintext(&self, plaintext: &[u8], rng: &mut Rng) -> Cbor {
        let info = self.transcript().encode();
        let sealed = Sealed::new(&self.recipient, &info, plaintext, rng);
        let parameters = Cbor::map([
            ("mode", Cbor::from(0)),
            ("pkEm", sealed.encapsulated.into()),
            ("pkRHash", self.recipient_hash().into()),
            ("infoHash", Hash::Sha256.digest(&info).into()),
        ]);
        Cbor::map([
            ("algorithm", Cbor::from("APPLE-HPKE-v1")),
            ("params", parameters),
            ("data", sealed.ciphertext.into()),
        ])
    }
}
