//! What a record tells of the auth app.

use serde::Serialize;

use super::{Certificate, Written, free};
use crate::audit::facts::{LoginFacts, OperatorFacts, SigningFacts, VerifiedBy};
use crate::audit::{Evidence, Terms};
use crate::auth_app::signing::{OperatorCertificate, OperatorSubject};

/// Whom the provider authenticated.
#[derive(Serialize)]
pub(super) struct Login {
    issuer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

/// What a platform operator said of a signature.
#[derive(Serialize)]
pub(super) struct Operator {
    url: String,
    subject: &'static str,
    certificate: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<String>,
}

impl Written<'_> {
    pub(super) fn sign_through_app(
        &mut self,
        facts: &SigningFacts,
        terms: &Terms,
        evidence: Option<&Evidence>,
    ) {
        self.login = Some(Login::of(&facts.login, terms));
        match &facts.verified {
            VerifiedBy::Ourselves(facts) => {
                self.certificate = Some(Certificate::of(facts, terms, evidence));
            }
            VerifiedBy::Operator(facts) => self.operator = Some(Operator::of(facts, evidence)),
        }
    }

    /// Hides what tells people apart.
    pub(super) fn hide_in_app(&mut self) {
        if let Some(login) = &mut self.login {
            login.subject = None;
        }
        if let Some(operator) = &mut self.operator {
            operator.signed = None;
        }
    }
}

impl Login {
    pub(super) fn of(facts: &LoginFacts, terms: &Terms) -> Self {
        let subject = terms.key.of_subject(&facts.issuer, &facts.subject);
        Self {
            issuer: free(&facts.issuer),
            acr: facts.acr.as_deref().map(free),
            subject: Some(subject.to_string()),
        }
    }
}

impl Operator {
    fn of(facts: &OperatorFacts, evidence: Option<&Evidence>) -> Self {
        let signed = evidence.is_none().then_some(facts.signed);
        Self {
            url: free(&facts.operator),
            subject: match facts.subject {
                OperatorSubject::Same => "same",
                OperatorSubject::NotNamed => "not_named",
            },
            certificate: match facts.certificate {
                OperatorCertificate::Valid => "valid",
                OperatorCertificate::NotNamed => "not_named",
            },
            signed: signed.map(|digest| digest.to_string()),
        }
    }
}
