//! The rows that are written: for the operator alone.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use tashika::Language;
use tashika::jpki::{Action, Kind, Meaning, MeaningTable, Text};
use tashika::revocation::{KeyedEntry, Listed};
use tashika::trust::Purpose;

use crate::cli::Format;
use crate::watch::portfolio::Row;

/// How rows are written.
pub(super) struct Reporter<'a> {
    pub(super) format: Format,
    pub(super) meanings: &'a MeaningTable,
    pub(super) language: Language,
}

/// A row about one customer.
#[derive(Serialize)]
struct Written<'a> {
    /// The number of the customer's row in the portfolio.
    row: u64,
    reference: &'a str,
    /// `revoked`, or `no_finding`, which is not "good".
    state: &'static str,
    #[serde(flatten)]
    finding: Option<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    kind: Option<Kind>,
    reason: &'static str,
    reason_code: u8,
    revoked_at: String,
    invalid_since: Option<String>,
    meaning: Option<&'a str>,
    other_reading: Option<&'a str>,
    basis: Option<&'a str>,
    may: &'a [Action],
    must_not: &'a [Action],
    evidence: Evidence,
}

/// The list on which a certificate is found.
#[derive(Serialize)]
struct Evidence {
    source: &'static str,
    number: Option<String>,
    this_update: String,
    next_update: Option<String>,
    digest: String,
    /// A portfolio holds no distribution points, so that nothing was compared.
    coverage: &'static str,
    /// Whether the current issue of the list has it, or an earlier one.
    listed: &'static str,
}

/// The kind of certificate that anchors of this purpose issue.
pub(super) fn kind_of(purpose: Purpose) -> Option<Kind> {
    let mut kinds = [Kind::Signing, Kind::Authentication].into_iter();
    kinds.find(|kind| kind.purpose() == purpose)
}

impl Reporter<'_> {
    /// What stands before all rows.
    pub(super) fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Jsonl => Ok(()),
            Format::Csv => write_record(&COLUMNS.map(Cow::Borrowed), out),
        }
    }

    /// A customer whose certificate is revoked.
    pub(super) fn revoked(
        &self,
        number: u64,
        row: &Row,
        entry: &KeyedEntry,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let kind = kind_of(entry.list().purpose());
        let meaning = kind.and_then(|kind| self.meanings.meaning(kind, entry.reason()));
        self.write(
            &Written {
                row: number,
                reference: &row.reference,
                state: "revoked",
                finding: Some(self.finding(entry, kind, meaning)),
            },
            out,
        )
    }

    /// A customer of whom no list says anything.
    pub(super) fn no_finding(&self, number: u64, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        self.write(
            &Written {
                row: number,
                reference: &row.reference,
                state: "no_finding",
                finding: None,
            },
            out,
        )
    }

    fn finding<'m>(
        &self,
        entry: &KeyedEntry,
        kind: Option<Kind>,
        meaning: Option<&'m Meaning>,
    ) -> Finding<'m> {
        Finding {
            kind,
            reason: entry.reason().as_str(),
            reason_code: entry.reason().number(),
            revoked_at: entry.revoked_at().to_string(),
            invalid_since: entry.invalid_since().map(|time| time.to_string()),
            meaning: meaning.map(|m| self.text(&m.meaning)),
            other_reading: meaning.and_then(|m| Some(self.text(m.other_reading.as_ref()?))),
            basis: meaning.map(|m| &*m.basis),
            may: meaning.map_or(&[], |m| &m.may),
            must_not: meaning.map_or(&[], |m| &m.must_not),
            evidence: Evidence::of(entry),
        }
    }

    fn text<'t>(&self, text: &'t Text) -> &'t str {
        match self.language {
            Language::Japanese => &text.ja,
            _ => &text.en,
        }
    }

    fn write(&self, written: &Written<'_>, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Jsonl => {
                serde_json::to_writer(&mut *out, written)?;
                out.write_all(b"\n")
            }
            Format::Csv => write_record(&written.fields(), out),
        }
    }
}

impl Evidence {
    fn of(entry: &KeyedEntry) -> Self {
        let list = entry.list();
        Self {
            source: "crl",
            number: list.number().map(ToString::to_string),
            this_update: list.this_update().to_string(),
            next_update: list.next_update().map(|time| time.to_string()),
            digest: list.digest().to_string(),
            coverage: "not_compared",
            listed: match entry.listed() {
                Listed::Current => "current",
                Listed::Earlier => "earlier",
            },
        }
    }
}

const COLUMNS: [&str; 19] = [
    "row",
    "reference",
    "state",
    "kind",
    "reason",
    "reason_code",
    "revoked_at",
    "invalid_since",
    "meaning",
    "other_reading",
    "basis",
    "may",
    "must_not",
    "list_number",
    "list_this_update",
    "list_next_update",
    "list_digest",
    "coverage",
    "listed",
];

impl Written<'_> {
    /// The fields of a record, in the order of [`COLUMNS`].
    fn fields(&self) -> [Cow<'_, str>; 19] {
        let mut fields = [const { Cow::Borrowed("") }; 19];
        let first = [
            self.row.to_string().into(),
            self.reference.into(),
            self.state.into(),
        ];
        let finding = self.finding.as_ref().into_iter().flat_map(Finding::fields);
        let all = first.into_iter().chain(finding);
        fields.iter_mut().zip(all).for_each(|(to, from)| *to = from);
        fields
    }
}

impl Finding<'_> {
    fn fields(&self) -> [Cow<'_, str>; 16] {
        let optional = |text: &Option<String>| Cow::from(text.clone().unwrap_or_default());
        let evidence = &self.evidence;
        [
            self.kind.map_or("", kind_name).into(),
            self.reason.into(),
            self.reason_code.to_string().into(),
            (&*self.revoked_at).into(),
            optional(&self.invalid_since),
            self.meaning.unwrap_or_default().into(),
            self.other_reading.unwrap_or_default().into(),
            self.basis.unwrap_or_default().into(),
            names(self.may).into(),
            names(self.must_not).into(),
            optional(&evidence.number),
            (&*evidence.this_update).into(),
            optional(&evidence.next_update),
            (&*evidence.digest).into(),
            evidence.coverage.into(),
            evidence.listed.into(),
        ]
    }
}

/// A kind, as portfolios and reports name it.
pub(super) const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Signing => "signing",
        Kind::Authentication => "authentication",
    }
}

/// Actions by the names that they have in JSON.
fn names(actions: &[Action]) -> String {
    let names = actions.iter().map(serde_json::to_value);
    let names: Vec<_> = names
        .filter_map(|name| Some(name.ok()?.as_str()?.to_owned()))
        .collect();
    names.join(" ")
}

/// A record of RFC 4180.
fn write_record(fields: &[Cow<'_, str>], out: &mut dyn Write) -> io::Result<()> {
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        if field.contains(['"', ',', '\r', '\n']) {
            write!(out, "\"{}\"", field.replace('"', "\"\""))?;
        } else {
            out.write_all(field.as_bytes())?;
        }
    }
    out.write_all(b"\r\n")
}
