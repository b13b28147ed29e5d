//! What document signers' certificates and their roots must look like
//! (ISO/IEC 18013-5, annex B).

use const_oid::ObjectIdentifier;

use crate::asn1::{self, Reader};
use crate::certificate::{Certificate, ExtensionPresence};
use crate::code::Code;
use crate::trust::Anchor;
use crate::x509::{AuthorityKeyRule, ExtendedKeyUsageRule, KeyUsageRule, LeafProfile, PolicyRule};

/// The profile of the certificates of one issuer's document signers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CertificateProfile {
    /// Annex B to the letter, as for mobile driving licences.
    StrictMdl,
    /// The card of the My Number system in a phone: annex B, issued in Japan.
    /// Whether its certificates name an alternative of their issuer is not
    /// published, so that is not demanded.
    JpMnc,
    /// A certificate by the root, and nothing else: for documents of foreign
    /// software that is not held to annex B. Any leaf of that root then counts
    /// as a document signer, its web servers too.
    DangerAnyLeaf,
}

/// ISO/IEC 18013-5, B.1.4: signs mobile security objects.
const DOCUMENT_SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.18013.5.1.2");

const COUNTRY: &[u8] = &[0x55, 0x04, 0x06];
const STATE_OR_PROVINCE: &[u8] = &[0x55, 0x04, 0x08];

impl CertificateProfile {
    /// The word by which command lines and reports call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StrictMdl => "strict-mdl",
            Self::JpMnc => "jp-mnc",
            Self::DangerAnyLeaf => "danger-any-leaf",
        }
    }

    /// What the one-hop check demands of a document signer.
    pub(crate) fn leaf(self) -> LeafProfile {
        let strict = self != Self::DangerAnyLeaf;
        LeafProfile {
            name: format!("mdoc-{}", self.as_str()),
            authority_key: if strict {
                AuthorityKeyRule::Required
            } else {
                AuthorityKeyRule::DangerOptional
            },
            key_usage: if strict {
                KeyUsageRule::AnswersChallenges
            } else {
                KeyUsageRule::DangerAnyLeaf
            },
            extended_key_usage: if strict {
                ExtendedKeyUsageRule::Exactly(DOCUMENT_SIGNER)
            } else {
                ExtendedKeyUsageRule::DangerAny
            },
            policies: PolicyRule::DangerAny,
        }
    }

    /// What annex B demands of a document signer beyond that.
    pub(crate) fn check(self, signer: &Certificate<'_>, root: &Anchor) -> Result<(), Code> {
        if self == Self::DangerAnyLeaf {
            return Ok(());
        }
        let found = signer.extensions().presence();
        if found.forbidden_for_mdocs {
            return Err(Code::MdocForbiddenExtension);
        }
        if !self.is_complete(found)
            || !found.key_usage_critical
            || !found.extended_key_usage_critical
        {
            return Err(Code::MdocCertificateProfile);
        }
        self.check_places(signer.subject().der(), root.subject())
    }

    /// Whether a root may stand over document signers of this profile.
    pub(crate) fn check_root(self, root: &Anchor) -> Result<(), Code> {
        if self == Self::DangerAnyLeaf {
            return Ok(());
        }
        let unfit = Code::TrustAnchor;
        let certificate = Certificate::from_der(root.der()).map_err(|_| unfit)?;
        let extensions = certificate.extensions();
        let found = extensions.presence();
        let sound = found.key_usage_critical
            && found.basic_constraints_critical
            && self.root_is_complete(found)
            && !found.forbidden_for_mdocs
            && root.signs_lists()
            && extensions.issues_leaves_only()?;
        if sound && self.accepts_countries(&attributes(root.subject(), COUNTRY)) {
            Ok(())
        } else {
            Err(unfit)
        }
    }

    fn is_complete(self, found: ExtensionPresence) -> bool {
        let named_issuer = found.issuer_alt_name || self == Self::JpMnc;
        found.subject_key && found.distribution_points && named_issuer
    }

    /// Which of these the root over My Number Cards has is not published, but for
    /// the name of its key.
    fn root_is_complete(self, found: ExtensionPresence) -> bool {
        let annex_b = found.distribution_points && found.issuer_alt_name;
        found.subject_key && (annex_b || self == Self::JpMnc)
    }

    fn check_places(self, signer: &[u8], root: &[u8]) -> Result<(), Code> {
        let countries = attributes(signer, COUNTRY);
        if !self.accepts_countries(&countries) || countries != attributes(root, COUNTRY) {
            return Err(Code::MdocCountry);
        }
        if attributes(signer, STATE_OR_PROVINCE) != attributes(root, STATE_OR_PROVINCE) {
            return Err(Code::MdocStateOrProvince);
        }
        Ok(())
    }

    fn accepts_countries(self, countries: &[&[u8]]) -> bool {
        match (self, countries) {
            (Self::DangerAnyLeaf, _) => true,
            (Self::JpMnc, [country]) => *country == b"JP",
            (Self::StrictMdl, [country]) => {
                country.len() == 2 && country.iter().all(u8::is_ascii_uppercase)
            }
            (Self::JpMnc | Self::StrictMdl, _) => false,
        }
    }
}

