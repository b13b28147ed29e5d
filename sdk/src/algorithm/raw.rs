//! The scheme of bare signatures.

use crate::algorithm::{KeyKind, SignatureScheme};

/// Under which scheme bare signatures are verified, for each kind of key.
///
/// A bare signature does not say how it was made, and what a sender says about
/// it is not evidence. The relying party fixes one scheme for each kind of key;
/// a signature that was made under another one does not verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawSchemes {
    rsa: Option<SignatureScheme>,
    p256: Option<SignatureScheme>,
    p384: Option<SignatureScheme>,
}

impl RawSchemes {
    /// What cards make: PKCS #1 v1.5 with SHA-256 on RSA, and on elliptic
    /// curves ECDSA in DER with the digest of the curve's strength.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            rsa: Some(SignatureScheme::RSA_PKCS1_SHA256),
            p256: Some(SignatureScheme::ECDSA_P256_SHA256),
            p384: Some(SignatureScheme::ECDSA_P384_SHA384),
        }
    }

    /// This scheme, and no other kind of key than its own.
    #[must_use]
    pub const fn only(scheme: SignatureScheme) -> Self {
        Self {
            rsa: None,
            p256: None,
            p384: None,
        }
        .with(scheme)
    }

    /// These schemes, with `scheme` for its kind of key: RSASSA-PSS, another
    /// digest, or r‖s instead of DER.
    #[must_use]
    pub const fn with(mut self, scheme: SignatureScheme) -> Self {
        match scheme.key() {
            KeyKind::Rsa => self.rsa = Some(scheme),
            KeyKind::P256 => self.p256 = Some(scheme),
            KeyKind::P384 => self.p384 = Some(scheme),
        }
        self
    }

    /// The scheme for this kind of key.
    #[must_use]
    pub const fn of(&self, key: KeyKind) -> Option<SignatureScheme> {
        match key {
            KeyKind::Rsa => self.rsa,
            KeyKind::P256 => self.p256,
            KeyKind::P384 => self.p384,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_replaces_that_of_its_kind_of_key_alone() {
        let schemes = RawSchemes::standard().with(SignatureScheme::RSA_PSS_SHA256);
        assert_eq!(
            schemes.of(KeyKind::Rsa),
            Some(SignatureScheme::RSA_PSS_SHA256)
        );
        assert_eq!(
            schemes.of(KeyKind::P384),
            RawSchemes::standard().of(KeyKind::P384)
        );
        let only = RawSchemes::only(SignatureScheme::RSA_PSS_SHA256);
        assert_eq!(only.of(KeyKind::Rsa), Some(SignatureScheme::RSA_PSS_SHA256));
        assert_eq!(only.of(KeyKind::P256), None);
        assert_eq!(only.of(KeyKind::P384), None);
    }
}
