//! Forgetting what is kept of a person.

use std::io;

use tashika::audit::Evidence;

use crate::audit::file::directory::{Directory, Kind};
use crate::audit::file::log::Log;

/// Overwrites the evidence of the record with this number, if it is there.
pub(super) fn erase(directory: &Directory, sequence: u64) -> io::Result<()> {
    let names = directory.names(Kind::Evidence)?;
    let mut names = names.iter().rev();
    let Some(name) = names.find(|name| name.first <= sequence) else {
        return Ok(());
    };
    let log = Log::open(directory.join(Kind::Evidence, name))?;
    let found = log.find(|line| Evidence::sequence_of(line) == Some(sequence))?;
    found.line.map_or(Ok(()), |line| log.blank(line))
}
