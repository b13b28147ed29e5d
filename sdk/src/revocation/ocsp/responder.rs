//! Who signed a response, and whether it may (RFC 6960, 4.2.2.2).

use std::sync::Arc;

use const_oid::db::rfc5280::ID_KP_OCSP_SIGNING;

use crate::algorithm::{Digest, DigestAlgorithm, PublicKey, SignatureScheme, sha1};
use crate::asn1::{self, Reader};
use crate::certificate::{Certificate, Name};
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::revocation::ocsp::OcspResponse;
use crate::revocation::query::is_same_issuer;
use crate::revocation::{PendingIssued, Unconfirmed, Unrevoked};
use crate::time::{Time, Validity};
use crate::trust::{Anchor, Fingerprint};
use crate::x509::{
    AuthorityKeyRule, ExtendedKeyUsageRule, Issued, KeyUsageRule, LeafProfile, OneHop, PolicyRule,
};

/// `KeyHash`: SHA-1 over the contents of a key's BIT STRING.
pub(super) type KeyHash = [u8; 20];

/// `ResponderID`: how a response names who signed it.
#[derive(Clone, Copy)]
pub(super) enum ResponderId<'a> {
    Name(Name<'a>),
    /// A `KeyHash`, of whatever length.
    Key(&'a [u8]),
}

impl<'a> ResponderId<'a> {
    pub(super) fn read(data: &mut Reader<'a>) -> Result<Self, Code> {
        if let Some(mut by_name) = data.optional_nested(asn1::context_constructed(1))? {
            let name = Name::read(&mut by_name)?;
            by_name.finish()?;
            return Ok(Self::Name(name));
        }
        let mut by_key = data.nested(asn1::context_constructed(2))?;
        let key = by_key.element(asn1::OCTET_STRING)?.contents;
        by_key.finish()?;
        Ok(Self::Key(key))
    }

    fn is_issuer(self, anchor: &Anchor) -> bool {
        match self {
            Self::Name(name) => anchor.is_named(name),
            Self::Key(key) => key == anchor.key_identifiers().sha1(),
        }
    }

    /// The hash of the certificate's key, if this names it.
    fn key_of(self, certificate: &Certificate<'_>) -> Option<KeyHash> {
        if let Self::Name(name) = self
            && certificate.subject() != name
        {
            return None;
        }
        let hash = sha1(certificate.key_bits().ok()?);
        match self {
            Self::Key(key) if hash != *key => None,
            Self::Key(_) | Self::Name(_) => Some(hash),
        }
    }
}

/// What a delegate's certificate must be: for signing OCSP responses and
/// nothing else, so that no card can vouch for another.
pub(super) fn delegate_profile() -> LeafProfile {
    LeafProfile {
        name: "ocsp-responder".to_owned(),
        // Its issuer is known: the signature of that key says more.
        authority_key: AuthorityKeyRule::DangerOptional,
        key_usage: KeyUsageRule::SignsResponses,
        extended_key_usage: ExtendedKeyUsageRule::Exactly(ID_KP_OCSP_SIGNING),
        policies: PolicyRule::DangerAny,
    }
}

/// Shows that a delegate's certificate is not revoked.
pub(super) type Confirm<'c> = dyn Fn(Unconfirmed<PendingIssued>) -> Result<Unrevoked, Error> + 'c;

/// The search for the key that signed one response.
pub(super) struct Search<'s> {
    pub(super) response: &'s OcspResponse<'s>,
    /// The issuer of the certificate that is asked about.
    pub(super) issuer: &'s Arc<Anchor>,
    pub(super) delegates: &'s OneHop,
    pub(super) scheme: SignatureScheme,
    pub(super) confirm: &'s Confirm<'s>,
    pub(super) now: Time,
}

/// Who signed a response.
pub(super) struct Signed {
    pub(super) responder: KeyHash,
    /// SHA-256 over what was signed.
    pub(super) digest: Fingerprint,
}

