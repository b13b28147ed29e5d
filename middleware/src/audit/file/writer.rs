//! The thread that writes.

use std::io;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use tashika::Error;
use tashika::audit::{Chain, Entry, Head};

use crate::audit::file::directory::{Directory, Kind, Name};
use crate::audit::file::erase::erase;
use crate::audit::file::log::Log;
use crate::audit::file::queue::{Answer, Job, size};
use crate::audit::file::resume::{resume, verify};
use crate::audit::file::{ChainKeys, Durability, FileOptions, FileSinkError};
use crate::audit::unrecorded;

/// Records that share one flush.
const BATCH: usize = 1024;

/// Octets of a batch above which no more is taken into it.
const BATCH_OCTETS: usize = 4 * 1024 * 1024;

pub(super) struct Writer {
    directory: Directory,
    keys: ChainKeys,
    options: FileOptions,
    chain: Chain,
    /// None until the first record of a new file.
    segment: Option<Segment>,
    state: State,
    shown: Arc<Mutex<Option<Head>>>,
}

/// Whether the files are as they are known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Sound,
    /// Something failed: what is after the last safe line is not known.
    Doubtful,
}

/// The file that is written, with its evidence.
pub(super) struct Segment {
    name: Name,
    log: Log,
    evidence: Option<Log>,
}

impl Writer {
    pub(super) fn open(
        directory: Directory,
        keys: ChainKeys,
        options: FileOptions,
    ) -> Result<Self, FileSinkError> {
        let (chain, segment) = resume(&directory, &keys)?;
        Ok(Self {
            directory,
            keys,
            options,
            shown: Arc::new(Mutex::new(chain.head())),
            chain,
            segment,
            state: State::Sound,
        })
    }

    /// The last line that is safe, as others see it.
    pub(super) fn shown(&self) -> Arc<Mutex<Option<Head>>> {
        Arc::clone(&self.shown)
    }

    /// Writes until nobody can send any more, and nothing is left.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            self.work(job, jobs);
        }
    }

    /// Does a job, and if it is to put something on record, that of those that
    /// wait behind it.
    fn work(&mut self, job: Job, jobs: &Receiver<Job>) {
        let mut batch = Vec::new();
        let mut octets = 0;
        let mut next = Some(job);
        while let Some(Job::Record(entry, answer)) = next {
            octets += size(&entry);
            batch.push((entry, answer));
            let more = batch.len() < BATCH && octets < BATCH_OCTETS;
            next = more.then(|| jobs.try_recv().ok()).flatten();
        }
        if !batch.is_empty() {
            self.record(batch);
        }
        if let Some(Job::Erase(sequence, answer)) = next {
            let erased = erase(&self.directory, sequence);
            answer.tell(erased.map_err(|error| {
                tracing::error!(target: "tashika::audit", %error, "evidence cannot be erased");
                unrecorded()
            }));
        }
    }

    fn record(&mut self, batch: Vec<(Entry, Answer)>) {
        let (entries, answers): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let outcomes = match self.commit(&entries) {
            Ok(outcomes) => outcomes,
            Err(error) => {
                // The operator is told once, until it works again.
                if self.state == State::Sound {
                    tracing::error!(target: "tashika::audit", %error, "records cannot be kept");
                }
                self.state = State::Doubtful;
                entries.iter().map(|_| Err(unrecorded())).collect()
            }
        };
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            answer.tell(outcome);
        }
    }

    /// Adds records. On an error, none of them is there.
    fn commit(&mut self, entries: &[Entry]) -> io::Result<Vec<Result<(), Error>>> {
        if self.state == State::Doubtful {
            self.recover()?;
        }
        let before = self.chain.clone();
        let written = self.write(entries);
        if written.is_err() {
            self.chain = before;
            return written;
        }
        if self.state == State::Doubtful {
            tracing::info!(target: "tashika::audit", "records are kept again");
            self.state = State::Sound;
        }
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = self.chain.head();
        written
    }

    fn write(&mut self, entries: &[Entry]) -> io::Result<Vec<Result<(), Error>>> {
        let name = self.name_of_next(entries);
        let segment = match self.segment.take() {
            Some(segment) if !segment.is_in_place() => {
                self.segment = Some(segment);
                return Err(io::Error::other("the file was moved, or changed"));
            }
            Some(segment) if !segment.is_due(&name, self.options.longest) => segment,
            _ => Segment::begin(&self.directory, name)?,
        };
        let segment = self.segment.insert(segment);
        let (mut lines, mut evidence) = (String::new(), String::new());
        let mut outcomes = Vec::with_capacity(entries.len());
        for entry in entries {
            let added = add(&mut self.chain, entry, &mut lines, &mut evidence);
            outcomes.push(added.map_err(|_| unrecorded()));
        }
        segment.append(&self.directory, &lines, &evidence, self.options.durability)?;
        Ok(outcomes)
    }

    /// What a file is called that begins with the first of these.
    fn name_of_next(&self, entries: &[Entry]) -> Name {
        let last = self.chain.head().map_or(0, |head| head.sequence());
        Name {
            first: last.saturating_add(1),
            day: entries.iter().filter_map(Entry::day).max(),
        }
    }

    /// Finds the file as it was when the last line was safe, without what came
    /// after it; or goes on in a new one if it is gone.
    fn recover(&mut self) -> io::Result<()> {
        let Some(segment) = &self.segment else {
            return Ok(());
        };
        if !segment.log.path().try_exists()? {
            // Evidence of records that were refused goes all the same.
            segment.reopen_evidence()?;
            self.segment = None;
            return Ok(());
        }
        let segment = segment.reopen()?;
        if segment.log.end() > 0 {
            let summary = verify(&segment.log, &self.keys).map_err(io::Error::other)?;
            if summary.head != self.chain.head() {
                return Err(io::Error::other("the file is not the one that was written"));
            }
        }
        self.segment = Some(segment);
        Ok(())
    }
}

