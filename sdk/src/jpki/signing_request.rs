//! The bytes that a person is asked to sign with a 署名用 certificate.

use std::fmt;

use crate::code::Code;
use crate::error::Error;
use crate::time::Time;
use crate::transaction::{Audience, Binding};

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

    /// Reads a request back from verified content and checks that it was issued
    /// for `audience` and has not expired at `now`.
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

// What a person is to sign tells of the person.
impl fmt::Debug for SigningRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningRequest")
            .field("binding", &self.binding)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Duration;
    use crate::jpki::header::tests::{audience, binding};

    #[test]
    fn a_request_is_read_back_for_its_audience() {
        let request = SigningRequest::new(binding(), b"text\n\nmore".to_vec());
        let (bytes, now) = (request.to_bytes(), binding().expires);
        let ours = audience("https://bank.example", "login");
        let read = SigningRequest::from_verified(&bytes, &ours, now).unwrap();
        assert_eq!(read, request);
        assert_eq!(read.document(), b"text\n\nmore");

        let refused = |content: &[u8], audience, now| {
            let error = SigningRequest::from_verified(content, audience, now).unwrap_err();
            error.code()
        };
        let foreign = audience("https://shop.example", "login");
        let late = now.plus(Duration::seconds(1));
        assert_eq!(refused(&bytes, &foreign, now), Code::TransactionForeign);
        assert_eq!(refused(&bytes, &ours, late), Code::TransactionExpired);
        assert_eq!(refused(b"text", &ours, now), Code::TransactionForm);
        assert!(!format!("{read:?}").contains("document"));
        let header = binding().write(PREFIX);
        assert_eq!(
            refused(header.as_bytes(), &ours, now),
            Code::TransactionForm
        );
    }

    #[test]
    fn a_challenge_is_no_request() {
        let challenge = crate::jpki::Challenge::from_entropy(binding(), [1; 32]);
        let ours = audience("https://bank.example", "login");
        let read = SigningRequest::from_verified(&challenge.to_bytes(), &ours, binding().expires);
        assert_eq!(read.unwrap_err().code(), Code::TransactionForm);
    }
}
