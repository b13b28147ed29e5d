//! `tashika crl status`: what a store holds.

use std::io::{self, Write};

use serde::Serialize;
use tashika::revocation::{ListStore, Partition, Policy};
use tashika::{Code, Time};

use crate::cli::crl::StatusOptions;
use crate::clock;
use crate::exit::{Exit, Failure};
use crate::show::{self, name};

/// Partitions that are shown without being asked for: on a bad day it is
/// thousands that are stale.
const SHOWN: usize = 20;

pub(super) fn run(options: &StatusOptions) -> Result<Exit, Failure> {
    let store = options.store.open_all()?;
    let now = options.at.unwrap_or_else(clock::now);
    let shown = Shown::of(&store, now, options);
    show::print(&shown, options.json, |shown, out| {
        shown.write(out, options.partitions)
    })?;
    Ok(if shown.is_fine() {
        Exit::Accepted
    } else {
        Exit::Undetermined
    })
}

/// A store, as it is shown.
#[derive(Serialize)]
struct Shown {
    generation: u64,
    at: String,
    newest_this_update: Option<String>,
    revoked: u64,
    dropped: u64,
    octets: u64,
    /// The newest list is from the future: it is not known what is stale.
    clock_behind: bool,
    fresh: usize,
    stale: usize,
    older: usize,
    unscoped: usize,
    damaged: usize,
    partitions: Vec<Row>,
}

/// A partition, as it is shown.
#[derive(Serialize)]
struct Row {
    source: String,
    issuer: String,
    purpose: &'static str,
    distribution_points: Vec<String>,
    /// Whether configuration says so, and not the list.
    configured: bool,
    state: State,
    number: Option<String>,
    highest_number: Option<String>,
    this_update: String,
    next_update: Option<String>,
    /// Since thisUpdate.
    age_seconds: i64,
    seen: String,
    revoked: u64,
    dropped: u64,
    conflicts: u64,
    octets: u64,
    changed: u64,
}

/// Whether a partition can say that a certificate is good.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Fresh,
    /// Past its next update or the maximum age, or without a next update.
    Stale,
    /// Older than a list that was lost.
    Older,
    /// Nothing says what it covers: it can only revoke.
    Unscoped,
    /// Its file is damaged or gone.
    Damaged,
}

impl Shown {
    fn of(store: &ListStore, now: Time, options: &StatusOptions) -> Self {
        let partitions = store.partitions();
        let policy = super::policy(options.max_age);
        let row = |p| Row::of(p, &policy, now, options.check);
        let rows = partitions.iter().map(|p| row(p));
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by(|a, b| a.source.cmp(&b.source));
        let count = |state| rows.iter().filter(|row| row.state == state).count();
        let sum = |of: fn(&Row) -> u64| rows.iter().map(of).sum();
        Self {
            generation: store.generation(),
            at: now.to_string(),
            newest_this_update: store.newest().map(|time| time.to_string()),
            revoked: sum(|row| row.revoked),
            dropped: sum(|row| row.dropped),
            octets: sum(|row| row.octets),
            clock_behind: store
                .newest()
                .is_some_and(|newest| newest > now.plus(clock::SKEW)),
            fresh: count(State::Fresh),
            stale: count(State::Stale),
            older: count(State::Older),
            unscoped: count(State::Unscoped),
            damaged: count(State::Damaged),
            partitions: rows,
        }
    }

    fn is_fine(&self) -> bool {
        let whole = self.stale + self.older + self.damaged == 0;
        self.fresh > 0 && whole && !self.clock_behind
    }

