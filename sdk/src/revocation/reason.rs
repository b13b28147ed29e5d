//! Why a certificate was revoked (RFC 5280, 5.3.1).

use crate::code::Code;

/// The reason for a revocation, as the issuer codes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// 0, or no reason given.
    Unspecified,
    /// 1: the key is compromised.
    KeyCompromise,
    /// 2: the issuer's key is compromised.
    CaCompromise,
    /// 3: what the certificate states has changed.
    AffiliationChanged,
    /// 4: replaced by another certificate.
    Superseded,
    /// 5: no longer needed.
    CessationOfOperation,
    /// 6: on hold, which is never released.
    CertificateHold,
    /// 8: taken off the list. It has no place on a complete list.
    RemoveFromCrl,
    /// 9: a privilege was withdrawn.
    PrivilegeWithdrawn,
    /// 10: the attribute authority is compromised.
    AaCompromise,
    /// A number that no standard names.
    Unknown(u8),
}

impl Reason {
    /// The reason of this number.
    #[must_use]
    pub const fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            8 => Self::RemoveFromCrl,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            unknown => Self::Unknown(unknown),
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::RemoveFromCrl => 8,
            Self::PrivilegeWithdrawn => 9,
            Self::AaCompromise => 10,
            Self::Unknown(number) => number,
        }
    }

    /// Its name in RFC 5280, 5.3.1; `unknown` if it has none.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::RemoveFromCrl => "removeFromCRL",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
            Self::Unknown(_) => "unknown",
        }
    }

    /// The code with which a certificate revoked for this reason is refused.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Unspecified => Code::RevokedUnspecified,
            Self::KeyCompromise => Code::RevokedKeyCompromise,
            Self::CaCompromise => Code::RevokedCaCompromise,
            Self::AffiliationChanged => Code::RevokedAffiliationChanged,
            Self::Superseded => Code::RevokedSuperseded,
            Self::CessationOfOperation => Code::RevokedCessationOfOperation,
            Self::CertificateHold => Code::RevokedCertificateHold,
            Self::RemoveFromCrl => Code::RevokedRemoveFromCrl,
            Self::PrivilegeWithdrawn => Code::RevokedPrivilegeWithdrawn,
            Self::AaCompromise => Code::RevokedAaCompromise,
            Self::Unknown(_) => Code::RevokedUnknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::CheckId;

    #[test]
    fn every_number_is_a_refusal() {
        for number in 0..=u8::MAX {
            let reason = Reason::from_number(number);
            assert_eq!(reason.number(), number);
            assert_eq!(reason.code().check(), CheckId::NotRevoked);
            let named = matches!(number, 0..=6 | 8..=10);
            assert_eq!(reason.code() != Code::RevokedUnknown, named, "{number}");
        }
    }
}
