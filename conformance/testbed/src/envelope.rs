//! What certificates and lists have in common: SIGNED{}, and ways to break it.

use crate::{
    KeyPair, Scheme,
    der::{self, Length, tag},
};

/// A change to bytes that are otherwise right.
pub(crate) type Change = fn(Vec<u8>) -> Vec<u8>;

/// How the signed part is closed and signed.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub(crate) scheme: Option<Scheme>,
    pub(crate) inner: Option<Vec<u8>>,
    pub(crate) outer: Option<Vec<u8>>,
    pub(crate) trailing_signed: Vec<u8>,
    pub(crate) trailing_inside: Vec<u8>,
    pub(crate) trailing_outside: Vec<u8>,
    pub(crate) signed_length: Length,
    pub(crate) length: Length,
    pub(crate) change_signed: Change,
    pub(crate) change_signature: Change,
}

impl Default for Envelope {
    fn default() -> Self {
        Self {
            scheme: None,
            inner: None,
            outer: None,
            trailing_signed: Vec::new(),
            trailing_inside: Vec::new(),
            trailing_outside: Vec::new(),
            signed_length: Length::Minimal,
            length: Length::Minimal,
            change_signed: std::convert::identity,
            change_signature: std::convert::identity,
        }
    }
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

    /// The signed part out of its fields.
    pub(crate) fn to_be_signed(&self, fields: &[Vec<u8>]) -> Vec<u8> {
        let content = der::concat([&der::concat(fields), &self.trailing_signed]);
        (self.change_signed)(der::tlv_with(tag::SEQUENCE, self.signed_length, content))
    }

    pub(crate) fn seal(&self, to_be_signed: &[u8], key: &KeyPair) -> Vec<u8> {
        let scheme = self.scheme_of(key);
        let outer = self.outer.clone().unwrap_or_else(|| scheme.identifier());
        let signature = der::bits(&(self.change_signature)(key.sign(scheme, to_be_signed)));
        let content = der::concat([to_be_signed, &outer, &signature, &self.trailing_inside]);
        let sealed = der::tlv_with(tag::SEQUENCE, self.length, content);
        der::concat([&sealed, &self.trailing_outside])
    }
}

/// Flip the lowest bit of the last octet: the form stays right, the value does not.
pub(crate) fn corrupt(mut signature: Vec<u8>) -> Vec<u8> {
    if let Some(last) = signature.last_mut() {
        *last ^= 1;
    }
    signature
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

        /// The length of the signed part in another form.
        #[must_use]
        pub fn signed_length(mut self, length: Length) -> Self {
            self.envelope.signed_length = length;
            self
        }

        /// The length of the whole in another form.
        #[must_use]
        pub fn length(mut self, length: Length) -> Self {
            self.envelope.length = length;
            self
        }

        /// Change the encoded signed part before it is signed.
        #[must_use]
        pub fn change_signed(mut self, change: fn(Vec<u8>) -> Vec<u8>) -> Self {
            self.envelope.change_signed = change;
            self
        }

        /// Change the signature (the content of the BIT STRING) once it is made.
        #[must_use]
        pub fn change_signature(mut self, change: fn(Vec<u8>) -> Vec<u8>) -> Self {
            self.envelope.change_signature = change;
            self
        }

        /// One bit of the signature flipped.
        #[must_use]
        pub fn corrupt_signature(self) -> Self {
            self.change_signature(crate::envelope::corrupt)
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
