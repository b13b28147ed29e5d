//! `tashika crl diff`: what changed from one list to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use serde::Serialize;
use tashika::revocation::{
    Before, Change, Changes, Entry, IngestError, ListIndex, ListStore, Partition,
};
use tashika::trust::TrustStore;

use super::source;
use crate::cli::crl::Diff;
use crate::exit::{Exit, Failure};
use crate::show;

pub(super) fn run(options: &Diff) -> Result<Exit, Failure> {
    let trust = options.anchors.load()?;
    let mut found = Found::new(options.show_serials);
    match (&options.store, options.since, &options.old, &options.new) {
        (Some(path), Some(since), ..) => {
            let store = ListStore::open(path, trust);
            let store = store.map_err(|error| Failure::store(path, error))?;
            if since > store.generation() {
                let text = "--since: the store is not yet in that generation";
                return Err(Failure::Usage(text.to_owned()));
            }
            for partition in store.partitions() {
                found.partition(&partition, since)?;
            }
        }
        (.., Some(old), Some(new)) => {
            let (old, new) = (index(old, &trust)?, index(new, &trust)?);
            if !is_same_partition(&old, &new) {
                let text = "these lists are of different anchors or distribution points";
                return Err(Failure::Usage(text.to_owned()));
            }
            found.lists(&old, &new)?;
        }
        _ => {
            return Err(Failure::Usage(
                "two lists, or --store and --since".to_owned(),
            ));
        }
    }
    show::print(&found, options.json, Found::write)?;
    Ok(if found.forgotten == 0 {
        Exit::Accepted
    } else {
        Exit::Undetermined
    })
}

/// Lists of two municipalities have nothing in common: all that one revokes
/// would count as removed.
fn is_same_partition(old: &ListIndex, new: &ListIndex) -> bool {
    let names = |list: &ListIndex| -> BTreeSet<_> {
        let names = list.distribution_points();
        names.map(|name| name.der().to_vec()).collect()
    };
    old.anchor().fingerprint() == new.anchor().fingerprint() && names(old) == names(new)
}

/// Opens an index file, or makes one of a list.
fn index(path: &Path, trust: &TrustStore) -> Result<ListIndex, Failure> {
    let unreadable = |error| Failure::unreadable(path, error);
    let mut start = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(8).read_to_end(&mut start).map_err(unreadable)?;
    let unfit = |code: tashika::Code| Failure::unfit(path, code.into());
    if start.starts_with(b"TASHIKA") {
        return ListIndex::open(path, trust).map_err(|error| unfit(error.code()));
    }
    let (list, length) = source::open(path).map_err(unreadable)?;
    let mut file = tempfile::NamedTempFile::new().map_err(unreadable)?;
    let ingest = super::ingest(trust.clone());
    match ingest.build(list, length, None, file.as_file_mut()) {
        Ok(_) => {}
        Err(IngestError::Refused(error)) => return Err(Failure::unfit(path, error)),
        Err(IngestError::Read(error) | IngestError::Write(error)) => return Err(unreadable(error)),
        Err(error) => return Err(unfit(error.code())),
    }
    // The file goes when it is closed; what is mapped stays.
    ListIndex::open(file.path(), trust).map_err(|error| unfit(error.code()))
}

/// What changed, by reason.
#[derive(Serialize)]
struct Found {
    added: BTreeMap<&'static str, u64>,
    removed: BTreeMap<&'static str, u64>,
    changed: BTreeMap<&'static str, u64>,
    /// Partitions that are new: all of their entries count as added.
    new_partitions: u64,
    /// Partitions that have changed more than once since.
    forgotten: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    serials: Option<Vec<Serial>>,
}

/// One certificate.
#[derive(Serialize)]
struct Serial {
    change: &'static str,
    serial: String,
    reason: &'static str,
    revoked_at: String,
}

impl Found {
    fn new(serials: bool) -> Self {
        Self {
            added: BTreeMap::new(),
            removed: BTreeMap::new(),
            changed: BTreeMap::new(),
            new_partitions: 0,
            forgotten: 0,
            serials: serials.then(Vec::new),
        }
    }

    fn partition(&mut self, partition: &Partition, since: u64) -> Result<(), Failure> {
        match partition.before(since) {
            Before::Same => Ok(()),
            Before::Forgotten => {
                self.forgotten += 1;
                Ok(())
            }
            Before::List(old) => self.lists(&old, partition.index()?),
            Before::Nothing => {
                self.new_partitions += 1;
                for entry in partition.index()?.entries() {
                    self.count(Change::Added(entry.map_err(damaged)?));
                }
                Ok(())
            }
        }
    }

    fn lists(&mut self, old: &ListIndex, new: &ListIndex) -> Result<(), Failure> {
        for change in Changes::between(old, new) {
            self.count(change.map_err(damaged)?);
        }
        Ok(())
    }

    fn count(&mut self, change: Change) {
        let (counts, name, entry) = match change {
            Change::Added(entry) => (&mut self.added, "added", entry),
            Change::Removed(entry) => (&mut self.removed, "removed", entry),
            Change::Changed { new, .. } => (&mut self.changed, "changed", new),
        };
        *counts.entry(entry.reason().as_str()).or_default() += 1;
        if let Some(serials) = &mut self.serials {
            serials.push(Serial::of(name, &entry));
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for (name, counts) in [
            ("added", &self.added),
            ("removed", &self.removed),
            ("changed", &self.changed),
        ] {
            writeln!(out, "{name:<12} {}", counts.values().sum::<u64>())?;
            for (reason, count) in counts {
                writeln!(out, "             {count:>8}  {reason}")?;
            }
        }
        if self.new_partitions > 0 {
            writeln!(out, "of these, {} partitions are new", self.new_partitions)?;
        }
        if self.forgotten > 0 {
            writeln!(
                out,
                "not compared: {} partitions that have changed more than once since",
                self.forgotten
            )?;
        }
        for serial in self.serials.iter().flatten() {
            let Serial {
                change,
                serial,
                reason,
                revoked_at,
            } = serial;
            writeln!(out, "{change:<8} {serial:<40} {reason:<20} {revoked_at}")?;
        }
        Ok(())
    }
}

impl Serial {
    fn of(change: &'static str, entry: &Entry) -> Self {
        let octets = entry.serial().as_unsigned().iter();
        Self {
            change,
            serial: octets.map(|octet| format!("{octet:02x}")).collect(),
            reason: entry.reason().as_str(),
            revoked_at: entry.revoked_at().to_string(),
        }
    }
}

fn damaged(_: tashika::revocation::Damaged) -> Failure {
    Failure::Library(tashika::Code::RevocationDamaged.into())
}
