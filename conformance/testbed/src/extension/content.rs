//! What the known extensions hold.

use super::Extension;
use crate::{GeneralName, der, oid};

impl Extension {
    /// keyUsage with these bits (0 digitalSignature, 1 nonRepudiation,
    /// 5 keyCertSign, 6 cRLSign); critical.
    #[must_use]
    pub fn key_usage(bits: &[u8]) -> Self {
        Self::new(oid::KEY_USAGE, der::named_bits(bits)).critical()
    }

    /// extKeyUsage with these purposes.
    #[must_use]
    pub fn extended_key_usage(purposes: &[&[u64]]) -> Self {
        let purposes = purposes.iter().map(|purpose| der::oid(purpose));
        Self::new(oid::EXTENDED_KEY_USAGE, der::sequence(purposes))
    }

    /// basicConstraints; critical.
    #[must_use]
    pub fn basic_constraints(ca: bool, path_length: Option<u64>) -> Self {
        let ca = if ca { der::boolean(true) } else { Vec::new() };
        let path_length = path_length.map(der::small).unwrap_or_default();
        Self::new(oid::BASIC_CONSTRAINTS, der::sequence([ca, path_length])).critical()
    }

    /// subjectAltName.
    #[must_use]
    pub fn subject_alt_name(names: &[GeneralName]) -> Self {
        Self::new(oid::SUBJECT_ALT_NAME, der::sequence(names))
    }

    /// issuerAltName.
    #[must_use]
    pub fn issuer_alt_name(names: &[GeneralName]) -> Self {
        Self::new(oid::ISSUER_ALT_NAME, der::sequence(names))
    }

    /// certificatePolicies with policies of the form [`policy`]; critical, as JPKI has it.
    #[must_use]
    pub fn certificate_policies(policies: &[Vec<u8>]) -> Self {
        Self::new(oid::CERTIFICATE_POLICIES, der::sequence(policies)).critical()
    }

    /// cRLDistributionPoints, one point of one fullName for each name.
    #[must_use]
    pub fn crl_distribution_points(names: &[GeneralName]) -> Self {
        let points: Vec<_> = names
            .iter()
            .map(|name| distribution_point(std::slice::from_ref(name)))
            .collect();
        Self::distribution_points(&points)
    }

    /// cRLDistributionPoints of any encoded points, see [`distribution_point`].
    #[must_use]
    pub fn distribution_points(points: &[Vec<u8>]) -> Self {
        Self::new(oid::CRL_DISTRIBUTION_POINTS, der::sequence(points))
    }

    /// freshestCRL, one point for each name.
    #[must_use]
    pub fn freshest_crl(names: &[GeneralName]) -> Self {
        let value = Self::crl_distribution_points(names).value;
        Self::new(oid::FRESHEST_CRL, value)
    }

    /// authorityInfoAccess with the URL of a responder.
    #[must_use]
    pub fn responder(url: &str) -> Self {
        let access = der::sequence([der::oid(oid::OCSP), GeneralName::uri(url).to_der()]);
        Self::new(oid::AUTHORITY_INFO_ACCESS, der::sequence([access]))
    }

    /// authorityKeyIdentifier with the key identifier alone.
    #[must_use]
    pub fn authority_key_id(key_id: &[u8]) -> Self {
        Self::authority(Some(key_id), None)
    }

    /// authorityKeyIdentifier of any combination: key identifier, and the issuer's
    /// name with the content octets of its serial number.
    #[must_use]
    pub fn authority(key_id: Option<&[u8]>, issuer: Option<(&[GeneralName], &[u8])>) -> Self {
        let key_id = key_id.map(|id| der::implicit(0, id)).unwrap_or_default();
        let (names, serial) = issuer
            .map(|(names, serial)| {
                (
                    der::explicit(1, der::concat(names)),
                    der::implicit(2, serial),
                )
            })
            .unwrap_or_default();
        Self::new(
            oid::AUTHORITY_KEY_IDENTIFIER,
            der::sequence([key_id, names, serial]),
        )
    }

    /// subjectKeyIdentifier.
    #[must_use]
    pub fn subject_key_id(key_id: &[u8]) -> Self {
        Self::new(oid::SUBJECT_KEY_IDENTIFIER, der::octets(key_id))
    }

    /// cRLNumber.
    #[must_use]
    pub fn crl_number(number: u64) -> Self {
        Self::new(oid::CRL_NUMBER, der::small(number))
    }

    /// deltaCRLIndicator with the number of the base; critical.
    #[must_use]
    pub fn delta_crl_indicator(base: u64) -> Self {
        Self::new(oid::DELTA_CRL_INDICATOR, der::small(base)).critical()
    }

    /// reasonCode of a list's entry, also of a number that means nothing.
    #[must_use]
    pub fn reason_code(reason: u8) -> Self {
        Self::new(oid::REASON_CODE, der::enumerated(reason))
    }

    /// invalidityDate of a list's entry.
    #[must_use]
    pub fn invalidity_date(seconds: i64) -> Self {
        Self::new(oid::INVALIDITY_DATE, der::generalized_time(seconds))
    }

    /// certificateIssuer of a list's entry; critical.
    #[must_use]
    pub fn certificate_issuer(names: &[GeneralName]) -> Self {
        Self::new(oid::CERTIFICATE_ISSUER, der::sequence(names)).critical()
    }

    /// expiredCertsOnCRL of a list.
    #[must_use]
    pub fn expired_certs_on_crl(since: i64) -> Self {
        Self::new(oid::EXPIRED_CERTS_ON_CRL, der::generalized_time(since))
    }
}

/// PolicyInformation, with a CPS qualifier where a URL is given.
#[must_use]
pub fn policy(arcs: &[u64], cps: Option<&str>) -> Vec<u8> {
    let qualifiers = cps
        .map(|url| der::sequence([der::sequence([der::oid(oid::CPS_QUALIFIER), der::ia5(url)])]));
    der::sequence([der::oid(arcs), qualifiers.unwrap_or_default()])
}

/// DistributionPoint with a fullName of these names and neither reasons nor cRLIssuer.
#[must_use]
pub fn distribution_point(names: &[GeneralName]) -> Vec<u8> {
    der::sequence([der::explicit(0, der::explicit(0, der::concat(names)))])
}
