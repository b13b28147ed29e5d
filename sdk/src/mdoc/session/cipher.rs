//! Session encryption (ISO/IEC 18013-5, 9.1.1.5): one key for each direction,
//! and in each a counter that never says the same twice.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Prk, Salt};
use bytes::Bytes;
use zeroize::Zeroizing;

use crate::code::Code;
use crate::mdoc::SessionTranscript;
use crate::trust::sha256;

/// Both directions of a session, on the reader's side.
pub(super) struct Cipher {
    pub(super) reader: Direction,
    pub(super) device: Direction,
}

/// What one side seals and the other opens.
pub(super) struct Direction {
    pub(super) key: Zeroizing<[u8; KEY]>,
    /// The messages so far.
    pub(super) count: u32,
}

/// The octets of a key for AES-256.
pub(super) const KEY: usize = 32;
/// The first octets of every nonce: the side that seals.
const READER: [u8; 8] = [0; 8];
const DEVICE: [u8; 8] = [0, 0, 0, 0, 0, 0, 0, 1];

impl Cipher {
    /// The ciphers of a session in which both sides agreed on this secret.
    pub(super) fn derive(agreed: &[u8], transcript: &SessionTranscript) -> Result<Self, Code> {
        let salt = sha256(&[&transcript.embedded()]);
        let extracted = Salt::new(HKDF_SHA256, &salt).extract(agreed);
        Ok(Self {
            reader: Direction::derive(&extracted, b"SKReader")?,
            device: Direction::derive(&extracted, b"SKDevice")?,
        })
    }

    /// Seals the reader's next message.
    pub(super) fn seal(&mut self, message: &[u8]) -> Result<Vec<u8>, Code> {
        let nonce = self.reader.next(READER)?;
        let key = self.reader.key(Code::MisuseArgument)?;
        let mut sealed = message.to_vec();
        let outcome = key.seal_in_place_append_tag(nonce, Aad::empty(), &mut sealed);
        outcome.map_err(|_| Code::MisuseArgument)?;
        Ok(sealed)
    }

    /// Opens the device's next message.
    pub(super) fn open(&mut self, mut sealed: Vec<u8>) -> Result<Bytes, Code> {
        let nonce = self.device.next(DEVICE)?;
        let key = self.device.key(Code::MdocSessionSeal)?;
        let opened = key.open_in_place(nonce, Aad::empty(), &mut sealed);
        let length = opened.map_err(|_| Code::MdocSessionSeal)?.len();
        sealed.truncate(length);
        Ok(sealed.into())
    }
}

impl Direction {
    fn derive(extracted: &Prk, info: &[u8]) -> Result<Self, Code> {
        let mut key = Zeroizing::new([0; KEY]);
        let info = [info];
        let expanded = extracted.expand(&info, HKDF_SHA256);
        let outcome = expanded.and_then(|okm| okm.fill(&mut *key));
        outcome.map_err(|_| Code::MdocEngagement)?;
        Ok(Self { key, count: 0 })
    }

    fn key(&self, refusal: Code) -> Result<LessSafeKey, Code> {
        let key = UnboundKey::new(&AES_256_GCM, &*self.key).map_err(|_| refusal)?;
        Ok(LessSafeKey::new(key))
    }

    /// The nonce of the next message. What cannot be counted any more is not
    /// sealed: the same nonce twice gives both messages away.
    fn next(&mut self, side: [u8; 8]) -> Result<Nonce, Code> {
        self.count = self.count.checked_add(1).ok_or(Code::MdocSessionEnded)?;
        let mut nonce = [0; 12];
        let octets = side.into_iter().chain(self.count.to_be_bytes());
        nonce
            .iter_mut()
            .zip(octets)
            .for_each(|(to, from)| *to = from);
        Ok(Nonce::assume_unique_for_key(nonce))
    }
}
