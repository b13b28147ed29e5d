//! What document signers' certificates and their roots must look like
//! (ISO/IEC 18013-5, annex B).

use const_oid::ObjectIdentifier;

use crate::asn1::{self, Reader};
use crate::certificate::{Certificate, ExtensionPresence, Name};
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
        self.check_places(signer.subject(), root.subject())
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
            && found.subject_key
            && !found.forbidden_for_mdocs
            && root.signs_lists()
            && extensions.issues_leaves_only()?;
        let country = attribute(root.subject(), COUNTRY).ok_or(unfit)?;
        if sound && self.accepts_country(country) {
            Ok(())
        } else {
            Err(unfit)
        }
    }

    fn is_complete(self, found: ExtensionPresence) -> bool {
        let named_issuer = found.issuer_alt_name || self == Self::JpMnc;
        found.subject_key && found.distribution_points && named_issuer
    }

    fn check_places(self, signer: Name<'_>, root: &[u8]) -> Result<(), Code> {
        let country = attribute(signer.der(), COUNTRY);
        if country.is_none_or(|c| !self.accepts_country(c)) || country != attribute(root, COUNTRY) {
            return Err(Code::MdocCountry);
        }
        if attribute(signer.der(), STATE_OR_PROVINCE) != attribute(root, STATE_OR_PROVINCE) {
            return Err(Code::MdocStateOrProvince);
        }
        Ok(())
    }

    fn accepts_country(self, country: &[u8]) -> bool {
        match self {
            Self::JpMnc => country == b"JP",
            Self::StrictMdl => country.len() == 2 && country.iter().all(u8::is_ascii_uppercase),
            Self::DangerAnyLeaf => true,
        }
    }
}

/// The value of the one attribute of this type in a name, if there is one.
fn attribute<'a>(name: &'a [u8], oid: &[u8]) -> Option<&'a [u8]> {
    let unreadable = Code::InputCertificate;
    let mut rdns = Reader::only(name, asn1::SEQUENCE, unreadable).ok()?;
    let mut found = None;
    while !rdns.is_empty() {
        let mut rdn = rdns.nested(asn1::SET).ok()?;
        while !rdn.is_empty() {
            let mut attribute = rdn.nested(asn1::SEQUENCE).ok()?;
            let is_it = attribute.oid().ok()? == oid;
            let value = attribute.any().ok()?.contents;
            if is_it && found.replace(value).is_some() {
                return None;
            }
        }
    }
    found
}
