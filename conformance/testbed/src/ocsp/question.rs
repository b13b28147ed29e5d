//! What a responder is asked.

use crate::element::Element;
use crate::{Authority, CertificateId, Hash, der, oid};

/// A request as a responder reads it (RFC 6960, 4.1.1): which certificates, and the
/// nonce. Who signed it, if anybody, is nothing to it.
#[derive(Clone, PartialEq, Eq)]
pub struct OcspQuestion {
    certificates: Vec<(Hash, Vec<u8>, Vec<u8>)>,
    nonce: Option<Vec<u8>>,
}

impl OcspQuestion {
    /// Reads a request in DER; `None` if it is none, or names issuers by another hash
    /// than SHA-1 and SHA-256.
    #[must_use]
    pub fn read(der: &[u8]) -> Option<Self> {
        let outer = Element::within(der)?;
        let fields = Element::all(outer.first()?.content)?;
        let list = fields
            .iter()
            .find(|field| field.tag == der::tag::SEQUENCE)?;
        let requests = Element::all(list.content)?;
        let certificates = requests.iter().map(certificate).collect::<Option<_>>()?;
        let extensions = fields.iter().find(|field| field.tag == EXTENSIONS);
        let nonce = match extensions {
            Some(explicit) => nonce(explicit.content)?,
            None => None,
        };
        Some(Self {
            certificates,
            nonce,
        })
    }

    /// The serial numbers, as unsigned magnitudes, of those certificates that this CA
    /// issued, each with the CertID to answer under.
    #[must_use]
    pub fn about(&self, authority: &Authority) -> Vec<(Vec<u8>, CertificateId)> {
        let public = authority.key().public_bits();
        let is_own = |(hash, key, _): &&(Hash, Vec<u8>, Vec<u8>)| hash.digest(&public) == *key;
        let own = self.certificates.iter().filter(is_own);
        own.map(|(hash, _, serial)| {
            let id = CertificateId::new(*hash, authority, serial);
            (serial.clone(), id)
        })
        .collect()
    }

    /// How many certificates it is about.
    #[must_use]
    pub fn count(&self) -> usize {
        self.certificates.len()
    }

    /// The nonce, to be repeated.
    #[must_use]
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }
}

/// requestExtensions.
const EXTENSIONS: u8 = der::tag::constructed(2);

/// The hash, issuerKeyHash and serial number of a Request.
fn certificate(request: &Element<'_>) -> Option<(Hash, Vec<u8>, Vec<u8>)> {
    let request = Element::all(request.content)?;
    let id = Element::all(request.first()?.content)?;
    let [algorithm, _, key, serial] = &id[..] else {
        return None;
    };
    let algorithm = Element::all(algorithm.content)?;
    let arcs = algorithm.first()?.whole;
    let mut known = [Hash::Sha1, Hash::Sha256].into_iter();
    let hash = known.find(|hash| der::oid(hash.oid()) == arcs)?;
    let serial = serial.content.iter().copied();
    let serial = serial.skip_while(|octet| *octet == 0).collect();
    Some((hash, key.content.to_vec(), serial))
}

/// The nonce among Extensions: an OCTET STRING within that of the extension
/// (RFC 9654, 2.1).
fn nonce(extensions: &[u8]) -> Option<Option<Vec<u8>>> {
    for extension in Element::within(extensions)? {
        let fields = Element::all(extension.content)?;
        if fields.first()?.whole == der::oid(oid::OCSP_NONCE) {
            let value = Element::all(fields.last()?.content)?;
            return Some(Some(value.first()?.content.to_vec()));
        }
    }
    Some(None)
}

// Serial numbers are somebody's.
impl std::fmt::Debug for OcspQuestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OcspQuestion")
            .field("certificates", &self.certificates.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Generation, Kind, Testbed};

    fn request(id: &CertificateId, nonce: &[u8]) -> Vec<u8> {
        let list = der::sequence([der::sequence([id.to_der()])]);
        let value = der::octets(der::octets(nonce));
        let extension = der::sequence([der::oid(oid::OCSP_NONCE), value]);
        let extensions = der::explicit(2, der::sequence([extension]));
        der::sequence([der::sequence([list, extensions])])
    }

    #[test]
    fn a_question_is_about_the_certificates_of_one_authority() {
        let testbed = Testbed::from_seed(1, 1_800_000_000).algorithm(crate::Algorithm::P256);
        let [one, other] = [Kind::Signing, Kind::Authentication]
            .map(|kind| testbed.authority(kind, Generation::Third));
        for hash in [Hash::Sha1, Hash::Sha256] {
            // The highest bit is set, so the encoding has an octet more.
            let id = CertificateId::new(hash, one, &[0x9E, 1]);
            let question = OcspQuestion::read(&request(&id, b"nonce")).unwrap();
            let about = question.about(one);
            assert_eq!(about.len(), 1);
            assert_eq!(
                (&about[0].0[..], about[0].1.to_der()),
                (&[0x9E, 1][..], id.to_der())
            );
            assert!(question.about(other).is_empty());
            assert_eq!(question.nonce(), Some(&b"nonce"[..]));
            assert_eq!(
                format!("{question:?}"),
                "OcspQuestion { certificates: 1, .. }"
            );
        }
    }

    #[test]
    fn what_is_cut_off_is_no_question() {
        let testbed = Testbed::from_seed(1, 1_800_000_000).algorithm(crate::Algorithm::P256);
        let authority = testbed.authority(Kind::Signing, Generation::Third);
        let whole = request(&CertificateId::new(Hash::Sha1, authority, &[1]), b"n");
        assert!(OcspQuestion::read(&whole).is_some());
        for length in 0..whole.len() {
            assert!(OcspQuestion::read(&whole[..length]).is_none(), "{length}");
        }
        let md5 = CertificateId::new(Hash::Sha1, authority, &[1])
            .algorithm(der::algorithm_null(&[1, 2, 840, 113549, 2, 5]));
        assert!(OcspQuestion::read(&request(&md5, b"n")).is_none());
    }
}
