//! Certificate profiles, as data: kind × carrier × environment.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5280::ID_KP_CLIENT_AUTH;
use serde::{Deserialize, Serialize};

use crate::certificate::Certificate;
use crate::code::Code;
use crate::error::Error;
use crate::trust::{Environment, Purpose};
use crate::x509::{AuthorityKeyRule, ExtendedKeyUsageRule, KeyUsageRule, LeafProfile, PolicyRule};

/// The two kinds of certificates, which never stand in for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 署名用: signs documents; carries name, address, date of birth and sex.
    Signing,
    /// 利用者証明用: answers login challenges; carries none of the four items.
    Authentication,
}

impl Kind {
    /// The word by which reports call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Authentication => "authentication",
        }
    }

    /// The purpose for which its anchors are trusted.
    #[must_use]
    pub const fn purpose(self) -> Purpose {
        match self {
            Self::Signing => Purpose::JpkiSigning,
            Self::Authentication => Purpose::JpkiAuthentication,
        }
    }

    /// The kind that a CA certificate in DER issues, by the unit in its name.
    ///
    /// A name proves nothing: this sorts the files of a directory, each of
    /// which then still has to be fit to be an anchor.
    ///
    /// # Errors
    /// `trust.anchor` if it is no certificate, `trust.anchor_purpose` if its
    /// name is that of neither CA.
    pub fn of_ca(der: &[u8]) -> Result<Self, Error> {
        let certificate = Certificate::from_der(der).map_err(|_| Code::TrustAnchor)?;
        let subject = certificate.subject().der();
        let states = |unit: &[u8]| subject.windows(unit.len()).any(|w| w == unit);
        let signing = states(b"JPKI for digital signature");
        let authentication = states(b"JPKI for user authentication");
        match (signing, authentication) {
            (true, false) => Ok(Self::Signing),
            (false, true) => Ok(Self::Authentication),
            _ => Err(Code::TrustAnchorPurpose.into()),
        }
    }
}

/// What carries the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Carrier {
    /// The card.
    Card,
    /// A phone. Its policies are not published: a phone is refused until the
    /// operator configures its profile.
    Phone,
}

impl Carrier {
    /// The word by which reports call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Phone => "phone",
        }
    }
}

/// One row: under this policy, certificates of this kind are issued for this
/// carrier in this environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The kind of certificate.
    pub kind: Kind,
    /// What carries the key.
    pub carrier: Carrier,
    /// Production or test.
    pub environment: Environment,
    /// The certificate policy.
    pub policy: ObjectIdentifier,
}

/// The allow-list of profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileTable {
    rows: Vec<Profile>,
}

const CARD: [(Kind, Environment, &str); 4] = [
    (
        Kind::Signing,
        Environment::Production,
        "1.2.392.200149.8.5.1.1.20",
    ),
    (
        Kind::Authentication,
        Environment::Production,
        "1.2.392.200149.8.5.1.3.30",
    ),
    (
        Kind::Signing,
        Environment::Test,
        "1.2.392.200149.8.5.1.0.20",
    ),
    (
        Kind::Authentication,
        Environment::Test,
        "1.2.392.200149.8.5.1.0.30",
    ),
];

impl ProfileTable {
    /// The card's profiles.
    #[must_use]
    pub fn standard() -> Self {
        let rows = CARD.map(|(kind, environment, policy)| Profile {
            kind,
            carrier: Carrier::Card,
            environment,
            policy: ObjectIdentifier::new_unwrap(policy),
        });
        Self { rows: rows.into() }
    }

    /// This table and one more profile, for example a phone's.
    #[must_use]
    pub fn with(mut self, profile: Profile) -> Self {
        self.rows.push(profile);
        self
    }

    /// The rules for leaves of `kind` in `environment`.
    ///
    /// # Errors
    /// `misuse.profile` if there is no row for them.
    pub fn leaf(&self, kind: Kind, environment: Environment) -> Result<LeafProfile, Error> {
        let policies: Vec<_> = self
            .rows
            .iter()
            .filter(|row| row.kind == kind && row.environment == environment)
            .map(|row| row.policy)
            .collect();
        if policies.is_empty() {
            return Err(Code::MisuseProfile.into());
        }
        let (name, key_usage, extended_key_usage) = match kind {
            Kind::Signing => (
                "jpki-signing",
                KeyUsageRule::SignsDocuments,
                ExtendedKeyUsageRule::Absent,
            ),
            Kind::Authentication => (
                "jpki-authentication",
                KeyUsageRule::AnswersChallenges,
                ExtendedKeyUsageRule::Exactly(ID_KP_CLIENT_AUTH),
            ),
        };
        Ok(LeafProfile {
            name: format!("{name}-{}", environment.as_str()),
            authority_key: AuthorityKeyRule::Required,
            key_usage,
            extended_key_usage,
            policies: PolicyRule::AnyOf(policies),
        })
    }

    /// The carrier of certificates under `policy`.
    pub(crate) fn carrier(
        &self,
        kind: Kind,
        environment: Environment,
        policy: ObjectIdentifier,
    ) -> Option<Carrier> {
        self.rows
            .iter()
            .find(|row| row.kind == kind && row.environment == environment && row.policy == policy)
            .map(|row| row.carrier)
    }
}

impl Default for ProfileTable {
    fn default() -> Self {
        Self::standard()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_unsupported_until_it_is_configured() {
        let table = ProfileTable::standard();
        assert!(table.rows.iter().all(|row| row.carrier == Carrier::Card));
        let policy = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.1.0.99");
        assert_eq!(
            table.carrier(Kind::Signing, Environment::Test, policy),
            None
        );
        let table = table.with(Profile {
            kind: Kind::Signing,
            carrier: Carrier::Phone,
            environment: Environment::Test,
            policy,
        });
        let carrier = |kind, environment| table.carrier(kind, environment, policy);
        assert_eq!(
            carrier(Kind::Signing, Environment::Test),
            Some(Carrier::Phone)
        );
        assert_eq!(carrier(Kind::Signing, Environment::Production), None);
        assert_eq!(carrier(Kind::Authentication, Environment::Test), None);
    }

    #[test]
    fn production_and_test_share_no_policy() {
        let table = ProfileTable::standard();
        let rules = |environment| table.leaf(Kind::Signing, environment).unwrap().policies;
        let (PolicyRule::AnyOf(production), PolicyRule::AnyOf(test)) =
            (rules(Environment::Production), rules(Environment::Test))
        else {
            panic!("a profile that allows any policy");
        };
        assert!(production.iter().all(|policy| !test.contains(policy)));
    }

    #[test]
    fn an_empty_table_is_misuse() {
        let table = ProfileTable { rows: Vec::new() };
        let error = table.leaf(Kind::Signing, Environment::Test).unwrap_err();
        assert_eq!(error.code(), Code::MisuseProfile);
    }
}
