//! `tashika crl sync`: lists into a store.

use std::fmt::Display;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use serde::Serialize;
use tashika::Time;
use tashika::revocation::{
    Outcome, Recovered, Recovery, StoreError, StoreUpdate, TakeError, Taken,
};

use super::bindings::Bindings;
use super::mirrors::Mirrors;
use super::progress::Progress;
use super::source::{Brought, Source, SourceError};
use crate::cli::crl::Sync;
use crate::clock;
use crate::exit::{Exit, Failure};

pub(super) fn run(options: &Sync) -> Result<Exit, Failure> {
    let trust = options.store.anchors.load_all()?;
    let sources = Source::all(options)?;
    let mirrors = Mirrors::new(options, &sources)?;
    let bindings = Bindings::read(&options.bindings)?;
    let recovery = if options.rebuild {
        Recovery::Rebuild
    } else {
        Recovery::Refuse
    };
    let failure = |error| options.store.failure(error);
    let update = StoreUpdate::begin(&options.store.store, super::ingest(trust), recovery);
    let update = update.map_err(failure)?;
    let run = Run::new(&sources);
    run.recovered(update.recovered());
    let jobs = options.jobs.unwrap_or_else(|| jobs(&sources));
    run.take_all(&update, &mirrors, &bindings, jobs);
    // What was taken is kept, also where a list could not be.
    let updated = update.finish().map_err(failure)?;
    let report = run.finish(updated.generation).map_err(failure)?;
    let mut out = io::stdout().lock();
    if options.json {
        serde_json::to_writer_pretty(&mut out, &report).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        report.write(&mut out)?;
    }
    Ok(report.exit())
}

/// Lists that are read at once where some come from mirrors: to wait costs
/// nothing.
const FETCHES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(7);

fn jobs(sources: &[Source]) -> NonZeroUsize {
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    match sources.iter().any(|source| source.location().is_some()) {
        true => cores.max(FETCHES),
        false => cores,
    }
}

/// Lists on their way into a store.
struct Run<'a> {
    sources: &'a [Source],
    /// The next source that nobody has begun with.
    next: AtomicUsize,
    now: Time,
    progress: Progress,
    report: Mutex<Report>,
}

/// What became of the sources.
#[derive(Default, Serialize)]
struct Report {
    generation: u64,
    lists: Vec<Line>,
    refused: Vec<Refusal>,
    alerts: Vec<Alert>,
    /// Why nothing more could be taken: the store, not a list.
    #[serde(skip)]
    stopped: Option<StoreError>,
}

/// A list that was taken.
#[derive(Serialize)]
struct Line {
    source: String,
    outcome: &'static str,
    #[serde(flatten)]
    counts: Option<Counts>,
}

/// What is on a list. Nobody has counted where a mirror sent nothing new.
#[derive(Serialize)]
struct Counts {
    revoked: u64,
    dropped: u64,
    conflicts: u64,
    duplicates: u64,
}

/// What somebody should look into.
#[derive(Serialize)]
struct Alert {
    /// None if it is about the store.
    source: Option<String>,
    text: String,
}

/// A list that was not.
#[derive(Serialize)]
struct Refusal {
    source: String,
    code: &'static str,
    description: String,
}

impl<'a> Run<'a> {
    fn new(sources: &'a [Source]) -> Self {
        let octets = sources.iter().map(Source::octets).sum();
        Self {
            sources,
            next: AtomicUsize::new(0),
            now: clock::now(),
            progress: Progress::new(sources.len(), octets),
            report: Mutex::default(),
        }
    }

    fn recovered(&self, recovered: Option<Recovered>) {
        let text = match recovered {
            None => return,
            Some(Recovered::Previous) => {
                "the manifest was damaged: the last change is lost and is made anew"
            }
            Some(Recovered::Files) => {
                "the manifest and the one before it were damaged: numbers seen, and what lists have dropped, are what the files in the store tell"
            }
            Some(Recovered::Nothing) => {
                "the manifest and the one before it were damaged, and no file is left: the highest numbers seen, and what lists have dropped, are forgotten"
            }
        };
        self.alert(None, &text);
    }

    /// Takes all sources on so many threads.
    fn take_all(
        &self,
        update: &StoreUpdate,
        mirrors: &Mirrors,
        bindings: &Bindings,
        jobs: NonZeroUsize,
    ) {
        let take_next = || self.take_next(update, mirrors, bindings);
        thread::scope(|scope| {
            for _ in 0..jobs.get().min(self.sources.len()) {
                scope.spawn(|| while take_next().is_some() {});
            }
        });
    }

    /// None if there is nothing more to do.
    fn take_next(
        &self,
        update: &StoreUpdate,
        mirrors: &Mirrors,
        bindings: &Bindings,
    ) -> Option<()> {
        let source = self
            .sources
            .get(self.next.fetch_add(1, Ordering::Relaxed))?;
        let octets = source.octets();
        match source.take(update, mirrors, bindings.of(source), self.now) {
            Ok(Brought::Taken(taken)) => self.taken(source, &taken),
            Ok(Brought::Unchanged) => self.unchanged(source),
            Err(SourceError::Take(TakeError::Store(error))) => {
                self.next.store(self.sources.len(), Ordering::Relaxed);
                self.with(|report| report.stopped = Some(error));
                return None;
            }
            Err(error) => self.refused(source, &error),
        }
        self.progress.advance(octets.unwrap_or_default());
        Some(())
    }

