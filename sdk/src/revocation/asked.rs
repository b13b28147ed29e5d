//! What is asked for, by whom, and what came of asking somebody else.

use std::fmt;

#[cfg(feature = "fetch")]
use crate::ascii::is_word;
use crate::revocation::Source;

/// What a certificate is checked for. Platform operators want to know, because
/// the law lets revocation data be used for certain ends alone
/// (公的個人認証法52条).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CheckPurpose {
    /// Somebody has just signed, or logged in, with it.
    SignatureVerification,
    /// A customer's stored certificate is looked at again, without the customer.
    LivenessCheck,
}

impl CheckPurpose {
    /// Its stable name, which operators' interfaces use too.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignatureVerification => "signature_verification",
            Self::LivenessCheck => "liveness_check",
        }
    }
}

/// How it was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckMethod {
    /// By revocation lists.
    Crl,
    /// By an OCSP responder.
    Ocsp,
    /// By a platform operator.
    Operator,
}

impl CheckMethod {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Crl => "crl",
            Self::Ocsp => "ocsp",
            Self::Operator => "operator",
        }
    }
}

impl Source {
    /// By which of the methods an answer was found out.
    #[must_use]
    pub fn method(&self) -> CheckMethod {
        match self {
            Self::List(_) => CheckMethod::Crl,
            Self::Ocsp(_) => CheckMethod::Ocsp,
            Self::Operator(_) => CheckMethod::Operator,
            Self::Remembered(remembered) => remembered.method(),
        }
    }
}

/// Under what a platform operator finds an exchange again, for questions and
/// for evidence. It stands for one check of one person: not for logs.
#[derive(Clone, PartialEq, Eq)]
pub struct ReferenceId(Box<str>);

impl ReferenceId {
    /// One to 64 visible characters of ASCII; none if it is anything else.
    #[cfg(feature = "fetch")]
    pub(crate) fn read(text: &str) -> Option<Self> {
        is_word(text).then(|| Self(text.into()))
    }

    /// As the operator wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ReferenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReferenceId(…)")
    }
}

/// The platform operator's word that an answer rests on: nothing in it is
/// signed by the issuer.
#[derive(Clone, Debug)]
pub struct OperatorSource {
    pub(crate) method: CheckMethod,
    pub(crate) reference: Option<ReferenceId>,
}

impl OperatorSource {
    /// How the operator found out: by lists or by OCSP.
    #[must_use]
    pub fn method(&self) -> CheckMethod {
        self.method
    }

    /// Under what the operator finds the exchange again.
    #[must_use]
    pub fn reference(&self) -> Option<&ReferenceId> {
        self.reference.as_ref()
    }
}

/// A revocation that somebody verified before: what is left of the evidence.
#[derive(Clone, Copy, Debug)]
pub struct RememberedSource {
    pub(crate) method: CheckMethod,
}

impl RememberedSource {
    /// How it had been found out.
    #[must_use]
    pub fn method(&self) -> CheckMethod {
        self.method
    }
}
