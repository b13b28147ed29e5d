//! Who signed a token, and what it says about one document.

use std::fmt;

use crate::algorithm::AlgorithmTable;
use crate::certificate::Certificate;
use crate::code::Code;
use crate::error::Error;
use crate::mdoc::cose::Message;
#[cfg(any(feature = "cache", feature = "fetch"))]
use crate::mdoc::status::kept::Key;
use crate::mdoc::status::record::{Evidence, Finding};
use crate::mdoc::status::reference::ListEntry;
use crate::mdoc::status::token::{Claims, List, MALFORMED, message};
use crate::mdoc::status::{RecordStatus, StatusKind, StatusPolicy, StatusReference};
use crate::time::Time;
use crate::trust::{Purpose, TrustStore, sha256};
use crate::x509::{
    AuthorityKeyRule, ExtendedKeyUsageRule, Issued, KeyUsageRule, LeafProfile, OneHop, PolicyRule,
    check_anchor, check_validity,
};

/// Verifies status tokens under the anchors of [`Purpose::MdocStatus`].
///
/// Whether the certificate of a token's signer is revoked itself is not asked:
/// the operator who stops believing a signer takes its anchor away.
#[derive(Clone, Debug)]
pub struct StatusVerifier {
    signers: OneHop,
}

/// A token whose signature was verified: a list in which documents can be
/// looked up.
pub struct StatusToken {
    claims: Claims,
    signer: Issued,
}

/// The rules for the certificates of signers: `digitalSignature` alone, and
/// this extended key usage.
///
/// No published text names the usage of those who sign for My Number Cards, so
/// that it is configuration. Where the root of the documents issues these
/// certificates too, it is what keeps a document's signer from signing its
/// status: [`ExtendedKeyUsageRule::DangerAny`] would let it.
#[must_use]
pub fn signer_profile(extended_key_usage: ExtendedKeyUsageRule) -> LeafProfile {
    LeafProfile {
        name: "mdoc-status".to_owned(),
        authority_key: AuthorityKeyRule::Required,
        key_usage: KeyUsageRule::AnswersChallenges,
        extended_key_usage,
        policies: PolicyRule::DangerAny,
    }
}

impl StatusVerifier {
    /// A verifier that believes the signers whose certificates an anchor of
    /// [`Purpose::MdocStatus`] in `trust` issued under `profile`: one hop, as
    /// for documents.
    ///
    /// Each of these anchors speaks for every document that is asked about, so
    /// that issuers who do not vouch for each other get a verifier each. Where
    /// the root of the documents issues these certificates too (12.3.6.3, where
    /// no certificate is pinned), it is given for this purpose in a store of
    /// its own.
    #[must_use]
    pub fn new(trust: TrustStore, profile: LeafProfile, algorithms: AlgorithmTable) -> Self {
        let signers = OneHop::new(trust, Purpose::MdocStatus, profile, algorithms);
        Self { signers }
    }

    /// What `token` says about the document with this reference. Bad tokens
    /// give [`Undetermined`](crate::mdoc::status::RecordState::Undetermined):
    /// whoever handed them out says nothing about the document.
    #[must_use]
    pub fn status(
        &self,
        reference: &StatusReference,
        token: &[u8],
        policy: &StatusPolicy,
        now: Time,
    ) -> RecordStatus {
        match self.verify(token, now) {
            Ok(token) => token.status(reference, policy, now),
            Err(error) => RecordStatus::undetermined(reference, error.code()),
        }
    }

    /// Verifies a token, for more than one document.
    ///
    /// # Errors
    /// * `input.status_token`: not a CWT of a known type, or its claims are not
    ///   of their form.
    /// * `mdoc.status_too_large`: larger than [`limits::STATUS_TOKEN`](crate::limits::STATUS_TOKEN).
    /// * `mdoc.status_signer`: no certificate in the protected header, or not
    ///   one that an anchor issued under the profile, valid at `now`; or the
    ///   algorithm is not that of its key.
    /// * `mdoc.status_signature`: that key did not sign it.
    pub fn verify(&self, token: &[u8], now: Time) -> Result<StatusToken, Error> {
        let message = message(token)?;
        let claims = Claims::of(&message)?;
        let signer = self.signer(&message, now)?;
        let payload = message.payload().ok_or(MALFORMED)?;
        message.verify(
            signer.key(),
            payload,
            Code::MdocStatusSigner,
            Code::MdocStatusSignature,
        )?;
        Ok(StatusToken { claims, signer })
    }

