//! COSE_Sign1.

use coset::{Header, ProtectedHeader, SignatureContext, sig_structure_data};

use super::{algorithm, ecdsa, label};
use crate::{Algorithm, Hash, KeyPair, PublicKey, Scheme, envelope, mdoc::Cbor};

/// What stands in the place of the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attached {
    /// What is signed.
    Signed,
    /// `null`: the payload is detached.
    Detached,
    /// Something else.
    Other(Cbor),
}

/// How certificates are written (RFC 9360, x5chain).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chain {
    /// One certificate, as a byte string.
    One(Vec<u8>),
    /// Certificates in an array, the signer's first.
    Array(Vec<Vec<u8>>),
}

/// A signature before it is made; header parameters are added where they belong.
#[derive(Clone, Debug)]
pub struct Sign1 {
    protected: Cbor,
    protected_raw: Option<Cbor>,
    unprotected: Cbor,
    payload: Vec<u8>,
    attached: Attached,
    external: Vec<u8>,
    scheme: Option<Scheme>,
    tagged: bool,
    change_signature: fn(Vec<u8>) -> Vec<u8>,
}

impl Sign1 {
    /// Signs `payload`, which is attached, without header parameters of its own: alg is
    /// added when it is signed, unless it is there already.
    #[must_use]
    pub fn new(payload: Vec<u8>) -> Self {
        Self {
            protected: Cbor::empty_map(),
            protected_raw: None,
            unprotected: Cbor::empty_map(),
            payload,
            attached: Attached::Signed,
            external: Vec::new(),
            scheme: None,
            tagged: false,
            change_signature: std::convert::identity,
        }
    }

    /// What stands in the place of the payload, whatever is signed.
    #[must_use]
    pub fn attached(mut self, attached: Attached) -> Self {
        self.attached = attached;
        self
    }

    /// Leave out the payload.
    #[must_use]
    pub fn detached(self) -> Self {
        self.attached(Attached::Detached)
    }

    /// Sign other bytes than the payload that is attached.
    #[must_use]
    pub fn sign_instead(mut self, payload: &[u8]) -> Self {
        if self.attached == Attached::Signed {
            self.attached = Attached::Other(std::mem::take(&mut self.payload).into());
        }
        self.payload = payload.to_vec();
        self
    }

    /// external_aad, which is empty in mdocs.
    #[must_use]
    pub fn external(mut self, bytes: &[u8]) -> Self {
        self.external = bytes.to_vec();
        self
    }

    /// The x5chain in the unprotected header, where ISO 18013-5 has it.
    #[must_use]
    pub fn chain(self, chain: &Chain) -> Self {
        self.unprotected(label::X5CHAIN, chain.to_cbor())
    }

    /// The x5chain in the protected header, where status lists have it.
    #[must_use]
    pub fn protected_chain(self, chain: &Chain) -> Self {
        self.protected(label::X5CHAIN, chain.to_cbor())
    }

    /// Without certificates in either header.
    #[must_use]
    pub fn without_chain(mut self) -> Self {
        for header in [&mut self.protected, &mut self.unprotected] {
            if header.get(label::X5CHAIN).is_some() {
                header.remove(label::X5CHAIN);
            }
        }
        self
    }

    /// Set a protected header parameter, by [`label`] or by any name.
    #[must_use]
    pub fn protected(mut self, label: &str, value: impl Into<Cbor>) -> Self {
        self.protected.set(label, value);
        self
    }

    /// Set an unprotected header parameter.
    #[must_use]
    pub fn unprotected(mut self, label: &str, value: impl Into<Cbor>) -> Self {
        self.unprotected.set(label, value);
        self
    }

    /// alg, whatever signs.
    #[must_use]
    pub fn algorithm(self, identifier: i64) -> Self {
        self.protected(label::ALGORITHM, identifier)
    }

    /// Change the unprotected header.
    #[must_use]
    pub fn edit_unprotected(mut self, change: impl FnOnce(&mut Cbor) -> &mut Cbor) -> Self {
        change(&mut self.unprotected);
        self
    }

    /// The protected header in place of any that is built, such as an empty byte string
    /// or a map in another form. It is signed as it is written.
    #[must_use]
    pub fn protected_raw(mut self, bytes: Vec<u8>) -> Self {
        self.protected_raw = Some(Cbor::Bytes(bytes));
        self
    }

