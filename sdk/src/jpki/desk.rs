//! What both verifiers do with whatever a card hands over.

use crate::algorithm::{AlgorithmTable, Digest, RawSchemes, SignatureScheme};
use crate::certificate::Certificate;
use crate::cms::are_attributes;
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
#[cfg(feature = "auth-app")]
use crate::jpki::signed_document::Padded;
use crate::jpki::{Kind, Leaf, ProfileTable};
use crate::time::Time;
use crate::trust::TrustStore;
use crate::x509::{Issued, OneHop};

/// The rules for certificates of one kind, and for bare signatures with them.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    kind: Kind,
    one_hop: OneHop,
    profiles: ProfileTable,
    schemes: RawSchemes,
}

impl Desk {
    pub(crate) fn new(
        kind: Kind,
        trust: TrustStore,
        profiles: ProfileTable,
        algorithms: AlgorithmTable,
    ) -> Result<Self, Error> {
        let leaf = profiles.leaf(kind, trust.environment())?;
        Ok(Self {
            kind,
            one_hop: OneHop::new(trust, kind.purpose(), leaf, algorithms),
            profiles,
            schemes: RawSchemes::standard(),
        })
    }

    pub(crate) fn with_raw_schemes(mut self, schemes: RawSchemes) -> Self {
        self.schemes = schemes;
        self
    }

    #[cfg(feature = "cache")]
    pub(crate) fn remember(mut self, capacity: u64) -> Self {
        self.one_hop = self.one_hop.remember(capacity);
        self
    }

    pub(crate) fn algorithms(&self) -> &AlgorithmTable {
        self.one_hop.algorithms()
    }

    /// What is known of a certificate that was issued here.
    pub(crate) fn leaf(&self, issued: &Issued) -> Leaf {
        let environment = self.one_hop.trust().environment();
        Leaf::of(issued, self.kind, environment, &self.profiles)
    }

    /// Checks a certificate that somebody handed over; an empty one says that
    /// the card carries none of this kind.
    pub(crate) fn issue(
        &self,
        certificate: &[u8],
        now: Time,
        trace: &mut Trace,
    ) -> Result<Issued, Error> {
        let present = if certificate.is_empty() {
            Err(Code::JpkiNoCertificate)
        } else {
            Ok(())
        };
        trace.check(CheckId::CertificatePresent, present)?;
        let certificate = Certificate::read(certificate, trace)?;
        self.one_hop.issue(&certificate, now, trace)
    }

    /// Verifies a bare signature over a message.
    ///
    /// The message may not be the signed attributes of a CMS message, whose
    /// signature anybody can cut out of it.
    pub(crate) fn verify(
        &self,
        certificate: &[u8],
        message: &[u8],
        signature: &[u8],
        now: Time,
        trace: &mut Trace,
    ) -> Result<(Issued, SignatureScheme), Error> {
        let outcome = if are_attributes(message) {
            Err(Code::SignatureAmbiguous)
        } else {
            Ok(())
        };
        trace.check(CheckId::SignedMessage, outcome)?;
        let issued = self.issue(certificate, now, trace)?;
        let scheme = self.scheme(&issued, None, trace)?;
        let outcome = issued.verify(scheme, message, signature);
        trace.check(CheckId::Signature, outcome)?;
        Ok((issued, scheme))
    }

    /// Verifies a bare signature over a message that is known by its digest, under
    /// the scheme beside it if there is one.
    pub(crate) fn verify_digest(
        &self,
        certificate: &[u8],
        (digest, scheme): (&Digest, Option<SignatureScheme>),
        signature: &[u8],
        now: Time,
        trace: &mut Trace,
    ) -> Result<(Issued, SignatureScheme), Error> {
        let issued = self.issue(certificate, now, trace)?;
        let scheme = self.scheme(&issued, scheme, trace)?;
        let outcome = issued.verify_digest(scheme, digest, signature);
        trace.check(CheckId::Signature, outcome)?;
        Ok((issued, scheme))
    }

    /// Verifies a signature over octets that are padded as they are.
    #[cfg(feature = "auth-app")]
    pub(crate) fn verify_padded(
        &self,
        padded: &Padded,
        now: Time,
        trace: &mut Trace,
    ) -> Result<Issued, Error> {
        let issued = self.issue(&padded.certificate, now, trace)?;
        self.scheme(&issued, Some(padded.scheme), trace)?;
        let outcome = issued.verify_padded(&padded.octets, &padded.signature);
        trace.check(CheckId::Signature, outcome)?;
        Ok(issued)
    }

    /// The scheme that is asked for by name, or else fixed for this kind of key.
    fn scheme(
        &self,
        issued: &Issued,
        named: Option<SignatureScheme>,
        trace: &mut Trace,
    ) -> Result<SignatureScheme, Error> {
        let kind = issued.key().kind();
        let scheme = named.or(self.schemes.of(kind));
        let scheme = scheme.filter(|scheme| scheme.key() == kind);
        trace.check(
            CheckId::SignatureScheme,
            scheme.ok_or(Code::SignatureScheme),
        )
    }
}
