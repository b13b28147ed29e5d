//! What a certificate must look like to be issued: a profile, as data.

use const_oid::ObjectIdentifier;

use crate::certificate::{Extensions, KeyUsage};
use crate::code::Code;

/// The rules for the leaf of a one-hop path.
///
/// Every rule is stated; there is no default that permits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeafProfile {
    /// The name under which reports mention the profile.
    pub name: String,
    /// How the leaf names its issuer's key.
    pub authority_key: AuthorityKeyRule,
    /// What the key may be used for.
    pub key_usage: KeyUsageRule,
    /// What else the key may be used for.
    pub extended_key_usage: ExtendedKeyUsageRule,
    /// Under which policy it was issued.
    pub policies: PolicyRule,
}

/// Whether the authority key identifier must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorityKeyRule {
    /// It must, with a key identifier.
    Required,
    /// It need not; anchors of the issuer's name are then tried one by one.
    DangerOptional,
}

/// Which key usages are accepted (RFC 5280, 4.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyUsageRule {
    /// Exactly `digitalSignature` and `nonRepudiation`: signs documents.
    SignsDocuments,
    /// Exactly `digitalSignature`: answers challenges.
    AnswersChallenges,
    /// Absent, or one that signs other things than certificates and lists:
    /// answers about revocation.
    SignsResponses,
    /// Absent or anything but signing certificates and lists.
    DangerAnyLeaf,
}

/// Which extended key usages are accepted (RFC 5280, 4.2.1.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExtendedKeyUsageRule {
    /// The extension is absent.
    Absent,
    /// Exactly this purpose. `anyExtendedKeyUsage` does not satisfy it.
    Exactly(ObjectIdentifier),
    /// Absent or anything.
    DangerAny,
}

/// Which certificate policies are accepted (RFC 5280, 4.2.1.4).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyRule {
    /// One of these. `anyPolicy` does not satisfy it.
    AnyOf(Vec<ObjectIdentifier>),
    /// Any or none.
    DangerAny,
}

impl KeyUsageRule {
    pub(crate) fn check(self, extensions: &Extensions<'_>) -> Result<(), Code> {
        let usage = extensions.key_usage()?;
        let satisfied = match self {
            Self::SignsDocuments => {
                usage == Some(KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION))
            }
            Self::AnswersChallenges => usage == Some(KeyUsage::DIGITAL_SIGNATURE),
            Self::SignsResponses => usage.is_none_or(|u| {
                let signs = u.contains(KeyUsage::DIGITAL_SIGNATURE)
                    || u.contains(KeyUsage::NON_REPUDIATION);
                signs && !u.contains(KeyUsage::KEY_CERT_SIGN) && !u.contains(KeyUsage::CRL_SIGN)
            }),
            Self::DangerAnyLeaf => usage.is_none_or(|u| {
                !u.contains(KeyUsage::KEY_CERT_SIGN) && !u.contains(KeyUsage::CRL_SIGN)
            }),
        };
        if satisfied {
            Ok(())
        } else {
            Err(Code::X509KeyUsage)
        }
    }
}

impl ExtendedKeyUsageRule {
    pub(crate) fn check(self, extensions: &Extensions<'_>) -> Result<(), Code> {
        let purposes = extensions.extended_key_usage()?;
        let satisfied = match (self, purposes.as_deref()) {
            (Self::Absent, None) | (Self::DangerAny, _) => true,
            (Self::Exactly(wanted), Some([only])) => *only == wanted.as_bytes(),
            _ => false,
        };
        if satisfied {
            Ok(())
        } else {
            Err(Code::X509ExtendedKeyUsage)
        }
    }
}

impl PolicyRule {
    /// The policy that satisfied the rule, if the rule demands one.
    pub(crate) fn check(
        &self,
        extensions: &Extensions<'_>,
    ) -> Result<Option<ObjectIdentifier>, Code> {
        let stated = extensions.policies()?;
        match self {
            Self::DangerAny => Ok(None),
            Self::AnyOf(allowed) => allowed
                .iter()
                .find(|policy| stated.contains(&policy.as_bytes()))
                .copied()
                .map(Some)
                .ok_or(Code::JpkiPolicy),
        }
    }
}
