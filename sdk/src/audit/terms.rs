//! On what terms a relying party keeps records.

use std::fmt;

use crate::audit::written::Written;
use crate::audit::{Evidence, Record};
use crate::code::Code;
use crate::error::Error;
use crate::jpki::{LookupKey, MeaningTable};
use crate::person::Date;

/// What the relying party is in law, and so what it may keep (公的個人認証法).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// 署名検証者: verifies signatures itself, and keeps the certificate with
    /// what was signed.
    Verifier,
    /// A service provider behind a platform operator: certificates are not its
    /// to keep. What carries one is left out.
    ServiceProvider,
}

/// On what terms a relying party keeps records: under which key certificates and
/// people are found again, in which role, and what reasons mean to it.
#[derive(Clone)]
pub struct Terms {
    pub(super) key: LookupKey,
    pub(super) role: Role,
    pub(super) meanings: MeaningTable,
}

/// A record as it is written, and what is kept beside it.
///
/// The line says under a key whose it is. The evidence says it outright.
pub struct Entry {
    json: String,
    evidence: Option<Evidence>,
    day: Option<Date>,
}

impl Terms {
    /// With this key for lookups, in this role.
    #[must_use]
    pub fn new(key: LookupKey, role: Role) -> Self {
        Self {
            key,
            role,
            meanings: MeaningTable::standard(),
        }
    }

    /// These terms, with other meanings of reasons than the standard ones.
    #[must_use]
    pub fn with_meanings(mut self, meanings: MeaningTable) -> Self {
        self.meanings = meanings;
        self
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Writes a record, with as much of its evidence as the role may keep.
    ///
    /// # Errors
    /// `input.too_large` if the evidence is longer than
    /// [`limits::AUDIT_EVIDENCE`](crate::limits::AUDIT_EVIDENCE).
    pub fn write(&self, mut record: Record) -> Result<Entry, Error> {
        let evidence = record.evidence.take().and_then(|e| e.kept_by(self.role));
        if evidence.as_ref().is_some_and(Evidence::is_too_large) {
            return Err(Code::InputTooLarge.into());
        }
        let written = Written::of(&record, self, evidence.as_ref());
        Ok(Entry {
            json: written.to_json()?,
            evidence,
            day: record.at.date_in_japan().ok(),
        })
    }

    /// The record as one line of JSON for logs, which more people read than
    /// records: without the keyed identity, the validity of a certificate or
    /// document, and what is said about evidence.
    ///
    /// # Errors
    /// `misuse.argument` if it cannot be written, which it always can.
    pub fn write_for_logs(&self, record: &Record) -> Result<String, Error> {
        Written::of(record, self, None).for_logs().to_json()
    }
}

impl Entry {
    /// The record as one line of JSON.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// What is kept beside it.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        self.evidence.as_ref()
    }

    /// The day in Japan; none outside of the calendar.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        self.day
    }
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terms")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

// It is about a person.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entry(…)")
    }
}