/// The values of all attributes of this type in a name; none of a name that
/// cannot be read.
fn attributes<'a>(name: &'a [u8], oid: &[u8]) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    match take_attributes(name, oid, &mut found) {
        Ok(()) => found,
        Err(_) => Vec::new(),
    }
}

fn take_attributes<'a>(name: &'a [u8], oid: &[u8], found: &mut Vec<&'a [u8]>) -> Result<(), Code> {
    let mut rdns = Reader::only(name, asn1::SEQUENCE, Code::InputCertificate)?;
    while !rdns.is_empty() {
        let mut rdn = rdns.nested(asn1::SET)?;
        while !rdn.is_empty() {
            let mut attribute = rdn.nested(asn1::SEQUENCE)?;
            let is_it = attribute.oid()? == oid;
            let value = attribute.any()?.contents;
            if is_it {
                found.push(value);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::testing::tlv;

    fn name(attributes: &[(&[u8], &str)]) -> Vec<u8> {
        let attributes = attributes.iter().map(|(oid, value)| {
            let value = tlv(0x13, &[value.as_bytes().to_vec()]);
            let attribute = tlv(0x30, &[tlv(0x06, &[oid.to_vec()]), value]);
            tlv(0x31, &[attribute])
        });
        tlv(0x30, &attributes.collect::<Vec<_>>())
    }

    #[test]
    fn signer_and_root_are_of_one_place() {
        const JP: (&[u8], &str) = (COUNTRY, "JP");
        const TOKYO: (&[u8], &str) = (STATE_OR_PROVINCE, "Tokyo");
        let (mdl, japan) = (CertificateProfile::StrictMdl, CertificateProfile::JpMnc);
        for (profile, signer, root, outcome) in [
            (mdl, &[JP][..], &[JP][..], Ok(())),
            (mdl, &[JP, TOKYO], &[JP, TOKYO], Ok(())),
            (japan, &[JP], &[JP], Ok(())),
            (mdl, &[JP], &[(COUNTRY, "FR")], Err(Code::MdocCountry)),
            (mdl, &[JP, JP], &[JP], Err(Code::MdocCountry)),
            (mdl, &[], &[], Err(Code::MdocCountry)),
            (
                mdl,
                &[(COUNTRY, "jp")],
                &[(COUNTRY, "jp")],
                Err(Code::MdocCountry),
            ),
            (
                japan,
                &[(COUNTRY, "FR")],
                &[(COUNTRY, "FR")],
                Err(Code::MdocCountry),
            ),
            (mdl, &[JP, TOKYO], &[JP], Err(Code::MdocStateOrProvince)),
            (mdl, &[JP], &[JP, TOKYO], Err(Code::MdocStateOrProvince)),
            (
                mdl,
                &[JP, TOKYO, TOKYO],
                &[JP],
                Err(Code::MdocStateOrProvince),
            ),
        ] {
            let places = profile.check_places(&name(signer), &name(root));
            assert_eq!(places, outcome, "{signer:?} under {root:?}");
        }
    }
}
