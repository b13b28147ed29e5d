//! OCSP responses, field by field, and the delegates that sign them.

mod answer;
mod question;

use crate::{
    Authority, CertificateBuilder, Credential, Extension, Extensions, Hash, KeyPair, Scheme,
    calendar::{DAY, Time},
    der::{self, Length},
    envelope::{Envelope, envelope_methods},
    oid,
};

pub use answer::{CertificateId, OcspAnswer};
pub use question::OcspQuestion;

/// A response before it is signed. Every field can be changed, so that a
/// response with one defect is still signed correctly.
///
/// ```
/// use tashika_testbed::{Generation, Kind, OcspAnswer, OcspBuilder, Testbed};
///
/// let testbed = Testbed::from_seed(1, 1_800_000_000);
/// let card = testbed.card(0);
/// let authority = testbed.authority(Kind::Signing, Generation::Third);
/// let answer = OcspAnswer::good(authority, card.signing().serial(), testbed.now());
/// let response = OcspBuilder::direct(authority, testbed.now())
///     .answer(&answer)
///     .respond(authority.key());
/// assert_eq!(response[0], 0x30);
/// ```
#[derive(Clone, Debug)]
pub struct OcspBuilder {
    response_type: Vec<u8>,
    version: Vec<u8>,
    responder: Vec<u8>,
    produced_at: Time,
    answers: Vec<Vec<u8>>,
    extensions: Option<Extensions>,
    certificates: Option<Vec<Vec<u8>>>,
    envelope: Envelope,
}

impl OcspBuilder {
    /// A response of the CA itself, named by its key, without answers.
    #[must_use]
    pub fn direct(authority: &Authority, produced_at: i64) -> Self {
        Self {
            response_type: der::oid(oid::OCSP_BASIC),
            version: Vec::new(),
            responder: by_key(authority.key()),
            produced_at: Time::generalized(produced_at),
            answers: Vec::new(),
            extensions: None,
            certificates: None,
            envelope: Envelope::default(),
        }
    }

    /// A response of a delegate, named by its key, with its certificate and
    /// without answers.
    #[must_use]
    pub fn delegated(authority: &Authority, delegate: &Credential, produced_at: i64) -> Self {
        Self {
            responder: by_key(delegate.key()),
            ..Self::direct(authority, produced_at)
        }
        .certificate(delegate.certificate())
    }

    /// Name the responder by this name.
    #[must_use]
    pub fn by_name(self, name: impl Into<Vec<u8>>) -> Self {
        self.responder_raw(der::explicit(1, name.into()))
    }

    /// Name the responder by this key.
    #[must_use]
    pub fn by_key(self, key: &KeyPair) -> Self {
        self.responder_raw(by_key(key))
    }

    /// Any bytes in place of responderID.
    #[must_use]
    pub fn responder_raw(mut self, encoding: Vec<u8>) -> Self {
        self.responder = encoding;
        self
    }

    /// The version number as encoded: 0 is v1, which DER leaves out.
    #[must_use]
    pub fn version(mut self, number: u64) -> Self {
        self.version = der::explicit(0, der::small(number));
        self
    }

    /// responseType.
    #[must_use]
    pub fn response_type(mut self, arcs: &[u64]) -> Self {
        self.response_type = der::oid(arcs);
        self
    }

    /// producedAt.
    #[must_use]
    pub fn produced_at(mut self, time: Time) -> Self {
        self.produced_at = time;
        self
    }

    /// Append an answer.
    #[must_use]
    pub fn answer(self, answer: &OcspAnswer) -> Self {
        self.answer_raw(answer.to_der())
    }

    /// Append any bytes in place of an answer.
    #[must_use]
    pub fn answer_raw(mut self, encoding: Vec<u8>) -> Self {
        self.answers.push(encoding);
        self
    }

    /// Append a certificate.
    #[must_use]
    pub fn certificate(mut self, certificate: &[u8]) -> Self {
        self.certificates
            .get_or_insert_default()
            .push(certificate.to_vec());
        self
    }

    /// Leave out all certificates.
    #[must_use]
    pub fn without_certificates(mut self) -> Self {
        self.certificates = None;
        self
    }

    /// Repeat this nonce (RFC 9654).
    #[must_use]
    pub fn nonce(self, nonce: &[u8]) -> Self {
        self.extension(Extension::new(oid::OCSP_NONCE, der::octets(nonce)))
    }

    envelope_methods!();

    /// ResponseData as it will be signed.
    #[must_use]
    pub fn to_be_signed(&self, _: &KeyPair) -> Vec<u8> {
        let extensions = self
            .extensions
            .as_ref()
            .map(|list| der::explicit(1, list.to_der()));
        self.envelope.to_be_signed(&[
            self.version.clone(),
            self.responder.clone(),
            self.produced_at.to_der(),
            der::sequence(&self.answers),
            extensions.unwrap_or_default(),
        ])
    }

    /// Sign with `key` and wrap up: a whole OCSPResponse. What comes after the
    /// signature in the envelope comes after the certificates.
    ///
    /// # Panics
    ///
    /// If the scheme is not one of this kind of key.
    #[must_use]
    pub fn respond(&self, key: &KeyPair) -> Vec<u8> {
        let mut whole = self.clone();
        let certificates = self.certificates.as_ref();
        let certificates = certificates.map(|c| der::explicit(0, der::sequence(c)));
        let certificates = certificates.unwrap_or_default();
        whole.envelope.trailing_inside =
            der::concat([&certificates, &self.envelope.trailing_inside]);
        let basic = der::octets(whole.sign(key));
        let bytes = der::sequence([self.response_type.clone(), basic]);
        der::sequence([der::enumerated(0), der::explicit(0, bytes)])
    }
}

/// A response that holds a status and nothing else, such as 3 for tryLater.
#[must_use]
pub fn ocsp_status(status: u8) -> Vec<u8> {
    der::sequence([der::enumerated(status)])
}

fn by_key(key: &KeyPair) -> Vec<u8> {
    der::explicit(2, der::octets(Hash::Sha1.digest(&key.public_bits())))
}

impl Authority {
    /// The certificate of a delegated responder before it is signed: it signs
    /// OCSP responses and needs no check. From a day before `now` to a month
    /// after it.
    #[must_use]
    pub fn delegate(&self, key: &KeyPair, now: i64) -> CertificateBuilder {
        let name = self.name().common_name("OCSP Responder");
        CertificateBuilder::new(self.name(), key)
            .serial(&[0x0C, 0x59])
            .validity(now - DAY, now + 30 * DAY)
            .subject(name)
            .extension(Extension::key_usage(&[0]))
            .extension(Extension::extended_key_usage(&[oid::OCSP_SIGNING]))
            .extension(Extension::ocsp_nocheck())
            .extension(Extension::subject_key_id(&key.key_id()))
            .extension(Extension::authority_key_id(&self.key().key_id()))
    }

    /// A delegated responder with this key.
    #[must_use]
    pub fn delegate_to(&self, key: KeyPair, now: i64) -> Credential {
        let certificate = self.delegate(&key, now).sign(self.key());
        Credential::new(key, certificate, self.name(), &[0x0C, 0x59])
    }
}

impl Extension {
    /// id-pkix-ocsp-nocheck.
    #[must_use]
    pub fn ocsp_nocheck() -> Self {
        Self::new(oid::OCSP_NOCHECK, der::null())
    }

    /// id-pkix-ocsp-archive-cutoff.
    #[must_use]
    pub fn archive_cutoff(seconds: i64) -> Self {
        Self::new(oid::OCSP_ARCHIVE_CUTOFF, der::generalized_time(seconds))
    }
}
