//! Whom a wallet takes for a reader.

mod certificate;

use self::certificate::Certificate;
use super::{Authority, Cbor, Chain, Refusal, Sign1, cose};
use crate::{Hash, PublicKey};

/// The authorities that a wallet knows, and its clock.
#[derive(Clone, Debug)]
pub struct ReaderTrust {
    anchors: Vec<(Vec<u8>, PublicKey)>,
    now: i64,
}

impl ReaderTrust {
    /// No authority yet; `now` in unix seconds.
    #[must_use]
    pub fn new(now: i64) -> Self {
        Self {
            anchors: Vec::new(),
            now,
        }
    }

    /// Trust the readers of an authority.
    ///
    /// # Panics
    ///
    /// If its key is RSA.
    #[must_use]
    pub fn authority(mut self, authority: &Authority) -> Self {
        self.anchors
            .push((authority.name().to_der(), authority.key().public()));
        self
    }

    /// The reader of a chain, its own certificate first.
    ///
    /// # Errors
    ///
    /// [`Refusal::Chain`], [`Refusal::Malformed`], [`Refusal::Untrusted`] or
    /// [`Refusal::Expired`].
    pub(super) fn judge(&self, chain: &[Vec<u8>]) -> Result<Reader, Refusal> {
        let own = chain.first().ok_or(Refusal::Chain)?;
        let certificate = Certificate::read(own).ok_or(Refusal::Malformed)?;
        let is_issuer = |(name, key): &&(Vec<u8>, PublicKey)| {
            *name == certificate.issuer && certificate.is_signed_by(key)
        };
        self.anchors
            .iter()
            .find(is_issuer)
            .ok_or(Refusal::Untrusted)?;
        if !certificate.is_valid(self.now) {
            return Err(Refusal::Expired);
        }
        Ok(Reader {
            key: PublicKey::from_spki(&certificate.spki).ok_or(Refusal::Key)?,
            is_reader: certificate.is_reader(),
            hosts: certificate.hosts(),
            digest: Hash::Sha256.digest(own),
        })
    }

    /// The reader that signed `payload`, detached, by COSE.
    ///
    /// # Errors
    ///
    /// As [`Self::judge`], and [`Refusal::Purpose`], [`Refusal::Algorithm`] or
    /// [`Refusal::Signature`].
    pub(super) fn judge_sign1(&self, sign1: &Cbor, payload: &[u8]) -> Result<Reader, Refusal> {
        if sign1.get("2") != Some(Cbor::NULL) {
            return Err(Refusal::Malformed);
        }
        let chain = sign1.get(&format!("1/{}", cose::label::X5CHAIN));
        let chain = chain.as_ref().and_then(Chain::read).ok_or(Refusal::Chain)?;
        let reader = self.judge(&chain)?;
        if !reader.is_reader {
            return Err(Refusal::Purpose);
        }
        let algorithm = Sign1::protected_parameter(sign1, cose::label::ALGORITHM);
        let due = cose::ecdsa(reader.key.algorithm());
        if algorithm.and_then(|item| item.as_integer()) != Some(due) {
            return Err(Refusal::Algorithm);
        }
        if !Sign1::verifies(sign1, payload, &reader.key) {
            return Err(Refusal::Signature);
        }
        Ok(reader)
    }
}

/// A reader that a wallet knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    key: PublicKey,
    is_reader: bool,
    hosts: Vec<String>,
    digest: Vec<u8>,
}

impl Reader {
    /// Its public key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The host names that its certificate says.
    #[must_use]
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// SHA-256 of its certificate.
    #[must_use]
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }
}
