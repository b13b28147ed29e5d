#![doc = include_str!("watch/watch.md")]

use std::io;
use std::io::Write;
use std::num::NonZero;
use std::path::Path;
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};
use tashika::Language;
use tashika::jpki::{LookupKey, MeaningTable};
use tashika::revocation::{KeyedError, KeyedSet, KeyedSetBuilder};
use tashika::trust::Fingerprint;

use crate::cli::{Format, Watch};
use crate::exit::{Exit, Failure};
use crate::{clock, key, verify};

mod checkpoint;
#[cfg(feature = "parquet")]
pub(crate) mod export;
mod lists;
mod portfolio;
mod report;
mod source;
mod summary;

use checkpoint::{Checkpoint, Folder, Rows, RunId};
use lists::Lists;
use portfolio::{Next, Portfolio};
use report::Reporter;
use summary::{Counts, Summary, note};

/// Rows between two checkpoints.
const EVERY: u64 = 32 * 1024;

pub(crate) fn run(options: &Watch) -> Result<Exit, Failure> {
    let format = format_of(&options.out)?;
    refuse_same(&options.portfolio, &options.out)?;
    let key = key::load(&options.key_file)?;
    let meanings = verify::meanings(options.meanings.as_deref())?;
    let lists = open_lists(options)?;
    let mut portfolio = Portfolio::open(&options.portfolio)?;
    let folder = Folder::open(&options.out)?;
    let run = RunId {
        lists: lists.state(),
        options: options_id(options, format, &key, &meanings),
    };
    let reporter = Reporter {
        format,
        meanings: &meanings,
        language: options.lang.into(),
    };
    let mut join = match resumable(options, &folder, &run, &mut portfolio)? {
        Some(checkpoint) => Join {
            set: KeyedSet::open(&folder.set(), &key).map_err(|e| unreadable(&folder.set(), e))?,
            rows: folder.write_from(checkpoint.written)?,
            counts: checkpoint.counts,
            damaged: checkpoint.damaged,
        },
        None => Join::begin(&folder, &lists, &key, &reporter)?,
    };
    join.run(&mut portfolio, &folder, &run, &reporter, options.all)?;
    folder.finish(join.rows)?;

    let now = options.at.unwrap_or_else(clock::now);
    let summary = Summary {
        rows: portfolio.rows(),
        counts: join.counts,
        portfolio: portfolio.position().digest,
        lists: lists.freshness(join.damaged, options.max_age, now),
        note: note(options.lang.into()),
    };
    print(&summary, options.json)?;
    Ok(summary.exit())
}

/// What the lists say, and what has been made of it.
struct Join {
    set: KeyedSet,
    rows: Rows,
    counts: Counts,
    /// The labels of lists that could not be read in full.
    damaged: Vec<String>,
}

impl Join {
    fn begin(
        folder: &Folder,
        lists: &Lists,
        key: &LookupKey,
        reporter: &Reporter<'_>,
    ) -> Result<Self, Failure> {
        folder.clear()?;
        let (set, damaged) = key_lists(lists, key, folder.path(), &folder.set())?;
        let mut rows = folder.write_from(0)?;
        reporter.begin(&mut rows)?;
        Ok(Self {
            set,
            rows,
            counts: Counts::default(),
            damaged,
        })
    }

    fn run(
        &mut self,
        portfolio: &mut Portfolio,
        folder: &Folder,
        run: &RunId,
        reporter: &Reporter<'_>,
        all: bool,
    ) -> Result<(), Failure> {
        let progress = progress(portfolio.length());
        loop {
            if portfolio.rows().is_multiple_of(EVERY) {
                let checkpoint = self.checkpoint(run, portfolio);
                progress.set_position(checkpoint.position.offset);
                folder.keep(&mut self.rows, &checkpoint)?;
            }
            let row = match portfolio.next()? {
                Next::Row(row) => row,
                Next::Malformed => {
                    self.counts.malformed(portfolio.rows());
                    continue;
                }
                Next::End => break,
            };
            let found = self.set.find(&row.lookup);
            let found = found.map_err(|error| unreadable(&folder.set(), error))?;
            let number = portfolio.rows();
            if let Some(entry) = found {
                self.counts.revoked(&row, &entry);
                reporter.revoked(number, &row, &entry, &mut self.rows)?;
            } else {
                self.counts.no_finding();
                if all {
                    reporter.no_finding(number, &row, &mut self.rows)?;
                }
            }
        }
        progress.finish_and_clear();
        Ok(())
    }

