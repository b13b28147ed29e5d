//! What every proof of a card has in common.

use crate::algorithm::SignatureScheme;
use crate::error::Trace;
use crate::jpki::{Holder, Leaf, VerifiedAuthentication, VerifiedCertificate, VerifiedSignature};
use crate::revocation::Confirmation;

/// A look at one proof, whichever it is.
#[derive(Clone, Copy, Debug)]
pub struct Proven<'a> {
    leaf: &'a Leaf,
    holder: Option<&'a Holder>,
    scheme: Option<SignatureScheme>,
    confirmation: &'a Confirmation,
    trace: Trace,
}

impl<'a> Proven<'a> {
    /// The certificate.
    #[must_use]
    pub fn leaf(&self) -> &'a Leaf {
        self.leaf
    }

    /// The person it was issued to, if it tells.
    #[must_use]
    pub fn holder(&self) -> Option<&'a Holder> {
        self.holder
    }

    /// The scheme of the signature, if one was verified that is reported.
    #[must_use]
    pub fn scheme(&self) -> Option<SignatureScheme> {
        self.scheme
    }

    /// How revocation was settled.
    #[must_use]
    pub fn confirmation(&self) -> &'a Confirmation {
        self.confirmation
    }

    /// The checks that passed.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.trace
    }
}

impl<'a> From<&'a VerifiedSignature> for Proven<'a> {
    fn from(proof: &'a VerifiedSignature) -> Self {
        Self {
            leaf: proof.leaf(),
            holder: Some(proof.holder()),
            scheme: Some(proof.scheme()),
            confirmation: proof.confirmation(),
            trace: proof.trace(),
        }
    }
}

impl<'a> From<&'a VerifiedAuthentication> for Proven<'a> {
    fn from(proof: &'a VerifiedAuthentication) -> Self {
        Self {
            leaf: proof.leaf(),
            holder: None,
            scheme: Some(proof.scheme()),
            confirmation: proof.confirmation(),
            trace: proof.trace(),
        }
    }
}

impl<'a> From<&'a VerifiedCertificate> for Proven<'a> {
    fn from(proof: &'a VerifiedCertificate) -> Self {
        Self {
            leaf: proof.leaf(),
            holder: proof.holder(),
            scheme: None,
            confirmation: proof.confirmation(),
            trace: proof.trace(),
        }
    }
}