impl Search<'_> {
    /// The one whom the response names, if it may sign and did.
    pub(super) fn run(&self, trace: &mut Trace) -> Result<Signed, Error> {
        let digest = DigestAlgorithm::Sha256.digest(self.response.tbs);
        match self.responder(&digest) {
            Ok(responder) => {
                trace.pass(CheckId::OcspResponder);
                trace.pass(CheckId::OcspSignature);
                let digest = Fingerprint::of_digest(&digest);
                Ok(Signed { responder, digest })
            }
            Err(code) => {
                if code == Code::RevocationOcspSignature {
                    trace.pass(CheckId::OcspResponder);
                }
                trace.check(code.check(), Err(code))
            }
        }
    }

    /// Several may bear the name: the issuer comes first. Each candidate costs
    /// two signatures, and there are few (`limits::OCSP_CERTIFICATES`).
    fn responder(&self, digest: &Digest) -> Result<KeyHash, Code> {
        let id = self.response.responder;
        let mut closest = Code::RevocationOcspResponder;
        if id.is_issuer(self.issuer) {
            match self.direct(digest) {
                Ok(()) => return Ok(*self.issuer.key_identifiers().sha1()),
                Err(code) => closest = code,
            }
        }
        for der in &self.response.certificates {
            let Ok(certificate) = Certificate::from_der(der) else {
                continue;
            };
            let Some(key) = id.key_of(&certificate) else {
                continue;
            };
            match self.delegated(&certificate, digest) {
                Ok(()) => return Ok(key),
                // Nobody came closer than one that lacks the signature alone.
                Err(_) if closest == Code::RevocationOcspSignature => {}
                Err(code) => closest = code,
            }
        }
        Err(closest)
    }

    /// The issuer itself.
    fn direct(&self, digest: &Digest) -> Result<(), Code> {
        self.check_validity(self.issuer.validity())?;
        self.check_signature(self.issuer.key(), digest)
    }

    /// Somebody to whom the issuer delegated. A delegate's key is used only
    /// once its issuer's signature is verified.
    fn delegated(&self, certificate: &Certificate<'_>, digest: &Digest) -> Result<(), Code> {
        let trace = &mut Trace::default();
        let issued = self.delegates.issue(certificate, self.now, trace);
        let issued = issued.map_err(|error| unsound(error.check()))?;
        if !is_same_issuer(issued.anchor(), self.issuer) {
            return Err(Code::RevocationOcspDelegate);
        }
        self.check_validity(issued.validity())?;
        self.check_revocation(&issued)?;
        self.check_signature(issued.key(), digest)
    }

    fn check_validity(&self, validity: Validity) -> Result<(), Code> {
        if validity.contains(self.now) && validity.contains(self.response.produced_at) {
            Ok(())
        } else {
            Err(Code::RevocationOcspDelegateValidity)
        }
    }

    /// RFC 6960, 4.2.2.2.1: the issuer says that no check is needed, or it has
    /// to be shown that this very certificate is not revoked.
    fn check_revocation(&self, issued: &Issued) -> Result<(), Code> {
        if issued.needs_no_check() {
            return Ok(());
        }
        let unknown = |_| Code::RevocationOcspDelegateStatus;
        let pending = Unconfirmed::of(issued).map_err(unknown)?;
        let shown = (self.confirm)(pending).map_err(unknown)?;
        let shown = shown.issued();
        if is_same_issuer(shown.anchor(), issued.anchor()) && shown.serial() == issued.serial() {
            Ok(())
        } else {
            Err(Code::RevocationOcspDelegateStatus)
        }
    }

    fn check_signature(&self, key: &PublicKey, digest: &Digest) -> Result<(), Code> {
        let (scheme, signature) = (self.scheme, self.response.signature);
        let outcome = match scheme.digest() {
            Some(DigestAlgorithm::Sha256) => key.verify_digest(scheme, digest, signature),
            _ => key.verify(scheme, self.response.tbs, signature),
        };
        outcome.map_err(|_| Code::RevocationOcspSignature)
    }
}

/// In what way a delegate's certificate is none. Its own code would speak of
/// the person's certificate.
fn unsound(check: CheckId) -> Code {
    match check {
        CheckId::Validity | CheckId::AnchorValidity => Code::RevocationOcspDelegateValidity,
        CheckId::BasicConstraints | CheckId::KeyUsage | CheckId::ExtendedKeyUsage => {
            Code::RevocationOcspDelegateUsage
        }
        _ => Code::RevocationOcspDelegate,
    }
}
