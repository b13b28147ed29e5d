//! `tashika crl show`: what a list says of itself.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use tashika::revocation::{CertificateList, DistributionPointName};

use crate::exit::Failure;
use crate::input;
use crate::show::name;

/// A list, as it is shown. It holds serial numbers of people's certificates,
/// which are counted and not shown.
#[derive(Serialize)]
pub(super) struct Shown {
    issuer: String,
    this_update: String,
    next_update: Option<String>,
    number: Option<String>,
    distribution_points: Vec<String>,
    has_scope: bool,
    partial_reasons: bool,
    indirect: bool,
    entries: usize,
    reasons: BTreeMap<&'static str, usize>,
}

impl Shown {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let der = input::revocation_list(path)?;
        let list = CertificateList::from_der(&der).map_err(|e| Failure::unfit(path, e))?;
        Ok(Self::of(&list))
    }

    fn of(list: &CertificateList<'_>) -> Self {
        let scope = list.issuing_distribution_point();
        Self {
            issuer: name(list.issuer().der()),
            this_update: list.this_update().to_string(),
            next_update: list.next_update().map(|time| time.to_string()),
            number: list.number().map(ToString::to_string),
            distribution_points: scope
                .map(|scope| scope.names().map(point).collect())
                .unwrap_or_default(),
            has_scope: scope.is_some(),
            partial_reasons: scope.is_some_and(|scope| scope.only_some_reasons()),
            indirect: scope.is_some_and(|scope| scope.is_indirect()),
            entries: list.entries(),
            reasons: list.reasons().map(|(r, n)| (r.as_str(), n)).collect(),
        }
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let absent = "(absent)";
        writeln!(out, "unverified: this is what the list says of itself")?;
        writeln!(out, "issuer       {}", self.issuer)?;
        writeln!(
            out,
            "number       {}",
            self.number.as_deref().unwrap_or(absent)
        )?;
        writeln!(out, "this update  {}", self.this_update)?;
        let next_update = self.next_update.as_deref().unwrap_or(absent);
        writeln!(out, "next update  {next_update}")?;
        if !self.has_scope {
            writeln!(
                out,
                "scope        (absent: it cannot say that a certificate is good)"
            )?;
        }
        for point in &self.distribution_points {
            writeln!(out, "scope        {point}")?;
        }
        if self.partial_reasons {
            writeln!(out, "scope        only some reasons")?;
        }
        if self.indirect {
            writeln!(out, "scope        indirect")?;
        }
        writeln!(out, "entries      {}", self.entries)?;
        for (reason, count) in &self.reasons {
            writeln!(out, "             {count:>8}  {reason}")?;
        }
        Ok(())
    }
}

/// A directoryName is `[4] EXPLICIT Name`; other names are shown by their kind.
fn point(point: DistributionPointName<'_>) -> String {
    match point.directory_name() {
        Some(directory) => name(directory),
        None => "(not a directory name)".to_owned(),
    }
}
