//! Issuer authentication: the issuer's root stands over the signer, the signer
//! over the mobile security object, and that over every element
//! (ISO/IEC 18013-5, 9.1.2 and 9.3).

use std::fmt;

use crate::algorithm::AlgorithmTable;
use crate::certificate::Certificate;
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::mdoc::cbor::Reader;
use crate::mdoc::certificate_profile::CertificateProfile;
use crate::mdoc::cose::{CoseKey, Message, SIGN1, scheme};
use crate::mdoc::mso::{Authorizations, Mso, ValidityInfo};
use crate::mdoc::response::{Document, Item};
use crate::mdoc::status::StatusReference;
use crate::time::{Duration, Time};
use crate::trust::{Purpose, TrustStore};
use crate::x509::{Issued, OneHop};

/// What the documents of one type must be, whoever presents them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerProfile {
    doc_type: String,
    certificate: CertificateProfile,
    lifetime: Lifetime,
    clock_skew: Duration,
}

/// How long a document may be valid, from when it was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lifetime {
    /// As long as its issuer says.
    AsSigned,
    /// At most so long, whatever its issuer says.
    AtMost(Duration),
}

/// The type of the My Number Card in a phone (カード代替電磁的記録).
pub const JP_MNC: &str = "org.iso.23220.1.jp.mnc";

/// The type of a mobile driving licence (ISO/IEC 18013-5, 7.1).
pub const MDL: &str = "org.iso.18013.5.1.mDL";

/// A card in a phone counts for a month from its issuance and is renewed
/// without its holder: the renewal is what stops when the card is revoked.
const ONE_MONTH: Duration = Duration::hours(31 * 24);

/// Clocks that are set by the network are seconds apart, not minutes.
const CLOCK_SKEW: Duration = Duration::minutes(1);

impl IssuerProfile {
    /// Documents of any type, by annex B to the letter.
    #[must_use]
    pub fn strict(doc_type: &str) -> Self {
        Self {
            doc_type: doc_type.to_owned(),
            certificate: CertificateProfile::StrictMdl,
            lifetime: Lifetime::AsSigned,
            clock_skew: CLOCK_SKEW,
        }
    }

    /// Mobile driving licences ([`MDL`]).
    #[must_use]
    pub fn mdl() -> Self {
        Self::strict(MDL)
    }

    /// The My Number Card in a phone ([`JP_MNC`]), valid for 31 days at most.
    #[must_use]
    pub fn jp_mnc() -> Self {
        Self {
            certificate: CertificateProfile::JpMnc,
            lifetime: Lifetime::AtMost(ONE_MONTH),
            ..Self::strict(JP_MNC)
        }
    }

    /// This profile, with other rules for certificates.
    #[must_use]
    pub fn with_certificates(mut self, certificate: CertificateProfile) -> Self {
        self.certificate = certificate;
        self
    }

    /// This profile, with another bound on validity.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Lifetime) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// This profile, with clocks that may be `skew` apart: a minute unless
    /// stated otherwise.
    #[must_use]
    pub fn with_clock_skew(mut self, skew: Duration) -> Self {
        self.clock_skew = skew;
        self
    }

    /// The type of document.
    #[must_use]
    pub fn doc_type(&self) -> &str {
        &self.doc_type
    }

    /// The rules for certificates.
    #[must_use]
    pub fn certificates(&self) -> CertificateProfile {
        self.certificate
    }
}

/// The issuers of one type of document.
#[derive(Clone)]
pub(crate) struct Issuers {
    profile: IssuerProfile,
    one_hop: OneHop,
}

/// A document that its issuer signed, and that is what the issuer signed.
pub(crate) struct Authentic {
    pub(crate) issued: Issued,
    pub(crate) device_key: CoseKey,
    pub(crate) authorizations: Authorizations,
    pub(crate) validity: ValidityInfo,
    pub(crate) status: Option<StatusReference>,
}

impl Issuers {
    pub(crate) fn new(
        profile: IssuerProfile,
        trust: TrustStore,
        algorithms: AlgorithmTable,
    ) -> Result<Self, Error> {
        let roots = trust.anchors();
        let mut roots = roots
            .filter(|a| a.purpose() == Purpose::MdocIssuer)
            .peekable();
        if roots.peek().is_none() {
            return Err(Code::TrustEmpty.into());
        }
        for root in roots {
            profile.certificate.check_root(root)?;
        }
        let leaf = profile.certificate.leaf();
        let one_hop = OneHop::new(trust, Purpose::MdocIssuer, leaf, algorithms);
        Ok(Self { profile, one_hop })
    }

    #[cfg(feature = "cache")]
    pub(crate) fn remember(mut self, capacity: u64) -> Self {
        self.one_hop = self.one_hop.remember(capacity);
        self
    }

    pub(crate) fn profile(&self) -> &IssuerProfile {
        &self.profile
    }

    pub(crate) fn trust(&self) -> &TrustStore {
        self.one_hop.trust()
    }

    /// Checks everything that the issuer vouches for, at `now`.
    pub(crate) fn authenticate(
        &self,
        document: &Document,
        now: Time,
        trace: &mut Trace,
    ) -> Result<Authentic, Error> {
        let message = trace.check(CheckId::MdocIssuerAuth, read(&document.issuer_auth))?;
        let issued = self.issue(&message, now, trace)?;
        let payload = message.payload().ok_or(Code::MdocCose);
        let payload = trace.check(CheckId::MdocIssuerAuth, payload)?;
        let signed = message.verify(
            issued.key(),
            payload,
            Code::MdocIssuerAlgorithm,
            Code::MdocIssuerSignature,
        );
        trace.check(CheckId::MdocIssuerSignature, signed)?;
        self.believe(issued, payload, document, now, trace)
    }

