//! What certificates and lists have in common: SIGNED{}, and ways to break it.

use crate::{KeyPair, Scheme, der};

/// How the signed part is closed and signed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Envelope {
    pub(crate) scheme: Option<Scheme>,
    pub(crate) inner: Option<Vec<u8>>,
    pub(crate) outer: Option<Vec<u8>>,
    pub(crate) trailing_signed: Vec<u8>,
    pub(crate) trailing_inside: Vec<u8>,
    pub(crate) trailing_outside: Vec<u8>,
    pub(crate) corrupt: bool,
    pub(crate) signature: Option<Vec<u8>>,
}

impl Envelope {
    pub(crate) fn scheme_of(&self, key: &KeyPair) -> Scheme {
        self.scheme.unwrap_or_else(|| key.default_scheme())
    }

    pub(crate) fn inner_of(&self, key: &KeyPair) -> Vec<u8> {
        self.inner
            .clone()
            .unwrap_or_else(|| self.scheme_of(key).identifier())
    }

    /// `to_be_signed` is a complete SEQUENCE.
    pub(crate) fn seal(&self, to_be_signed: &[u8], key: &KeyPair) -> Vec<u8> {
        let scheme = self.scheme_of(key);
        let outer = self.outer.clone().unwrap_or_else(|| scheme.identifier());
        let signature = self.signature.clone();
        let mut signature = signature.unwrap_or_else(|| key.sign(scheme, to_be_signed));
        if self.corrupt {
            corrupt(&mut signature);
        }
        let signature = der::bits(&signature);
        let sealed = der::sequence([to_be_signed, &outer, &signature, &self.trailing_inside]);
        der::concat([&sealed, &self.trailing_outside])
    }
}

/// Flip the lowest bit of the last octet: the form stays right, the value does not.
pub(crate) fn corrupt(signature: &mut [u8]) {
    if let Some(last) = signature.last_mut() {
        *last ^= 1;
    }
}

/// The methods by which both builders hand out the envelope.
macro_rules! envelope_methods {
    () => {
        /// Sign with this scheme instead of the key's default.
        #[must_use]
        pub fn scheme(mut self, scheme: Scheme) -> Self {
            self.envelope.scheme = Some(scheme);
            self
        }

        /// The AlgorithmIdentifier inside the signed part, whatever signs.
        #[must_use]
        pub fn inner_algorithm(mut self, identifier: Vec<u8>) -> Self {
            self.envelope.inner = Some(identifier);
            self
        }

        /// The AlgorithmIdentifier beside the signature, whatever signs.
        #[must_use]
        pub fn outer_algorithm(mut self, identifier: Vec<u8>) -> Self {
            self.envelope.outer = Some(identifier);
            self
        }

        /// Both AlgorithmIdentifiers.
        #[must_use]
        pub fn algorithms(self, identifier: Vec<u8>) -> Self {
            self.inner_algorithm(identifier.clone())
                .outer_algorithm(identifier)
        }

        /// Bytes after the last field of the signed part; the signature covers them.
        #[must_use]
        pub fn trailing_signed(mut self, bytes: &[u8]) -> Self {
            self.envelope.trailing_signed = bytes.to_vec();
            self
        }

        /// Bytes after the signature, within the outer SEQUENCE.
        #[must_use]
        pub fn trailing_inside(mut self, bytes: &[u8]) -> Self {
            self.envelope.trailing_inside = bytes.to_vec();
            self
        }

        /// Bytes after the end.
        #[must_use]
        pub fn trailing_outside(mut self, bytes: &[u8]) -> Self {
            self.envelope.trailing_outside = bytes.to_vec();
            self
        }

        /// One bit of the signature flipped.
        #[must_use]
        pub fn corrupt_signature(mut self) -> Self {
            self.envelope.corrupt = true;
            self
        }

        /// Any bytes in place of the signature.
        #[must_use]
        pub fn raw_signature(mut self, signature: Vec<u8>) -> Self {
            self.envelope.signature = Some(signature);
            self
        }

        /// Edit the list of extensions.
        #[must_use]
        pub fn extensions(mut self, edit: impl FnOnce(&mut Extensions) -> &mut Extensions) -> Self {
            edit(self.extensions.get_or_insert_default());
            self
        }

        /// Append an extension, or replace the one with the same object identifier.
        #[must_use]
        pub fn extension(self, extension: Extension) -> Self {
            self.extensions(|list| list.set(extension))
        }

        /// Leave out an extension.
        ///
        /// # Panics
        ///
        /// If it is not there.
        #[must_use]
        pub fn without(self, oid: &[u64]) -> Self {
            self.extensions(|list| list.remove(oid))
        }

        /// Leave out the whole field.
        #[must_use]
        pub fn without_extensions(mut self) -> Self {
            self.extensions = None;
            self
        }

        /// Sign and encode.
        ///
        /// # Panics
        ///
        /// If the scheme is not one of this kind of key.
        #[must_use]
        pub fn sign(&self, key: &KeyPair) -> Vec<u8> {
            self.envelope.seal(&self.to_be_signed(key), key)
        }
    };
}

pub(crate) use envelope_methods;
