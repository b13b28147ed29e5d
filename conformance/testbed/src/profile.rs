//! The shape of JPKI certificates: names, and the extensions in their order.
//!
//! Measured on the certificates of a test card that J-LIS issued and on the
//! published roots.

use crate::{
    Extension, Extensions, GeneralName, Municipality, Name, Person, der, extension::policy, oid,
};

/// Which of the two certificates, and which of the two CAs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// 署名用.
    Signing,
    /// 利用者証明用.
    Authentication,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Signing, Self::Authentication];

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Authentication => "authentication",
        }
    }

    const fn unit(self) -> &'static str {
        match self {
            Self::Signing => "JPKI for digital signature",
            Self::Authentication => "JPKI for user authentication",
        }
    }

    const fn japanese_unit(self) -> &'static str {
        match self {
            Self::Signing => "公的個人認証サービス署名用",
            Self::Authentication => "公的個人認証サービス利用者証明用",
        }
    }
}

/// What differs from one environment to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// O of every name.
    pub organization: String,
    /// The policy of signing certificates.
    pub signing_policy: &'static [u64],
    /// The policy of authentication certificates.
    pub authentication_policy: &'static [u64],
    /// The CPS qualifier.
    pub cps: String,
    /// The responder that authentication certificates point to.
    pub responder: String,
}

impl Default for Profile {
    /// The test environment, with a responder under a name that never resolves.
    fn default() -> Self {
        Self {
            organization: "JPKI-TEST".to_owned(),
            signing_policy: oid::JPKI_SIGNING_TEST_POLICY,
            authentication_policy: oid::JPKI_AUTHENTICATION_TEST_POLICY,
            cps: "http://www.jpki.go.jp/cps.html".to_owned(),
            responder: "http://ocspauthnorm.jpki-test.invalid".to_owned(),
        }
    }
}

/// What an authority key identifier says about the issuer.
pub(crate) struct IssuerId<'a> {
    pub(crate) key_id: &'a [u8],
    pub(crate) serial: &'a [u8],
}

impl Profile {
    /// The name of a CA, which all its generations share.
    #[must_use]
    pub fn authority(&self, kind: Kind) -> Name {
        self.base(kind)
            .unit("Japan Agency for Local Authority Information Systems")
    }

    /// The distribution point of a municipality's partition.
    #[must_use]
    pub fn distribution_point(&self, kind: Kind, municipality: Municipality) -> Name {
        self.base(kind)
            .unit("CRL Distribution Points")
            .unit(municipality.prefecture)
            .common_name(&format!("{} CRLDP", municipality.name))
    }

    /// The policy of certificates of a kind.
    #[must_use]
    pub fn policy(&self, kind: Kind) -> &'static [u64] {
        match kind {
            Kind::Signing => self.signing_policy,
            Kind::Authentication => self.authentication_policy,
        }
    }

    /// The subject of a certificate.
    #[must_use]
    pub fn subject(&self, kind: Kind, municipality: Municipality, common_name: &str) -> Name {
        let country = Name::new().country("JP");
        let place = match kind {
            Kind::Signing => country
                .locality(municipality.prefecture)
                .locality(municipality.name),
            Kind::Authentication => country,
        };
        place.common_name(common_name)
    }

    /// The extensions of a root.
    pub(crate) fn root_extensions(&self, kind: Kind, key_id: &[u8]) -> Extensions {
        let own = GeneralName::directory(self.authority(kind));
        Extensions::from_iter([
            Extension::key_usage(&[5, 6]),
            Extension::subject_alt_name(&[japanese(kind)]),
            Extension::basic_constraints(true, None),
            Extension::crl_distribution_points(&[own]),
            Extension::subject_key_id(key_id),
        ])
    }

    /// The extensions of a cardholder's certificate.
    pub(crate) fn leaf_extensions(
        &self,
        kind: Kind,
        person: &Person,
        key_id: &[u8],
        issuer: &IssuerId<'_>,
    ) -> Extensions {
        let point = self.distribution_point(kind, person.municipality);
        let issuer_names = [GeneralName::directory(self.authority(kind))];
        let issuer_serial = der::unsigned_content(issuer.serial);
        let policy = policy(self.policy(kind), Some(&self.cps));

        let (usage, purpose) = match kind {
            Kind::Signing => (Extension::key_usage(&[0, 1]), subject_items(person)),
            Kind::Authentication => (
                Extension::key_usage(&[0]),
                Extension::extended_key_usage(&[oid::CLIENT_AUTH]),
            ),
        };
        let responder = match kind {
            Kind::Signing => None,
            Kind::Authentication => Some(Extension::responder(&self.responder)),
        };
        [usage, purpose]
            .into_iter()
            .chain([
                Extension::certificate_policies(&[policy]),
                Extension::issuer_alt_name(&[japanese(kind)]),
                Extension::crl_distribution_points(&[GeneralName::directory(point)]),
            ])
            .chain(responder)
            .chain([
                Extension::authority(Some(issuer.key_id), Some((&issuer_names, &issuer_serial))),
                Extension::subject_key_id(key_id),
            ])
            .collect()
    }

    fn base(&self, kind: Kind) -> Name {
        Name::new()
            .country("JP")
            .organization(&self.organization)
            .unit(kind.unit())
    }
}

/// The subjectAltName of a signing certificate: six otherName, in the order of the
/// certificates measured. To change one, change the [`Person`]; to leave one out,
/// repeat one or reorder them, make the extension from a list of names.
#[must_use]
pub fn subject_items(person: &Person) -> Extension {
    Extension::subject_alt_name(&subject_item_names(person))
}

/// The names in [`subject_items`], to edit.
#[must_use]
pub fn subject_item_names(person: &Person) -> Vec<GeneralName> {
    let items: [(&[u64], &str); 6] = [
        (oid::JPKI_NAME, &person.name),
        (oid::JPKI_BIRTH_DATE, &person.birth_date),
        (oid::JPKI_SEX, &person.sex),
        (oid::JPKI_ADDRESS, &person.address),
        (oid::JPKI_NAME_SUBSTITUTION, &person.name_substitution),
        (oid::JPKI_ADDRESS_SUBSTITUTION, &person.address_substitution),
    ];
    items
        .iter()
        .map(|(arcs, text)| GeneralName::other(arcs, &der::utf8(text)))
        .collect()
}

fn japanese(kind: Kind) -> GeneralName {
    let name = Name::new()
        .country("JP")
        .organization("公的個人認証サービス")
        .unit(kind.japanese_unit())
        .unit("地方公共団体情報システム機構");
    GeneralName::directory(name)
}
