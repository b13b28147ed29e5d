//! The question as it is sent (RFC 6960, 4.1).

use std::fmt;

use const_oid::db::rfc6960::ID_PKIX_OCSP_NONCE;

use crate::algorithm::IdentifierHash;
use crate::asn1::{self, Reader, write};
use crate::certificate::Certificate;
use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::revocation::RevocationQuery;
use crate::revocation::ocsp::certificate_id::{self, CertificateId};
use crate::revocation::ocsp::response::nonce;
use crate::signer::Signer;
use crate::transaction::random;

/// Octets of our nonces (RFC 9654, 2.1).
const NONCE: usize = 32;

/// A request about one certificate.
///
/// Its DER holds the serial number of the certificate: it goes into the body
/// of a POST (RFC 6960, A.1), never into a URL, and not into logs.
#[derive(Clone)]
pub struct OcspRequest {
    query: RevocationQuery,
    nonce: Option<Box<[u8]>>,
    /// `TBSRequest` without its header: everything but the requestor's name.
    requests: Vec<u8>,
    der: Vec<u8>,
}

impl OcspRequest {
    /// A request with a fresh nonce of 32 octets, which names the issuer by
    /// `hash`.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness.
    pub fn generate(query: &RevocationQuery, hash: IdentifierHash) -> Result<Self, Error> {
        Ok(Self::from_entropy(query, hash, random()?))
    }

    /// The twin of [`OcspRequest::generate`] for tests: 32 octets of the
    /// caller's own entropy.
    #[must_use]
    pub fn from_entropy(query: &RevocationQuery, hash: IdentifierHash, nonce: [u8; NONCE]) -> Self {
        Self::new(query, hash, Some(nonce))
    }

    /// A request without a nonce, for a responder that refuses them or a
    /// response that is at hand already. What comes back may be as old as the
    /// [policy](crate::revocation::OcspPolicy) allows.
    #[must_use]
    pub fn without_nonce(query: &RevocationQuery, hash: IdentifierHash) -> Self {
        Self::new(query, hash, None)
    }

    /// A request that was sent before, by whomever, an `OCSPRequest` in DER: to
    /// verify the response that was kept with it. Who signed it does not matter.
    ///
    /// # Errors
    /// `input.ocsp` if it is malformed, `revocation.ocsp_extension` if its nonce
    /// is, `revocation.query` if it does not ask about this certificate alone.
    pub fn from_der(query: &RevocationQuery, der: &[u8]) -> Result<Self, Error> {
        if der.len() > limits::OCSP {
            return Err(Code::RevocationOcspTooLarge.into());
        }
        let mut outer = Reader::only(der, asn1::SEQUENCE, Code::InputOcsp)?;
        let mut tbs = outer.nested(asn1::SEQUENCE)?;
        outer.optional(asn1::context_constructed(0))?;
        outer.finish()?;
        tbs.optional(asn1::context_constructed(0))?;
        tbs.optional(asn1::context_constructed(1))?;
        let requests = tbs.rest().to_vec();
        let mut list = tbs.nested(asn1::SEQUENCE)?;
        let mut request = list.nested(asn1::SEQUENCE)?;
        let id = CertificateId::read(&mut request)?;
        if !list.is_empty() || !id.names(query) {
            return Err(Code::RevocationQuery.into());
        }
        let nonce = match tbs.optional_nested(asn1::context_constructed(2))? {
            Some(explicit) => nonce(explicit)?,
            None => None,
        };
        tbs.finish()?;
        Ok(Self {
            query: query.clone(),
            nonce: nonce.map(Box::from),
            requests,
            der: der.to_vec(),
        })
    }

    fn new(query: &RevocationQuery, hash: IdentifierHash, nonce: Option<[u8; NONCE]>) -> Self {
        let id = certificate_id::write(query, hash);
        let request = write::element(asn1::SEQUENCE, &[&id]);
        let mut requests = write::element(asn1::SEQUENCE, &[&request]);
        if let Some(nonce) = &nonce {
            let list = write::element(asn1::SEQUENCE, &[&nonce_extension(nonce)]);
            requests.extend(write::element(asn1::context_constructed(2), &[&list]));
        }
        let tbs = write::element(asn1::SEQUENCE, &[&requests]);
        Self {
            query: query.clone(),
            nonce: nonce.map(|octets| octets.into()),
            requests,
            der: write::element(asn1::SEQUENCE, &[&tbs]),
        }
    }

    /// This request in the name of the first of `certificates`, signed by its
    /// key, for a responder that answers only those whom it knows. The others
    /// go along (RFC 6960, 4.1.2).
    ///
    /// # Errors
    /// `misuse.argument` if there is no certificate, more than
    /// [`limits::OCSP_CERTIFICATES`], or the first cannot be read; whatever
    /// the signer fails with.
    pub fn sign(mut self, signer: &dyn Signer, certificates: &[&[u8]]) -> Result<Self, Error> {
        let own = certificates.first().ok_or(Code::MisuseArgument)?;
        let own = Certificate::from_der(own).map_err(|_| Code::MisuseArgument)?;
        if certificates.len() > limits::OCSP_CERTIFICATES {
            return Err(Code::MisuseArgument.into());
        }
        let directory_name = asn1::context_constructed(4);
        let name = write::element(directory_name, &[own.subject().der()]);
        let name = write::element(asn1::context_constructed(1), &[&name]);
        let tbs = write::element(asn1::SEQUENCE, &[&name, &self.requests]);
        let signature = write::bits(&signer.sign(&tbs)?);
        let certificates = write::element(asn1::SEQUENCE, certificates);
        let certificates = write::element(asn1::context_constructed(0), &[&certificates]);
        let signed = write::element(
            asn1::SEQUENCE,
            &[signer.algorithm(), &signature, &certificates],
        );
        let signed = write::element(asn1::context_constructed(0), &[&signed]);
        self.der = write::element(asn1::SEQUENCE, &[&tbs, &signed]);
        Ok(self)
    }

    /// The certificate that is asked about.
    #[must_use]
    pub fn query(&self) -> &RevocationQuery {
        &self.query
    }

    /// `OCSPRequest` in DER: the body of a POST with the content type
    /// `application/ocsp-request`.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }
}

/// The nonce as an OCTET STRING in the OCTET STRING of an extension
/// (RFC 9654, 2.1).
fn nonce_extension(nonce: &[u8]) -> Vec<u8> {
    let value = write::element(asn1::OCTET_STRING, &[nonce]);
    write::element(
        asn1::SEQUENCE,
        &[
            &write::element(asn1::OID, &[ID_PKIX_OCSP_NONCE.as_bytes()]),
            &write::element(asn1::OCTET_STRING, &[&value]),
        ],
    )
}

// Serial number and nonce are not printed.
impl fmt::Debug for OcspRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OcspRequest")
            .field("query", &self.query)
            .finish_non_exhaustive()
    }
}
