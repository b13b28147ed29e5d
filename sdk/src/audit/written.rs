//! A record in JSON: the members, in the order in which they are written.

#[cfg(feature = "auth-app")]
mod app;
#[cfg(feature = "mdoc")]
mod phone;

use serde::Serialize;

use crate::audit::facts::{CertificateFacts, Issuer};
use crate::audit::record::Outcome;
use crate::audit::{Evidence, Flow, LegalMethod, Record, Terms};
use crate::code::{Code, Disposition};
use crate::error::Error;
use crate::hex::Hex;
use crate::jpki::{Kind, MeaningTable, Text};
use crate::person::my_number;
use crate::revocation::{Confirmation, Freshness, Reason, Source};
use crate::time::Time;
#[cfg(feature = "auth-app")]
use app::{Login, Operator};
#[cfg(feature = "mdoc")]
use phone::{Age, Document};

/// What stands in a line for one record.
#[derive(Default, Serialize)]
pub(super) struct Written<'a> {
    flow: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_japan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<&'a Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<Certificate>,
    #[cfg(feature = "auth-app")]
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<Login>,
    #[cfg(feature = "auth-app")]
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<Operator>,
    #[cfg(feature = "mdoc")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    documents: Vec<Document<'a>>,
    #[cfg(feature = "mdoc")]
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<Age<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<Method<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<Committed>,
    sdk: &'static str,
}

#[derive(Serialize)]
struct Certificate {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(flatten)]
    issuer: IssuedBy,
    #[serde(skip_serializing_if = "Option::is_none")]
    keyed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    algorithm: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<String>,
    revocation: Revocation,
    trust: String,
}

#[derive(Serialize)]
struct IssuedBy {
    issuer: String,
    authority_key_identifier: String,
}

/// How the revocation of a certificate was settled.
#[derive(Default, Serialize)]
struct Revocation {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_update: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    produced_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    freshness: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flagged: Option<bool>,
}

#[derive(Serialize)]
struct Method<'a> {
    letter: &'a str,
    regime: String,
}

#[derive(Serialize)]
struct Committed {
    label: &'static str,
    commitment: String,
}

impl<'a> Written<'a> {
    pub(super) fn of(record: &'a Record, terms: &'a Terms, evidence: Option<&Evidence>) -> Self {
        let mut written = Self::when(record);
        match &record.outcome {
            Outcome::Refused(error) => written.refuse(record.flow, error, &terms.meanings),
            Outcome::Certificate(facts) => {
                written.certificate = Some(Certificate::of(facts, terms, evidence));
            }
            #[cfg(feature = "mdoc")]
            Outcome::Documents(documents) => {
                written.documents = documents.iter().map(Document::of).collect();
            }
            #[cfg(feature = "mdoc")]
            Outcome::Age(check, about) => written.age = Some(Age::of(check, about.as_deref())),
            #[cfg(feature = "auth-app")]
            Outcome::Login(facts) => written.login = Some(Login::of(facts, terms)),
            #[cfg(feature = "auth-app")]
            Outcome::Signing(facts) => written.sign_through_app(facts, terms, evidence),
        }
        written.method = record.method.as_ref().map(Method::of);
        let committed = evidence.into_iter().flat_map(Evidence::commitments);
        let committed = committed.map(|(label, commitment)| Committed {
            label,
            commitment: Hex(&commitment).to_string(),
        });
        written.evidence = committed.collect();
        written
    }

    fn when(record: &Record) -> Self {
        let written = Self {
            flow: record.flow.as_str(),
            verdict: "accepted",
            sdk: env!("CARGO_PKG_VERSION"),
            ..Self::default()
        };
        if record.flow == Flow::Age {
            let day = day(record.at);
            return Self { day, ..written };
        }
        Self {
            transaction: record
                .transaction
                .map(|transaction| transaction.to_string()),
            at: Some(record.at.to_string()),
            at_japan: Some(record.at.to_japanese_text()),
            ..written
        }
    }