    fn write(&self, out: &mut dyn Write, partitions: bool) -> io::Result<()> {
        let absent = "(none)";
        let newest = self.newest_this_update.as_deref().unwrap_or(absent);
        writeln!(out, "generation   {}", self.generation)?;
        writeln!(out, "newest list  {newest}")?;
        writeln!(out, "partitions   {}", self.partitions.len())?;
        for (state, count) in [
            ("fresh", self.fresh),
            ("stale", self.stale),
            ("older", self.older),
            ("unscoped", self.unscoped),
            ("damaged", self.damaged),
        ] {
            writeln!(out, "  {state:<10} {count}")?;
        }
        writeln!(out, "revoked      {}", self.revoked)?;
        writeln!(out, "dropped      {}", self.dropped)?;
        writeln!(out, "octets       {}", self.octets)?;
        if self.clock_behind {
            let text = "behind the newest list: what is stale is not known";
            writeln!(out, "clock        {text}")?;
        }
        let rows = self.partitions.iter();
        let rows = rows.filter(|row| partitions || row.state != State::Fresh);
        let shown = if partitions { usize::MAX } else { SHOWN };
        rows.clone()
            .take(shown)
            .try_for_each(|row| row.write(out))?;
        match rows.count().saturating_sub(shown) {
            0 => Ok(()),
            more => writeln!(out, "\nand {more} more: --partitions shows all"),
        }
    }
}

impl Row {
    fn of(partition: &Partition, policy: &Policy, now: Time, check: bool) -> Self {
        let points = partition.distribution_points();
        let points = points.map(|point| match point.directory_name() {
            Some(directory) => name(directory),
            None => "(not a directory name)".to_owned(),
        });
        let number = |n: &dyn ToString| n.to_string();
        Self {
            source: partition.label().to_owned(),
            issuer: name(partition.anchor().subject()),
            purpose: partition.anchor().purpose().as_str(),
            distribution_points: points.collect(),
            configured: partition.is_configured(),
            state: State::of(partition, policy, now, check),
            number: partition.number().map(|n| number(n)),
            highest_number: partition.highest_number().map(|n| number(n)),
            this_update: partition.this_update().to_string(),
            next_update: partition.next_update().map(|time| time.to_string()),
            age_seconds: now
                .as_unix()
                .saturating_sub(partition.this_update().as_unix()),
            seen: partition.seen().to_string(),
            revoked: partition.revoked(),
            dropped: partition.dropped(),
            conflicts: partition.conflicts(),
            octets: partition.octets(),
            changed: partition.changed(),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let absent = "(absent)";
        writeln!(out, "\n{}  {}", self.state.as_str(), self.source)?;
        writeln!(out, "  issuer       {} ({})", self.issuer, self.purpose)?;
        for point in &self.distribution_points {
            let configured = if self.configured { " (configured)" } else { "" };
            writeln!(out, "  scope        {point}{configured}")?;
        }
        let number = self.number.as_deref().unwrap_or(absent);
        writeln!(out, "  number       {number}")?;
        if self.highest_number != self.number {
            let highest = self.highest_number.as_deref().unwrap_or(absent);
            writeln!(out, "  highest seen {highest}")?;
        }
        let hours = self.age_seconds / 3600;
        writeln!(out, "  this update  {} ({hours} h ago)", self.this_update)?;
        let next_update = self.next_update.as_deref().unwrap_or(absent);
        writeln!(out, "  next update  {next_update}")?;
        writeln!(out, "  entries      {}", self.revoked)?;
        writeln!(out, "  dropped      {}", self.dropped)
    }
}

impl State {
    pub(crate) fn of(partition: &Partition, policy: &Policy, now: Time, check: bool) -> Self {
        let whole = match check {
            true => partition.check(),
            false => partition.index().map(|_| ()),
        };
        if whole.is_err() {
            Self::Damaged
        } else if partition.withheld() == Some(Code::RevocationNumber) {
            Self::Older
        } else if !partition.answers() || partition.distribution_points().next().is_none() {
            Self::Unscoped
        } else if super::is_fresh(partition, policy, now) {
            Self::Fresh
        } else {
            Self::Stale
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "FRESH",
            Self::Stale => "STALE",
            Self::Older => "OLDER",
            Self::Unscoped => "UNSCOPED",
            Self::Damaged => "DAMAGED",
        }
    }
}
