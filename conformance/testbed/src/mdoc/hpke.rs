//! HPKE as both envelopes use it: base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
//! AES-128-GCM (RFC 9180).

use hpke::{
    Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _, aead::AesGcm128,
    kdf::HkdfSha256, kem::DhP256HkdfSha256, single_shot_open, single_shot_seal_with_rng,
};

use super::Refusal;
use crate::{KeyPair, PublicKey, Rng};

/// An encrypted message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The ephemeral public key, an uncompressed point.
    pub encapsulated: Vec<u8>,
    /// The ciphertext with its tag.
    pub ciphertext: Vec<u8>,
}

impl Sealed {
    /// Encrypt for a recipient on P-256, without associated data.
    ///
    /// # Panics
    ///
    /// If the recipient is on another curve.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the recipient is a point of the curve")]
    pub fn new(recipient: &PublicKey, info: &[u8], plaintext: &[u8], rng: &mut Rng) -> Self {
        let recipient = <DhP256HkdfSha256 as Kem>::PublicKey::from_bytes(&recipient.point())
            .expect("a recipient on P-256");
        let (encapsulated, ciphertext) =
            single_shot_seal_with_rng::<AesGcm128, HkdfSha256, DhP256HkdfSha256>(
                &OpModeS::Base,
                &recipient,
                info,
                plaintext,
                &[],
                rng.stream(),
            )
            .expect("a message of some size");
        Self {
            encapsulated: encapsulated.to_bytes().to_vec(),
            ciphertext,
        }
    }

    /// Decrypt, which only a relying party does; here it checks what was encrypted.
    ///
    /// # Errors
    ///
    /// [`Refusal::Key`] or [`Refusal::Decryption`].
    pub fn open(&self, key: &KeyPair, info: &[u8]) -> Result<Vec<u8>, Refusal> {
        let scalar = key.scalar().ok_or(Refusal::Key)?;
        let key = <DhP256HkdfSha256 as Kem>::PrivateKey::from_bytes(&scalar);
        let enc = <DhP256HkdfSha256 as Kem>::EncappedKey::from_bytes(&self.encapsulated);
        single_shot_open::<AesGcm128, HkdfSha256, DhP256HkdfSha256>(
            &OpModeR::Base,
            &key.map_err(|_| Refusal::Key)?,
            &enc.map_err(|_| Refusal::Key)?,
            info,
            &self.ciphertext,
            &[],
        )
        .map_err(|_| Refusal::Decryption)
    }
}
