//! What a run found, in numbers, and how much that is worth.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use tashika::Language;
use tashika::revocation::KeyedEntry;

use crate::exit::Exit;
use crate::watch::lists::Freshness;
use crate::watch::portfolio::Row;
use crate::watch::report::{kind_name, kind_of};

/// Numbers of malformed rows that are kept and shown.
const NAMED: usize = 1000;
/// Those that are shown to people.
const SHOWN: usize = 20;

/// What the rows so far were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    revoked: u64,
    no_finding: u64,
    malformed: u64,
    /// The numbers of the first of them.
    malformed_rows: Vec<u64>,
    /// Rows whose kind is not that of the list on which they are found.
    kind_differs: u64,
    /// By kind and reason.
    reasons: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Counts {
    pub(super) fn revoked(&mut self, row: &Row, entry: &KeyedEntry) {
        let kind = kind_of(entry.list().purpose());
        self.revoked += 1;
        self.kind_differs += u64::from(row.kind.is_some() && row.kind != kind);
        let reasons = self
            .reasons
            .entry(kind.map_or("other", kind_name).to_owned());
        let reason = entry.reason().as_str().to_owned();
        *reasons.or_default().entry(reason).or_default() += 1;
    }

    pub(super) fn no_finding(&mut self) {
        self.no_finding += 1;
    }

    pub(super) fn malformed(&mut self, number: u64) {
        self.malformed += 1;
        if self.malformed_rows.len() < NAMED {
            self.malformed_rows.push(number);
        }
    }
}

/// The whole run.
#[derive(Serialize)]
pub(super) struct Summary {
    pub(super) rows: u64,
    #[serde(flatten)]
    pub(super) counts: Counts,
    /// SHA-256 over the portfolio.
    pub(super) portfolio: String,
    pub(super) lists: Freshness,
    pub(super) note: &'static str,
}

/// What a customer without a finding is not, and what a finding is not for.
pub(super) const fn note(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "「no finding」(該当なし)は、失効情報に載っていなかったという意味であり、電子証明書が有効であることを示すものではありません。失効理由のコードだけで死亡・国外転出・住所変更があったと判断することはできず、第三者に知らせることもできません(公的個人認証法第52条)。"
        }
        _ => {
            "a customer without a finding was not found on any list, which does not say that the certificate is good; no code alone proves a death, an emigration or a change of address, and none may be told to others (公的個人認証法52条)"
        }
    }
}

impl Summary {
    /// Rows that could not be read were not looked for; lists that are stale
    /// or missing may know more than was found.
    pub(super) fn exit(&self) -> Exit {
        if self.counts.malformed > 0 {
            Exit::BadRows
        } else if self.lists.is_complete() {
            Exit::Accepted
        } else {
            Exit::Undetermined
        }
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let counts = &self.counts;
        writeln!(out, "rows         {}", self.rows)?;
        writeln!(out, "revoked      {}", counts.revoked)?;
        for (kind, reasons) in &counts.reasons {
            for (reason, count) in reasons {
                writeln!(out, "             {count:>8}  {kind}  {reason}")?;
            }
        }
        writeln!(out, "no finding   {}", counts.no_finding)?;
        writeln!(out, "malformed    {}", counts.malformed)?;
        for number in counts.malformed_rows.iter().take(SHOWN) {
            writeln!(out, "             row {number}")?;
        }
        if counts.malformed > SHOWN as u64 {
            let more = counts.malformed - SHOWN as u64;
            writeln!(
                out,
                "             and {more} more (--json names the first {NAMED})"
            )?;
        }
        if counts.kind_differs > 0 {
            let differ = counts.kind_differs;
            writeln!(
                out,
                "other kind   {differ} (revoked, but not of the kind that the row states)"
            )?;
        }
        self.lists.write(out)?;
        writeln!(out, "note         {}", self.note)
    }
}