    fn checkpoint(&self, run: &RunId, portfolio: &mut Portfolio) -> Checkpoint {
        Checkpoint {
            version: checkpoint::VERSION,
            run: run.clone(),
            position: portfolio.position(),
            written: self.rows.written(),
            counts: self.counts.clone(),
            damaged: self.damaged.clone(),
        }
    }
}

/// The lists, or what has changed in them.
fn open_lists(options: &Watch) -> Result<Lists, Failure> {
    let lists = Lists::open(&options.store)?;
    match (options.since, &options.diff) {
        (Some(generation), _) => lists.since(generation),
        (None, Some(other)) => lists.unlike(other),
        (None, None) => Ok(lists),
    }
}

/// Keys what the lists revoke. Returns the labels of those that could not be
/// read in full, too.
fn key_lists(
    lists: &Lists,
    key: &LookupKey,
    folder: &Path,
    path: &Path,
) -> Result<(KeyedSet, Vec<String>), Failure> {
    let threads = thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let written = |error| match error {
        KeyedError::Io(source) => Failure::Output(source),
        other => Failure::Output(io::Error::other(other)),
    };
    let mut builder = KeyedSetBuilder::new(key, folder, threads).map_err(written)?;
    let damaged = lists.add_to(&mut builder).map_err(written)?;
    Ok((builder.finish(path).map_err(written)?, damaged))
}

/// The checkpoint of a run that was broken off and can go on.
fn resumable(
    options: &Watch,
    folder: &Folder,
    run: &RunId,
    portfolio: &mut Portfolio,
) -> Result<Option<Checkpoint>, Failure> {
    if options.restart {
        return Ok(None);
    }
    let Some(checkpoint) = folder.checkpoint()? else {
        return Ok(None);
    };
    let changed = if checkpoint.run.lists != run.lists {
        "the store has changed"
    } else if checkpoint.run.options != run.options {
        "the options are others"
    } else if !portfolio.resume(&checkpoint.position)? {
        "the portfolio has changed"
    } else {
        return Ok(Some(checkpoint));
    };
    Err(Failure::Usage(format!(
        "a run was broken off, and since then {changed}: --restart begins anew"
    )))
}

/// SHA-256 over what changes the rows that are written.
fn options_id(options: &Watch, format: Format, key: &LookupKey, meanings: &MeaningTable) -> String {
    let rows: Vec<_> = meanings.rows().collect();
    let parts = (
        format == Format::Csv,
        key.check_value(),
        options.all,
        Language::from(options.lang) == Language::Japanese,
        rows,
    );
    let octets = serde_json::to_vec(&parts).unwrap_or_default();
    Fingerprint::of(&octets).to_string()
}

fn format_of(out: &Path) -> Result<Format, Failure> {
    match out.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => Ok(Format::Csv),
        Some("jsonl") => Ok(Format::Jsonl),
        _ => Err(Failure::Usage("--out ends in .csv or .jsonl".to_owned())),
    }
}

/// What is written may not take the place of what is read.
fn refuse_same(portfolio: &Path, out: &Path) -> Result<(), Failure> {
    let place = |path: &Path| path.canonicalize().ok();
    if place(portfolio).is_some_and(|portfolio| place(out) == Some(portfolio)) {
        return Err(Failure::Usage("--out is the portfolio".to_owned()));
    }
    Ok(())
}

/// For somebody who waits; on a terminal alone.
fn progress(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {percent}% {eta}");
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn unreadable(path: &Path, error: KeyedError) -> Failure {
    match error {
        KeyedError::Io(source) => Failure::unreadable(path, source),
        other => Failure::unreadable(path, io::Error::other(other)),
    }
}

fn print(summary: &Summary, json: bool) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, summary).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        summary.write(&mut out)?;
    }
    Ok(())
}