/// Adds a record to the chain, its line and evidence to what is to be written.
fn add(
    chain: &mut Chain,
    entry: &Entry,
    lines: &mut String,
    evidence: &mut String,
) -> Result<(), Error> {
    let mut next = chain.clone();
    let line = next.append(entry)?;
    if let (Some(kept), Some(head)) = (entry.evidence(), next.head()) {
        evidence.push_str(&kept.line(&head)?);
    }
    lines.push_str(&line);
    *chain = next;
    Ok(())
}

impl Segment {
    pub(super) const fn new(name: Name, log: Log, evidence: Option<Log>) -> Self {
        Self {
            name,
            log,
            evidence,
        }
    }

    fn begin(directory: &Directory, name: Name) -> io::Result<Self> {
        let log = Log::begin(directory.join(Kind::Chain, &name))?;
        directory.sync()?;
        Ok(Self::new(name, log, None))
    }

    fn reopen(&self) -> io::Result<Self> {
        let evidence = self.reopen_evidence()?;
        Ok(Self::new(self.name, self.log.reopen()?, evidence))
    }

    fn reopen_evidence(&self) -> io::Result<Option<Log>> {
        match &self.evidence {
            Some(evidence) if evidence.path().try_exists()? => evidence.reopen().map(Some),
            _ => Ok(None),
        }
    }

    fn is_in_place(&self) -> bool {
        self.log.is_in_place() && self.evidence.as_ref().is_none_or(Log::is_in_place)
    }

    /// Whether the next records go into a new file.
    fn is_due(&self, next: &Name, longest: u64) -> bool {
        let evidence = self.evidence.as_ref().map_or(0, Log::end);
        let is_later = next.day > self.name.day;
        is_later || self.log.end().saturating_add(evidence) >= longest
    }

    /// Adds lines. Evidence goes first: a record never commits to what is not
    /// there.
    fn append(
        &mut self,
        directory: &Directory,
        lines: &str,
        evidence: &str,
        durability: Durability,
    ) -> io::Result<()> {
        if !evidence.is_empty() {
            let kept = match self.evidence.take() {
                Some(kept) => kept,
                None => {
                    let kept = Log::begin(directory.join(Kind::Evidence, &self.name))?;
                    directory.sync()?;
                    kept
                }
            };
            let kept = self.evidence.insert(kept);
            kept.write(evidence)?;
            if durability == Durability::Synced {
                kept.sync()?;
            }
        }
        self.log.write(lines)?;
        if durability == Durability::Synced {
            self.log.sync()?;
        }
        self.log.settle(lines);
        if let Some(kept) = &mut self.evidence {
            kept.settle(evidence);
        }
        Ok(())
    }

    /// Adds the line that announces another key, and waits for the disk.
    pub(super) fn announce(&mut self, line: &str) -> io::Result<()> {
        self.log.write(line)?;
        self.log.sync()?;
        self.log.settle(line);
        Ok(())
    }
}
