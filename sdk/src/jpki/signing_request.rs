//! The bytes that a person is asked to sign with a 署名用 certificate.

use std::fmt;

use crate::code::Code;
use crate::error::Error;
use crate::jpki::{Audience, Binding};
use crate::time::Time;

/// A document with the lines before it that tie the signature to one use.
///
/// A signature has no freshness of its own: whoever holds a document that was
/// once signed can show it again. The relying party therefore issues the bytes
/// to be signed, reads them back from what was verified and takes the
/// transaction once.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningRequest {
    binding: Binding,
    document: Vec<u8>,
}

const PREFIX: &str = "tashika-signing-request/1";

impl SigningRequest {
    /// A request to sign `document`.
    #[must_use]
    pub fn new(binding: Binding, document: Vec<u8>) -> Self {
        Self { binding, document }
    }

    /// The bytes to sign: lines of ASCII, an empty line, the document.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.binding.write(PREFIX).into_bytes();
        bytes.push(b'\n');
        bytes.extend(&self.document);
        bytes
    }

    /// Reads a request back from verified content and checks that it was issued for `audience` and has not expired at `now`.
    ///
    /// That it was not answered before is for the store to say that takes its
    /// transaction once.
    ///
    /// # Errors
    /// `transaction.form`, `transaction.foreign` or `transaction.expired`.
    pub fn from_verified(content: &[u8], audience: &Audience, now: Time) -> Result<Self, Error> {
        let (binding, rest) = Binding::read(PREFIX, content)?;
        let document = rest.strip_prefix(b"\n").ok_or(Code::TransactionForm)?;
        binding.check(audience, now)?;
        Ok(Self {
            binding,
            document: document.to_vec(),
        })
    }

    /// What the request is bound to.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &[u8] {
        &self.document
    }
}

// What a person is asked to sign tells of that person.
impl fmt::Debug for SigningRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningRequest")
            .field("binding", &self.binding)
            .finish_non_exhaustive()
    }
}