    /// The first certificate is the signer's. What else is there is not looked
    /// at: it is no anchor for being sent (RFC 9360, 2).
    fn signer(&self, message: &Message<'_>, now: Time) -> Result<Issued, Code> {
        let chain = message.protected().x5chain();
        let leaf = chain.and_then(<[_]>::first).ok_or(Code::MdocStatusSigner)?;
        let issued = self.signers.check(leaf, now);
        issued.map_err(|_| Code::MdocStatusSigner)
    }
}

impl StatusToken {
    /// What the token says about the document with this reference, under a
    /// policy of freshness at `now`.
    #[must_use]
    pub fn status(
        &self,
        reference: &StatusReference,
        policy: &StatusPolicy,
        now: Time,
    ) -> RecordStatus {
        let found = self.find(reference, policy, now);
        RecordStatus::new(reference, found.unwrap_or_else(Finding::Undetermined))
    }

    fn find(
        &self,
        reference: &StatusReference,
        policy: &StatusPolicy,
        now: Time,
    ) -> Result<Finding, Code> {
        // A token may have been kept since it was verified.
        self.check_signer(now)?;
        let evidence = self.evidence(policy);
        let finding = match (&self.claims.list, reference) {
            (
                List::Statuses(list),
                StatusReference {
                    status_list: Some(entry),
                    ..
                },
            ) => {
                self.check_entry(entry)?;
                Finding::of_value(list.status(entry.place)?, evidence)
            }
            (
                List::Identifiers(list),
                StatusReference {
                    identifier_list: Some(entry),
                    ..
                },
            ) => {
                self.check_entry(entry)?;
                Finding::of_listing(list.names(&entry.place)?, evidence)
            }
            _ => return Err(MALFORMED),
        };
        Ok(finding.at(now))
    }

    fn check_signer(&self, now: Time) -> Result<(), Code> {
        check_anchor(self.signer.anchor(), now)
            .and_then(|()| check_validity(self.signer.validity(), now))
            .map_err(|_| Code::MdocStatusSigner)
    }

    /// Whether it is the list that the document names, by its subject and, if
    /// the issuer pins it, by its anchor (ISO/IEC 18013-5, second edition,
    /// 12.3.6.3).
    fn check_entry<P>(&self, entry: &ListEntry<P>) -> Result<(), Code> {
        if self.claims.subject != entry.uri {
            return Err(Code::MdocStatusSubject);
        }
        let Some(pinned) = &entry.certificate else {
            return Ok(());
        };
        let pinned = Certificate::from_der(pinned).map_err(|_| Code::MdocStatusSigner)?;
        if sha256(&[pinned.spki()]) == *self.signer.anchor().key_fingerprint() {
            Ok(())
        } else {
            Err(Code::MdocStatusSigner)
        }
    }

    fn evidence(&self, policy: &StatusPolicy) -> Evidence {
        let issued_at = self.claims.issued_at;
        let begins = self
            .claims
            .not_before
            .map_or(issued_at, |n| n.max(issued_at));
        let oldest = issued_at.plus(policy.max_age());
        Evidence {
            as_of: issued_at,
            begins: begins.minus(policy.clock_skew()),
            expires: self.claims.expires.map_or(oldest, |e| e.min(oldest)),
        }
    }

    /// The kind of list that it carries.
    #[must_use]
    pub fn kind(&self) -> StatusKind {
        self.claims.list.kind()
    }

    /// When it was issued.
    #[must_use]
    pub fn as_of(&self) -> Time {
        self.claims.issued_at
    }

    /// Until when it may be kept: to its expiry, for its time to live, and not
    /// beyond the policy's maximum age, all counted from when it was issued.
    #[must_use]
    pub fn keep_until(&self, policy: &StatusPolicy) -> Time {
        let expires = self.evidence(policy).expires;
        let lives = self.claims.time_to_live.map(|t| self.as_of().plus(t));
        lives.map_or(expires, |lives| lives.min(expires))
    }

    #[cfg(any(feature = "cache", feature = "fetch"))]
    pub(super) fn key(&self) -> Key {
        Key::of(self.kind(), &self.claims.subject)
    }

    #[cfg(any(feature = "cache", feature = "fetch"))]
    pub(super) fn octets(&self) -> usize {
        self.claims.subject.len() + self.claims.list.octets()
    }
}

impl fmt::Debug for StatusToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusToken")
            .field("list", &self.claims.list)
            .finish_non_exhaustive()
    }
}