    /// Sign in another way than the key's curve asks for.
    #[must_use]
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = Some(scheme);
        self
    }

    /// With tag 18 around it.
    #[must_use]
    pub fn tagged(mut self) -> Self {
        self.tagged = true;
        self
    }

    /// Without a tag around it.
    #[must_use]
    pub fn untagged(mut self) -> Self {
        self.tagged = false;
        self
    }

    /// Change the signature once it is made.
    #[must_use]
    pub fn change_signature(mut self, change: fn(Vec<u8>) -> Vec<u8>) -> Self {
        self.change_signature = change;
        self
    }

    /// One bit of the signature flipped.
    #[must_use]
    pub fn corrupt_signature(self) -> Self {
        self.change_signature(envelope::corrupt)
    }

    /// Sign: an array of four.
    ///
    /// # Panics
    ///
    /// If the key is RSA.
    #[must_use]
    pub fn sign(&self, key: &KeyPair) -> Cbor {
        let protected = self.protected_bytes(key);
        let scheme = self.scheme.unwrap_or_else(|| fixed(key));
        let message = sig_structure(&protected, &self.external, &self.payload);
        let signature = (self.change_signature)(key.sign(scheme, &message));
        let payload = match &self.attached {
            Attached::Signed => self.payload.clone().into(),
            Attached::Detached => Cbor::NULL,
            Attached::Other(item) => item.clone(),
        };
        let array = Cbor::array([
            protected.into(),
            self.unprotected.clone(),
            payload,
            signature.into(),
        ]);
        if self.tagged {
            Cbor::Tag(18, Box::new(array))
        } else {
            array
        }
    }

    fn protected_bytes(&self, key: &KeyPair) -> Vec<u8> {
        if let Some(Cbor::Bytes(bytes)) = &self.protected_raw {
            return bytes.clone();
        }
        let is_there = |header: &Cbor| header.get(label::ALGORITHM).is_some();
        if is_there(&self.protected) || is_there(&self.unprotected) {
            return self.protected.encode();
        }
        let mut protected = Cbor::map([(1, Cbor::from(ecdsa(key.algorithm())))]);
        for (name, value) in self.protected.as_map().into_iter().flatten() {
            if let Cbor::Map(entries) = &mut protected {
                entries.push((name.clone(), value.clone()));
            }
        }
        protected.encode()
    }

    /// Whether `key` made a COSE_Sign1 over `payload`, which is detached or the same.
    #[must_use]
    pub fn verifies(sign1: &Cbor, payload: &[u8], key: &PublicKey) -> bool {
        let part = |path: &str| sign1.get(path).and_then(|item| item.as_bytes());
        let (Some(protected), Some(signature)) = (part("0"), part("3")) else {
            return false;
        };
        let named = Self::protected_parameter(sign1, label::ALGORITHM);
        let hash = match (named.and_then(|item| item.as_integer()), key.algorithm()) {
            (Some(algorithm::ES256), Algorithm::P256) => Hash::Sha256,
            (Some(algorithm::ES384), Algorithm::P384) => Hash::Sha384,
            _ => return false,
        };
        part("2").is_none_or(|attached| attached == payload)
            && key.verifies(hash, &sig_structure(&protected, &[], payload), &signature)
    }

    /// A parameter of the protected header.
    #[must_use]
    pub fn protected_parameter(sign1: &Cbor, label: &str) -> Option<Cbor> {
        sign1.get(&format!("0/{label}"))
    }
}

impl Chain {
    /// The value of the header parameter.
    #[must_use]
    pub fn to_cbor(&self) -> Cbor {
        match self {
            Self::One(certificate) => certificate.clone().into(),
            Self::Array(certificates) => {
                Cbor::Array(certificates.iter().cloned().map(Cbor::from).collect())
            }
        }
    }

    /// The certificates in a header parameter, the signer's first.
    #[must_use]
    pub fn read(item: &Cbor) -> Option<Vec<Vec<u8>>> {
        match item.as_array() {
            Some(items) => items.iter().map(Cbor::as_bytes).collect(),
            None => Some(vec![item.as_bytes()?]),
        }
    }
}

fn fixed(key: &KeyPair) -> Scheme {
    Scheme::EcdsaFixed(key.default_scheme().hash())
}

/// What is signed (RFC 9052, 4.4), with the protected header as it is written.
fn sig_structure(protected: &[u8], external: &[u8], payload: &[u8]) -> Vec<u8> {
    let protected = ProtectedHeader {
        original_data: Some(protected.to_vec()),
        header: Header::default(),
    };
    sig_structure_data(
        SignatureContext::CoseSign1,
        protected,
        None,
        external,
        payload,
    )
}

#[cfg(test)]
mod tests {
    use coset::{CborSerializable, CoseSign1};

    use super::*;
    use crate::Rng;

    /// coset reads it, and rebuilds what is signed from what it read.
    #[test]
    fn coset_agrees() {
        for (algorithm, hash) in [
            (Algorithm::P256, Hash::Sha256),
            (Algorithm::P384, Hash::Sha384),
        ] {
            let key = KeyPair::generate(algorithm, &mut Rng::from_seed(1));
            let chain = Chain::One(vec![0x30, 0]);
            let sign1 = Sign1::new(b"payload".to_vec()).chain(&chain).sign(&key);
            let theirs = CoseSign1::from_slice(&sign1.encode()).unwrap();
            let check = |signature: &[u8], message: &[u8]| {
                key.public()
                    .verifies(hash, message, signature)
                    .then_some(())
                    .ok_or(())
            };
            assert_eq!(theirs.verify_signature(&[], check), Ok(()));
            assert!(Sign1::verifies(&sign1, b"payload", &key.public()));
            assert!(!Sign1::verifies(&sign1, b"other", &key.public()));
        }
    }

    #[test]
    fn the_algorithm_can_stand_elsewhere() {
        let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(1));
        let sign1 = Sign1::new(Vec::new())
            .unprotected(label::ALGORITHM, -7)
            .sign(&key);
        assert_eq!(
            sign1.get("0").and_then(|item| item.as_bytes()),
            Some(vec![0xA0])
        );
        assert_eq!(sign1.get("1/1"), Some(Cbor::from(-7)));
    }
}
