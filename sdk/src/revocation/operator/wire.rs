//! The bodies of the profile.

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::hex::Hex;
use crate::limits;
use crate::revocation::entries::Entry;
use crate::revocation::status::{Evidence, Finding};
use crate::revocation::{
    CheckMethod, CheckPurpose, OperatorSource, Reason, ReferenceId, RevocationQuery, Source,
};
use crate::time::Time;

const UNREADABLE: Code = Code::RevocationOperatorAnswer;

/// Whom a question is about, and its answer again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Subject {
    pub(super) request_id: String,
    pub(super) issuer_key_sha256: String,
    pub(super) serial: String,
}

impl Subject {
    pub(super) fn new(query: &RevocationQuery, request_id: &[u8; 16]) -> Self {
        Self {
            request_id: Hex(request_id).to_string(),
            issuer_key_sha256: Hex(query.anchor().key_fingerprint()).to_string(),
            serial: Hex(query.serial().as_unsigned()).to_string(),
        }
    }
}

/// The question for `status`.
#[derive(Serialize)]
pub(super) struct StatusQuestion {
    #[serde(flatten)]
    pub(super) subject: Subject,
    certificate_kind: &'static str,
    distribution_points: Vec<String>,
    check_method: &'static str,
    check_purpose: &'static str,
}

impl StatusQuestion {
    pub(super) fn new(
        query: &RevocationQuery,
        subject: Subject,
        method: CheckMethod,
        purpose: CheckPurpose,
    ) -> Self {
        let points = query.distribution_points();
        Self {
            subject,
            certificate_kind: query.purpose().as_str(),
            distribution_points: points.map(|p| Hex(p.der()).to_string()).collect(),
            check_method: method.as_str(),
            check_purpose: purpose.as_str(),
        }
    }
}

/// The answer to it. `flatten` would let a member stand twice.
#[derive(Deserialize)]
pub(super) struct StatusAnswer {
    request_id: String,
    issuer_key_sha256: String,
    serial: String,
    check_method: String,
    check_purpose: String,
    certificate_status: String,
    source_updated_at: String,
    source_next_update: Option<String>,
    revoked_at: Option<String>,
    revocation_reason: Option<u8>,
    reference_id: Option<String>,
}

/// What 410 adds to an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Insists {
    /// Nothing: it was 200.
    OnNothing,
    /// That the certificate is revoked.
    OnRevoked,
}

impl StatusAnswer {
    pub(super) fn read(body: &[u8]) -> Result<Self, Code> {
        serde_json::from_slice(body).map_err(|_| UNREADABLE)
    }

    /// What it says about the certificate that was asked about.
    pub(super) fn finding(
        self,
        query: &RevocationQuery,
        question: &StatusQuestion,
        method: CheckMethod,
        insists: Insists,
    ) -> Result<Finding, Code> {
        self.check_bound(question)?;
        let as_of = time(&self.source_updated_at)?;
        let next_update = self.source_next_update.as_deref().map(time).transpose()?;
        let revoked_at = self.revoked_at.as_deref().map(time).transpose()?;
        let reference = reference(self.reference_id.as_deref())?;
        let source = Source::Operator(OperatorSource { method, reference });
        let evidence = Evidence {
            as_of,
            next_update,
            source,
        };
        match (self.certificate_status.as_str(), revoked_at) {
            ("revoked", Some(revoked_at)) => Ok(Finding::Revoked {
                entry: Entry {
                    serial: *query.serial(),
                    reason: Reason::from_number(self.revocation_reason.unwrap_or_default()),
                    revoked_at,
                    invalid_since: None,
                },
                evidence,
            }),
            _ if insists == Insists::OnRevoked => Err(UNREADABLE),
            ("good", None) if self.revocation_reason.is_none() => {
                check_point(query, method)?;
                let newest = as_of;
                Ok(Finding::Good { evidence, newest })
            }
            ("good" | "revoked", _) => Err(UNREADABLE),
            _ => Err(Code::RevocationOperatorUnknown),
        }
    }

    fn check_bound(&self, question: &StatusQuestion) -> Result<(), Code> {
        let subject = &question.subject;
        let bound = self.request_id == subject.request_id
            && self.issuer_key_sha256 == subject.issuer_key_sha256
            && self.serial == subject.serial
            && self.check_method == question.check_method
            && self.check_purpose == question.check_purpose;
        if bound { Ok(()) } else { Err(UNREADABLE) }
    }
}

/// A miss without the certificate's distribution point is no information.
fn check_point(query: &RevocationQuery, method: CheckMethod) -> Result<(), Code> {
    if method == CheckMethod::Crl && query.distribution_points().next().is_none() {
        return Err(Code::RevocationNoDistributionPoint);
    }
    Ok(())
}

/// The question for `links`.
#[derive(Serialize)]
pub(super) struct LinksQuestion {
    #[serde(flatten)]
    pub(super) subject: Subject,
    pub(super) certificate_kind: &'static str,
}

/// The answer to it.
#[derive(Deserialize)]
pub(super) struct LinksAnswer {
    request_id: String,
    issuer_key_sha256: String,
    serial: String,
    source_updated_at: String,
    reference_id: Option<String>,
    pub(super) links: Vec<LinkObject>,
}

/// One of its links.
#[derive(Deserialize)]
pub(super) struct LinkObject {
    pub(super) relation: String,
    pub(super) certificate_kind: String,
    pub(super) issuer_key_sha256: String,
    pub(super) serial: String,
    pub(super) carrier: Option<String>,
}

impl LinksAnswer {
    pub(super) fn read(body: &[u8], subject: &Subject) -> Result<Self, Code> {
        let answer: Self = serde_json::from_slice(body).map_err(|_| UNREADABLE)?;
        let bound = answer.request_id == subject.request_id
            && answer.issuer_key_sha256 == subject.issuer_key_sha256
            && answer.serial == subject.serial;
        if !bound || answer.links.len() > limits::OPERATOR_LINKS {
            return Err(UNREADABLE);
        }
        Ok(answer)
    }

    pub(super) fn as_of(&self) -> Result<Time, Code> {
        time(&self.source_updated_at)
    }

    pub(super) fn reference(&self) -> Result<Option<ReferenceId>, Code> {
        reference(self.reference_id.as_deref())
    }
}

fn time(text: &str) -> Result<Time, Code> {
    text.parse().map_err(|_| UNREADABLE)
}

fn reference(text: Option<&str>) -> Result<Option<ReferenceId>, Code> {
    text.map(|t| ReferenceId::read(t).ok_or(UNREADABLE))
        .transpose()
}
