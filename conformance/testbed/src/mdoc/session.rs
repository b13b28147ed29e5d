//! Session encryption in proximity (ISO/IEC 18013-5, 9.1.1).

use aes_gcm::{
    Aes256Gcm, KeyInit as _,
    aead::{Aead as _, Payload},
};

use super::{Cbor, CoseKey, Engagement, Refusal, Transcript, derivation::derive};
use crate::{KeyPair, PublicKey};

/// Which of the two sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The mdoc reader.
    Reader,
    /// The device.
    Device,
}

/// What engaged the device, for the transcript.
#[derive(Clone, Debug)]
pub enum Handover {
    /// A QR code.
    Qr,
    /// NFC: the Handover Select message, and the Request of a negotiated handover.
    Nfc(Vec<u8>, Option<Vec<u8>>),
}

/// A session as one of its sides has it.
#[derive(Clone, Debug)]
pub struct Session {
    side: Side,
    transcript: Transcript,
    reader_key: PublicKey,
    keys: [[u8; 32]; 2],
    /// The counters of the next messages: of this side's, and of the other's.
    counters: [u32; 2],
}

impl Session {
    /// The device's side, begun by a SessionEstablishment; with the request in it.
    ///
    /// # Errors
    ///
    /// [`Refusal::Malformed`], [`Refusal::Key`] or [`Refusal::Decryption`].
    pub fn establish(
        engagement: &Engagement,
        handover: &Handover,
        establishment: &[u8],
    ) -> Result<(Self, Vec<u8>), Refusal> {
        let message = Cbor::decode(establishment).ok_or(Refusal::Malformed)?;
        let reader_key = message.get("eReaderKey").ok_or(Refusal::Malformed)?;
        let data = message.get("data").and_then(|data| data.as_bytes());
        let transcript = transcript(engagement, &reader_key, handover);
        let reader = CoseKey::read(&reader_key).ok_or(Refusal::Key)?;
        if reader.algorithm() != engagement.key().algorithm() {
            return Err(Refusal::Key);
        }
        let mut session = Self::new(Side::Device, transcript, engagement.key(), &reader, &reader);
        let request = session.open(&data.ok_or(Refusal::Malformed)?)?;
        Ok((session, request))
    }

    /// A side of a session: its own ephemeral key, and that of the other.
    ///
    /// # Panics
    ///
    /// If the keys are on different curves.
    #[must_use]
    pub fn with_keys(side: Side, transcript: Transcript, own: &KeyPair, other: &PublicKey) -> Self {
        let reader_key = match side {
            Side::Reader => own.public(),
            Side::Device => other.clone(),
        };
        Self::new(side, transcript, own, other, &reader_key)
    }

    fn new(
        side: Side,
        transcript: Transcript,
        own: &KeyPair,
        other: &PublicKey,
        reader_key: &PublicKey,
    ) -> Self {
        let agreement = own.agree(other);
        let key = |info| derive(&agreement, &transcript, info);
        Self {
            side,
            keys: [key("SKReader"), key("SKDevice")],
            counters: [1, 1],
            reader_key: reader_key.clone(),
            transcript,
        }
    }

    /// The transcript that documents are proved for in this session.
    #[must_use]
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// EReaderKey, for which MACs are made.
    #[must_use]
    pub fn reader_key(&self) -> &PublicKey {
        &self.reader_key
    }

    /// The counters of the next messages, this side's first: to skip or to repeat some.
    pub fn set_counters(&mut self, own: u32, other: u32) {
        self.counters = [own, other];
    }

    /// SessionData of a message.
    #[must_use]
    pub fn send(&mut self, plaintext: &[u8]) -> Cbor {
        Cbor::map([("data", self.seal(plaintext).into())])
    }

    /// SessionData of a message with a status: 10 error of encryption, 11 error of
    /// decoding, 20 termination.
    #[must_use]
    pub fn send_with_status(&mut self, plaintext: &[u8], status: i64) -> Cbor {
        let mut message = self.send(plaintext);
        message.set("status", status);
        message
    }

    /// SessionData of a status alone.
    #[must_use]
    pub fn status(status: i64) -> Cbor {
        Cbor::map([("status", Cbor::from(status))])
    }

    /// The next encrypted message of this side.
    #[must_use]
    pub fn seal(&mut self, plaintext: &[u8]) -> Vec<u8> {
        let [own, _] = &mut self.counters;
        let counter = *own;
        *own = own.wrapping_add(1);
        seal(&self.key(self.side), self.side, counter, plaintext)
    }

    /// What the other side sent as SessionData.
    ///
    /// # Errors
    ///
    /// [`Refusal::Malformed`], [`Refusal::Decryption`], or [`Refusal::Ended`] if it
    /// sent a status and nothing else.
    pub fn receive(&mut self, message: &[u8]) -> Result<Vec<u8>, Refusal> {
        let message = Cbor::decode(message).ok_or(Refusal::Malformed)?;
        match (message.get("data"), message.get("status")) {
            (Some(data), _) => self.open(&data.as_bytes().ok_or(Refusal::Malformed)?),
            (None, Some(_)) => Err(Refusal::Ended),
            (None, None) => Err(Refusal::Malformed),
        }
    }

    fn open(&mut self, ciphertext: &[u8]) -> Result<Vec<u8>, Refusal> {
        let side = match self.side {
            Side::Reader => Side::Device,
            Side::Device => Side::Reader,
        };
        let [_, counter] = self.counters;
        let cipher = Aes256Gcm::new(&self.key(side).into());
        let opened = cipher.decrypt(&nonce(side, counter).into(), ciphertext);
        let plaintext = opened.map_err(|_| Refusal::Decryption)?;
        let [_, other] = &mut self.counters;
        *other = other.wrapping_add(1);
        Ok(plaintext)
    }

    fn key(&self, sender: Side) -> [u8; 32] {
        let [reader, device] = self.keys;
        match sender {
            Side::Reader => reader,
            Side::Device => device,
        }
    }
}

/// The transcript of an engagement and the key that answered it, as they are written.
fn transcript(engagement: &Engagement, reader_key: &Cbor, handover: &Handover) -> Transcript {
    let engagement = engagement.tagged();
    match handover {
        Handover::Qr => Transcript::qr(&engagement, reader_key),
        Handover::Nfc(select, request) => {
            Transcript::nfc(&engagement, reader_key, select, request.as_deref())
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "no message here is as long as AES-GCM's limit"
)]
fn seal(key: &[u8; 32], side: Side, counter: u32, plaintext: &[u8]) -> Vec<u8> {
    let cipher = Aes256Gcm::new(key.into());
    let payload = Payload::from(plaintext);
    cipher
        .encrypt(&nonce(side, counter).into(), payload)
        .expect("a message of some size")
}

/// Eight octets that tell the sides apart, and the counter.
fn nonce(side: Side, counter: u32) -> [u8; 12] {
    let identifier = match side {
        Side::Reader => 0_u64,
        Side::Device => 1,
    };
    let number = u128::from(identifier) << 32 | u128::from(counter);
    let [_, _, _, _, nonce @ ..] = number.to_be_bytes();
    nonce
}
