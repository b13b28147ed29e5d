//! Authorities: of issuers (IACA), of readers and of status lists.

use crate::{
    CertificateBuilder, Credential, CrlBuilder, Extension, Extensions, GeneralName, Hash,
    IssuingDistributionPoint, KeyPair, Name, calendar::DAY, der, oid,
};

/// A root of one of the three kinds, by the certificate profiles of ISO/IEC 18013-5,
/// Annex B. What it issues is handed out before it is signed.
///
/// ```
/// use tashika_testbed::{Algorithm, Extension, KeyPair, Rng, oid, mdoc::Authority};
///
/// let key = |seed, algorithm| KeyPair::generate(algorithm, &mut Rng::from_seed(seed));
/// let root = Authority::japan(key(1, Algorithm::P384), 1_800_000_000);
/// let signer = key(2, Algorithm::P256);
/// // All is right, but the purpose is that of a reader.
/// let certificate = root
///     .document_signer(&signer)
///     .extension(Extension::extended_key_usage(&[oid::MDL_READER]).critical())
///     .sign(root.key());
/// let credential = root.credential(signer, certificate);
/// assert_eq!(credential.issuer(), root.name().to_der());
/// ```
#[derive(Clone, Debug)]
pub struct Authority {
    place: Name,
    name: Name,
    key: KeyPair,
    now: i64,
    site: String,
    certificate: Vec<u8>,
}

impl Authority {
    /// An IACA in the shape of the published root of the My Number Card's mdoc, under
    /// a name that nobody mistakes for it. That root's key is on P-384.
    #[must_use]
    pub fn japan(key: KeyPair, now: i64) -> Self {
        let organization = "TEST Agency for Local Authority Information Systems TEST";
        let place = Name::new().country("JP").organization(organization);
        let name = place.clone().common_name("TEST mncmdocRootCA");
        Self::new(place, name, "mdoc-iaca.test.example", key, now)
    }

    /// An IACA for driving licences of a state of the United States.
    #[must_use]
    pub fn mdl(key: KeyPair, now: i64) -> Self {
        let place = Name::new()
            .country("US")
            .attribute(oid::STATE_OR_PROVINCE, &der::utf8("US-TEST"));
        let name = place.clone().common_name("TEST mDL IACA");
        Self::new(place, name, "mdl-iaca.test.example", key, now)
    }

    /// An authority of readers.
    #[must_use]
    pub fn readers(key: KeyPair, now: i64) -> Self {
        let place = Name::new().country("JP");
        let name = place.clone().common_name("TEST Reader CA");
        Self::new(place, name, "reader-ca.test.example", key, now)
    }

    /// An authority of status lists, which is none of the IACAs.
    #[must_use]
    pub fn status(key: KeyPair, now: i64) -> Self {
        let place = Name::new().country("JP");
        let name = place.clone().common_name("TEST Status CA");
        Self::new(place, name, "status-ca.test.example", key, now)
    }