    /// The certificate of the document's signer (RFC 9360, 2).
    fn issue(&self, message: &Message<'_>, now: Time, trace: &mut Trace) -> Result<Issued, Error> {
        let chain = message.unprotected().x5chain().unwrap_or_default();
        let signer = trace.check(CheckId::MdocIssuerAuth, self.signer(chain))?;
        let certificate = Certificate::read(signer, trace)?;
        let issued = self.one_hop.issue(&certificate, now, trace)?;
        let profile = self.profile.certificate;
        trace.check(
            CheckId::MdocCertificateProfile,
            profile.check(&certificate, issued.anchor()),
        )?;
        Ok(issued)
    }

    /// The first of the chain. The root is the relying party's to bring: one
    /// that travels along proves nothing (ISO/IEC 18013-5, 9.1.2.4).
    fn signer<'a>(&self, chain: &'a [Vec<u8>]) -> Result<&'a [u8], Code> {
        let (signer, others) = chain.split_first().ok_or(Code::MdocX5chain)?;
        let is_root = |der: &Vec<u8>| self.trust().anchors().any(|root| *root.der() == **der);
        let strict = self.profile.certificate != CertificateProfile::DangerAnyLeaf;
        if is_root(signer) || (strict && others.iter().any(is_root)) {
            return Err(Code::MdocX5chainRoot);
        }
        Ok(signer)
    }

    /// What is signed, now that it is known who signed it.
    fn believe(
        &self,
        issued: Issued,
        payload: &[u8],
        document: &Document,
        now: Time,
        trace: &mut Trace,
    ) -> Result<Authentic, Error> {
        let malformed = Code::MdocMso;
        let embedded = Reader::only(payload, malformed).and_then(|mut r| r.embedded());
        let embedded = trace.check(CheckId::MdocMso, embedded)?;
        let mso = trace.check(CheckId::MdocMso, Mso::read(&embedded.content))?;
        let about = if mso.doc_type == document.doc_type {
            Ok(())
        } else {
            Err(Code::MdocDocType)
        };
        trace.check(CheckId::MdocMso, about)?;
        let validity = mso.validity.and_then(|validity| {
            self.profile.check_validity(&validity, &issued, now)?;
            Ok(validity)
        });
        let validity = trace.check(CheckId::MdocValidity, validity)?;
        let mut items = document.items.iter();
        let digests = items.try_for_each(|item| check_digest(item, &mso));
        trace.check(CheckId::MdocDigests, digests)?;
        Ok(Authentic {
            issued,
            device_key: mso.device_key,
            authorizations: mso.authorizations,
            validity,
            status: mso.status,
        })
    }
}

/// The COSE message, as far as it can be judged by itself.
fn read(issuer_auth: &[u8]) -> Result<Message<'_>, Code> {
    let message = Message::read(&mut Reader::new(issuer_auth, Code::MdocCose), SIGN1)?;
    if message.has_critical() {
        return Err(Code::MdocCoseCritical);
    }
    if message.protected().algorithm().and_then(scheme).is_none() {
        return Err(Code::MdocIssuerAlgorithm);
    }
    Ok(message)
}

/// The digest is over the item as it arrived, with its tag, and stands in the
/// item's own namespace (ISO/IEC 18013-5, 9.1.2.5).
fn check_digest(item: &Item, mso: &Mso<'_>) -> Result<(), Code> {
    let stated = mso.digest(&item.namespace, item.digest_id);
    let stated = stated.ok_or(Code::MdocDigestUnknown)?;
    if mso.digest_algorithm.digest(&item.raw).octets() == stated {
        Ok(())
    } else {
        Err(Code::MdocDigest)
    }
}

impl IssuerProfile {
    /// ISO/IEC 18013-5, 9.3.1.
    fn check_validity(
        &self,
        validity: &ValidityInfo,
        signer: &Issued,
        now: Time,
    ) -> Result<(), Code> {
        let in_the_future = validity.signed > now.plus(self.clock_skew);
        if in_the_future || !signer.validity().contains(validity.signed) {
            return Err(Code::MdocSignedOutside);
        }
        if let Lifetime::AtMost(most) = self.lifetime
            && validity.valid_until.since(validity.signed) > most
        {
            return Err(Code::MdocValidityPeriod);
        }
        validity.check(self.clock_skew, now)
    }

    pub(crate) fn clock_skew(&self) -> Duration {
        self.clock_skew
    }
}

impl ValidityInfo {
    /// Whether the document counts at `now`, with clocks that may be apart.
    pub(crate) fn check(&self, skew: Duration, now: Time) -> Result<(), Code> {
        if now.plus(skew) < self.valid_from {
            return Err(Code::MdocNotYetValid);
        }
        if now.minus(skew) > self.valid_until {
            return Err(Code::MdocExpired);
        }
        Ok(())
    }
}

// To the second, these times tell a document from all others.
impl fmt::Debug for ValidityInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ValidityInfo(…)")
    }
}

impl fmt::Debug for Issuers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuers")
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}
