//! Going on where a chain ended.

use std::fs;
use std::io;
use std::path::Path;

use tashika::audit::{Chain, ChainSummary, ChainVerifier, Evidence, Head, Part, WriterId};

use crate::audit::file::directory::{Directory, Kind, Name};
use crate::audit::file::log::Log;
use crate::audit::file::writer::Segment;
use crate::audit::file::{ChainKeys, FileSinkError};

/// The end of the chain of a directory, and the file that it is in; a new chain
/// if there is none.
pub(super) fn resume(
    directory: &Directory,
    keys: &ChainKeys,
) -> Result<(Chain, Option<Segment>), FileSinkError> {
    for name in directory.names(Kind::Chain)?.into_iter().rev() {
        let mut log = Log::open(directory.join(Kind::Chain, &name))?;
        let summary = verify(&log, keys)?;
        log.cut(log.end() - summary.torn)?;
        let Some(head) = summary.head else {
            // Its first writer ended before a line was whole. Its evidence goes
            // first: without the file nothing tells that no record commits to it.
            remove_if_there(&directory.join(Kind::Evidence, &name))?;
            fs::remove_file(log.path())?;
            continue;
        };
        refuse_evidence_after(directory, head.sequence())?;
        let evidence = evidence(directory, name, head)?;
        let segment = Segment::new(name, log, evidence);
        return go_on(head, &summary, segment, keys);
    }
    refuse_evidence_after(directory, 0)?;
    let chain = Chain::begin(WriterId::generate()?, keys.current.clone());
    Ok((chain, None))
}

/// Reads one file, whatever comes before it.
pub(super) fn verify(log: &Log, keys: &ChainKeys) -> Result<ChainSummary, FileSinkError> {
    let mut verifier = ChainVerifier::danger_from_anywhere(keys.all());
    verifier.read(log.reader()?, Part::Last, |_| Ok(()))?;
    Ok(verifier.finish()?)
}

/// Under the key that is in force, or that is made so.
fn go_on(
    head: Head,
    summary: &ChainSummary,
    mut segment: Segment,
    keys: &ChainKeys,
) -> Result<(Chain, Option<Segment>), FileSinkError> {
    let mut given = keys.all().into_iter();
    let key = given.find(|key| Some(key.id()) == summary.key);
    let mut chain = Chain::resume(head, key.ok_or(FileSinkError::UnknownKey)?);
    if chain.key() != keys.current.id() {
        let line = chain.rotate(keys.current.clone())?;
        segment.announce(&line)?;
    }
    Ok((chain, Some(segment)))
}

/// The evidence of the file of this name, without what no record commits to: it is
/// written before its record.
fn evidence(directory: &Directory, of: Name, head: Head) -> Result<Option<Log>, FileSinkError> {
    let path = directory.join(Kind::Evidence, &of);
    if !path.try_exists()? {
        return Ok(None);
    }
    let mut log = Log::open(path)?;
    let later = |line: &[u8]| Evidence::sequence_of(line) > Some(head.sequence());
    let found = log.find(later)?;
    log.cut(found.whole)?;
    Ok(Some(log))
}

/// Evidence of records after the last one: somebody took their file away, and to
/// go on would be to number others like them.
fn refuse_evidence_after(directory: &Directory, last: u64) -> Result<(), FileSinkError> {
    let names = directory.names(Kind::Evidence)?;
    if names.iter().any(|name| name.first > last) {
        return Err(FileSinkError::Missing);
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