    /// Any root. `place` are the RDNs that the names of what it issues begin with;
    /// `site` is the host of its distribution point; `now` in unix seconds is what
    /// validities stand around.
    #[must_use]
    pub fn new(place: Name, name: Name, site: &str, key: KeyPair, now: i64) -> Self {
        let mut authority = Self {
            place,
            name,
            key,
            now,
            site: site.to_owned(),
            certificate: Vec::new(),
        };
        authority.certificate = authority.root().sign(&authority.key);
        authority
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Its private key.
    #[must_use]
    pub fn key(&self) -> &KeyPair {
        &self.key
    }

    /// Its self-signed certificate in DER: the anchor.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The URL of its revocation list, which every certificate of it points to.
    #[must_use]
    pub fn distribution_point(&self) -> String {
        format!("https://{}/certificate/latest/list.crl", self.site)
    }

    /// The same authority under another certificate, which is its defect.
    #[must_use]
    pub fn with_certificate(&self, certificate: Vec<u8>) -> Self {
        Self {
            certificate,
            ..self.clone()
        }
    }

    /// Its own certificate before it is signed: valid from a year ago for five years
    /// (Table B.1).
    #[must_use]
    pub fn root(&self) -> CertificateBuilder {
        let key_id = self.key.key_id();
        CertificateBuilder::new(&self.name, &self.key)
            .serial(&serial(&self.key))
            .validity(self.now - 365 * DAY, self.now + 4 * 365 * DAY)
            .extension(Extension::key_usage(&[5, 6]))
            .extension(Extension::basic_constraints(true, Some(0)))
            .extension(Extension::subject_key_id(&key_id))
            .extension(Extension::authority_key_id(&key_id))
            .extensions(|list| self.set_contact(list))
    }

    /// A document signer's certificate before it is signed: valid from a month ago for
    /// 457 days (Table B.3).
    #[must_use]
    pub fn document_signer(&self, key: &KeyPair) -> CertificateBuilder {
        let purpose = Extension::extended_key_usage(&[oid::MDL_DOCUMENT_SIGNER]).critical();
        self.leaf("TEST Document Signer", key).extension(purpose)
    }

    /// A reader's certificate before it is signed, for these host names (Table B.7, and
    /// the subjectAltName that `x509_san_dns` of OpenID4VP asks for).
    #[must_use]
    pub fn reader(&self, key: &KeyPair, hosts: &[&str]) -> CertificateBuilder {
        let names: Vec<_> = hosts.iter().map(|host| GeneralName::dns(host)).collect();
        self.leaf("TEST Reader", key)
            .extension(Extension::extended_key_usage(&[oid::MDL_READER]).critical())
            .extension(Extension::subject_alt_name(&names))
    }

    /// The certificate of a signer of status lists before it is signed. No extended key
    /// usage: that of the standard has no number yet.
    #[must_use]
    pub fn status_signer(&self, key: &KeyPair) -> CertificateBuilder {
        self.leaf("TEST Status Signer", key)
    }

    /// What signs with a certificate of this authority.
    #[must_use]
    pub fn credential(&self, key: KeyPair, certificate: Vec<u8>) -> Credential {
        let serial = serial(&key);
        Credential::new(key, certificate, &self.name, &serial)
    }

    /// The list of this authority before it is signed, its scope the distribution point:
    /// valid for two days.
    #[must_use]
    pub fn list(&self, number: u64, this_update: i64) -> CrlBuilder {
        let point = [GeneralName::uri(&self.distribution_point())];
        let scope = IssuingDistributionPoint::new().full_name(&point);
        self.list_without_scope(number, this_update).scope(&scope)
    }

    /// The same without issuingDistributionPoint.
    #[must_use]
    pub fn list_without_scope(&self, number: u64, this_update: i64) -> CrlBuilder {
        CrlBuilder::new(&self.name, this_update, this_update + 2 * DAY)
            .extension(Extension::authority_key_id(&self.key.key_id()))
            .number(number)
    }

    fn leaf(&self, common_name: &str, key: &KeyPair) -> CertificateBuilder {
        CertificateBuilder::new(&self.name, key)
            .subject(self.place.clone().common_name(common_name))
            .serial(&serial(key))
            .validity(self.now - 30 * DAY, self.now + 427 * DAY)
            .extension(Extension::authority_key_id(&self.key.key_id()))
            .extension(Extension::subject_key_id(&key.key_id()))
            .extension(Extension::key_usage(&[0]))
            .extensions(|list| self.set_contact(list))
    }

    /// issuerAltName and cRLDistributionPoints.
    fn set_contact<'l>(&self, list: &'l mut Extensions) -> &'l mut Extensions {
        let contact = GeneralName::uri(&format!("https://{}/", self.site));
        let point = GeneralName::uri(&self.distribution_point());
        list.set(Extension::issuer_alt_name(&[contact]))
            .set(Extension::crl_distribution_points(&[point]))
    }
}

/// The serial number of the certificate of a key: sixteen octets that nobody guesses.
fn serial(key: &KeyPair) -> Vec<u8> {
    let digest = Hash::Sha256.digest(&key.public_bits());
    // A first octet of its own keeps the length the same for every key.
    std::iter::once(0x4D)
        .chain(digest.into_iter().take(15))
        .collect()
}