    fn refuse(&mut self, flow: Flow, error: &Error, meanings: &'a MeaningTable) {
        let code = error.code();
        self.verdict = match code.disposition() {
            Disposition::Undetermined | Disposition::Misuse => "undetermined",
            Disposition::Rejected | Disposition::Malformed => "rejected",
        };
        self.code = Some(code.as_str());
        self.check = Some(error.check().as_str());
        let reason = reason(code);
        self.reason = reason.map(Reason::as_str);
        let kind = match flow {
            Flow::Signature | Flow::Signing => Kind::Signing,
            Flow::Authentication => Kind::Authentication,
            // Of another kind, or of one that is not known here.
            Flow::Session | Flow::Presentation | Flow::Age | Flow::Login => return,
        };
        let meaning = reason.and_then(|reason| meanings.meaning(kind, reason));
        self.meaning = meaning.map(|meaning| &meaning.meaning);
    }

    /// Without what tells people apart.
    pub(super) fn for_logs(mut self) -> Self {
        if let Some(certificate) = &mut self.certificate {
            certificate.keyed = None;
            certificate.key = None;
            certificate.valid_from = None;
            certificate.valid_until = None;
            certificate.signed = None;
            certificate.revocation.reference = None;
        }
        #[cfg(feature = "auth-app")]
        #[cfg(feature = "auth-app")]
        self.hide_in_app();
        #[cfg(feature = "mdoc")]
        self.documents.iter_mut().for_each(Document::hide_validity);
        self
    }

    pub(super) fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|_| Code::MisuseArgument.into())
    }
}

/// The reason that a code of a revocation stands for.
fn reason(code: Code) -> Option<Reason> {
    let mut reasons = (0..=u8::MAX).map(Reason::from_number);
    reasons.find(|reason| reason.code() == code)
}

/// The day in Japan; none outside of the calendar.
fn day(time: Time) -> Option<String> {
    let day = time.date_in_japan().ok()?;
    Some(day.to_string())
}

/// What others wrote, without what may be a My Number.
fn free(text: &str) -> String {
    my_number::redact(text).into_owned()
}

impl Certificate {
    fn of(facts: &CertificateFacts, terms: &Terms, evidence: Option<&Evidence>) -> Self {
        // Without a salt it would tell of what was erased, by trying.
        let signed = facts.signed.filter(|_| evidence.is_none());
        let key = terms.key.check_value();
        let until = facts.validity.not_after.date_in_japan().ok();
        Self {
            kind: facts.kind.as_str(),
            carrier: facts.carrier.map(|carrier| carrier.as_str()),
            policy: facts.policy.map(|policy| policy.to_string()),
            issuer: IssuedBy::of(&facts.issuer),
            keyed: Some(facts.identity.lookup(&terms.key).to_string()),
            key: Some(Hex(&key).to_string()),
            valid_from: Some(facts.validity.not_before.to_string()),
            valid_until: until.map(|day| day.year().to_string()),
            algorithm: facts.scheme.map(|scheme| scheme.name()),
            signed: signed.map(|digest| digest.to_string()),
            revocation: Revocation::of(&facts.confirmation),
            trust: facts.trust.to_string(),
        }
    }
}

impl IssuedBy {
    fn of(issuer: &Issuer) -> Self {
        Self {
            issuer: issuer.name.to_string(),
            authority_key_identifier: Hex(&issuer.key_identifier).to_string(),
        }
    }
}

impl Revocation {
    fn of(confirmation: &Confirmation) -> Self {
        let Confirmation::Good {
            as_of,
            next_update,
            source,
            freshness,
            flagged,
        } = confirmation
        else {
            return Self {
                status: "unchecked",
                ..Self::default()
            };
        };
        let revocation = Self {
            status: "good",
            method: Some(source.method().as_str()),
            as_of: Some(as_of.to_string()),
            next_update: next_update.map(|time| time.to_string()),
            freshness: Some(match freshness {
                Freshness::Fresh => "fresh",
                Freshness::WithinGrace => "within_grace",
                Freshness::Expired => "expired",
            }),
            flagged: Some(*flagged),
            ..Self::default()
        };
        revocation.told_by(source)
    }

    fn told_by(mut self, source: &Source) -> Self {
        match source {
            Source::List(list) => self.number = list.number().map(ToString::to_string),
            Source::Ocsp(ocsp) => self.produced_at = Some(ocsp.produced_at().to_string()),
            Source::Operator(operator) => {
                self.method = Some("operator");
                self.reference = operator.reference().map(|r| free(r.as_str()));
            }
            // It revokes, so that nothing is good by it.
            Source::Remembered(_) => {}
        }
        self
    }
}

impl<'a> Method<'a> {
    fn of(method: &'a LegalMethod) -> Self {
        Self {
            letter: method.letter(),
            regime: method.in_force().to_string(),
        }
    }
}