    fn taken(&self, source: &Source, taken: &Taken) {
        let Taken {
            revoked,
            dropped,
            conflicts,
            duplicates,
            forgotten,
            scoped,
            ..
        } = *taken;
        if forgotten > 0 {
            self.alert(
                Some(source),
                &format_args!(
                    "{forgotten} certificates that earlier lists had dropped are forgotten"
                ),
            );
        }
        if !scoped {
            self.alert(
                Some(source),
                &format_args!("nothing says what it covers: it can only revoke (see --bindings)"),
            );
        }
        if conflicts > 0 {
            self.alert(
                Some(source),
                &format_args!("{conflicts} entries contradict others"),
            );
        }
        if is_suspicious(revoked, dropped) {
            self.alert(
                Some(source),
                &format_args!("{dropped} dropped: revoked before, and no longer on the list"),
            );
        }
        if taken.outcome == Outcome::Repaired {
            self.alert(
                Some(source),
                &format_args!("its file was damaged and was made anew"),
            );
        }
        let line = Line {
            source: source.to_string(),
            outcome: outcome(taken.outcome),
            counts: Some(Counts {
                revoked,
                dropped,
                conflicts,
                duplicates,
            }),
        };
        self.with(|report| report.lists.push(line));
    }

    fn unchanged(&self, source: &Source) {
        let line = Line {
            source: source.to_string(),
            outcome: "unchanged",
            counts: None,
        };
        self.with(|report| report.lists.push(line));
    }

    fn refused(&self, source: &Source, error: &SourceError) {
        let (code, description) = (error.code().as_str(), error.description());
        self.progress
            .say(&format!("{source}: {code}: {description}"));
        let refusal = Refusal {
            source: source.to_string(),
            code,
            description,
        };
        self.with(|report| report.refused.push(refusal));
    }

    fn alert(&self, source: Option<&Source>, text: &dyn Display) {
        match source {
            Some(source) => self.progress.say(&format!("{source}: ALERT: {text}")),
            None => self.progress.say(&format!("ALERT: {text}")),
        }
        let alert = Alert {
            source: source.map(ToString::to_string),
            text: text.to_string(),
        };
        self.with(|report| report.alerts.push(alert));
    }

    fn with(&self, change: impl FnOnce(&mut Report)) {
        change(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn finish(self, generation: u64) -> Result<Report, StoreError> {
        let report = self.report.into_inner();
        let mut report = report.unwrap_or_else(PoisonError::into_inner);
        if let Some(stopped) = report.stopped.take() {
            return Err(stopped);
        }
        report.generation = generation;
        report.lists.sort_by(|a, b| a.source.cmp(&b.source));
        report.refused.sort_by(|a, b| a.source.cmp(&b.source));
        Ok(report)
    }
}

/// Whether a list lost more than expires from one issue to the next. Revoked
/// certificates that have expired leave their lists, of JPKI's perhaps one in a
/// thousand a day: were each an alert, thousands of municipalities would raise
/// one every day, and nobody would read them. What is dropped stays revoked all
/// the same, and is counted.
const fn is_suspicious(revoked: u64, dropped: u64) -> bool {
    let before = revoked.saturating_add(dropped);
    dropped > before / 100
}

const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::First => "first",
        Outcome::Replaced => "replaced",
        Outcome::Repaired => "repaired",
        Outcome::Kept => "kept",
        Outcome::Superseded => "superseded",
        // The rest is as if nothing had come in.
        _ => "unchanged",
    }
}

impl Report {
    fn exit(&self) -> Exit {
        if self.refused.is_empty() {
            Exit::Accepted
        } else {
            Exit::Undetermined
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let count = |outcome| self.lists.iter().filter(|l| l.outcome == outcome).count();
        writeln!(out, "generation   {}", self.generation)?;
        for name in [
            "first",
            "replaced",
            "repaired",
            "kept",
            "superseded",
            "unchanged",
        ] {
            let count = count(name);
            if count > 0 {
                writeln!(out, "{name:<12} {count}")?;
            }
        }
        if !self.refused.is_empty() {
            writeln!(out, "refused      {}", self.refused.len())?;
        }
        let counts = self.lists.iter().filter_map(|l| l.counts.as_ref());
        let (lists, revoked, dropped) = counts.fold((0_u64, 0, 0), |(n, r, d), c| {
            (n + 1, r + c.revoked, d + c.dropped)
        });
        if dropped > 0 {
            let text = "no longer on these lists; they stay revoked";
            writeln!(out, "dropped      {dropped} {text}")?;
        }
        match lists {
            0 => Ok(()),
            _ => writeln!(out, "revoked      {revoked} on the lists that were read"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_suspicious;

    #[test]
    fn what_expires_day_by_day_raises_no_alert() {
        assert!(!is_suspicious(0, 0) && !is_suspicious(10_000, 10));
        assert!(!is_suspicious(9_900, 100) && is_suspicious(9_899, 101));
        assert!(is_suspicious(0, 1) && is_suspicious(98, 1));
    }
}
