//! What a record says of a presentation: nothing that a document says.

use serde::Serialize;

use super::{IssuedBy, Revocation, day};
use crate::audit::facts::DocumentFacts;
use crate::mdoc::status::{RecordConfirmation, RecordState};
use crate::mdoc::{AgeCheck, AgeStatement};
use crate::person::AtLeast;

#[derive(Serialize)]
pub(super) struct Document<'a> {
    doc_type: &'a str,
    anchor: String,
    #[serde(flatten)]
    issuer: IssuedBy,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
    revocation: Revocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<RecordSettled>,
}

#[derive(Serialize)]
struct RecordSettled {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Age<'a> {
    threshold: u8,
    reached: &'static str,
    statement: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    doc_type: Option<&'a str>,
}

impl<'a> Document<'a> {
    pub(super) fn of(facts: &'a DocumentFacts) -> Self {
        Self {
            doc_type: &facts.doc_type,
            anchor: facts.anchor.to_string(),
            issuer: IssuedBy::of(&facts.issuer),
            valid_from: day(facts.valid_from),
            valid_until: day(facts.valid_until),
            revocation: Revocation::of(&facts.confirmation),
            record: facts.record.as_ref().map(RecordSettled::of),
        }
    }
}

impl Document<'_> {
    pub(super) fn hide_validity(&mut self) {
        self.valid_from = None;
        self.valid_until = None;
    }
}

impl RecordSettled {
    fn of(confirmation: &RecordConfirmation) -> Self {
        Self {
            status: match confirmation.state() {
                RecordState::Good => "good",
                RecordState::NotAvailable => "not_available",
                RecordState::Undetermined(_) => "undetermined",
                RecordState::Revoked => "revoked",
                RecordState::Suspended => "suspended",
            },
            as_of: confirmation.as_of().map(|time| time.to_string()),
        }
    }
}

impl<'a> Age<'a> {
    pub(super) fn of(check: &AgeCheck, doc_type: Option<&'a str>) -> Self {
        Self {
            threshold: check.threshold(),
            reached: match check.outcome() {
                AtLeast::Yes => "yes",
                AtLeast::No => "no",
                AtLeast::Unknown => "unknown",
            },
            statement: match check.statement() {
                AgeStatement::Exact => "exact",
                AgeStatement::Implied => "implied",
                AgeStatement::AgeInYears => "age_in_years",
                AgeStatement::BirthDate => "birth_date",
            },
            doc_type,
        }
    }
}
