//! Tombstones on disk.
//!
//! A head of 48 octets, then records of 72. Numbers are big-endian.
//!
//! | head | octets |
//! |---|---|
//! | `tashika tombs 1\n` | 16 |
//! | keyed hash of these, by which another key is noticed | 32 |
//!
//! | record | octets |
//! |---|---|
//! | keyed hash of the certificate | 32 |
//! | reason, method, whether there is an invalidity date | 3 |
//! | zero | 5 |
//! | revocation date, invalidity date, date of the source | 24 |
//! | the first octets of SHA-256 over the rest of the record | 8 |

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
#[cfg(unix)]
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::limits;
use crate::revocation::checker::tombstones::{Name, Tombstone, TombstoneKey};
use crate::revocation::{CheckMethod, Reason};
use crate::time::Time;
use crate::trust::sha256;

const MAGIC: &[u8; 16] = b"tashika tombs 1\n";
const HEAD: usize = 48;
const RECORD: usize = 72;

/// Why there is no journal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// It cannot be read or written.
    #[error("the journal of tombstones cannot be read or written")]
    Io(#[from] io::Error),
    /// It is no journal, or a record of it is damaged.
    #[error("the journal of tombstones is damaged")]
    Damaged,
    /// It is open already, here or in another process.
    #[error("the journal of tombstones is in use")]
    InUse,
    /// It was written with another key.
    #[error("the journal of tombstones was written with another key")]
    OtherKey,
    /// It has more records than there is room for.
    #[error("the journal of tombstones is over its budget")]
    TooLarge,
}

/// A file that only grows.
pub(super) struct Journal {
    file: File,
    /// Where the records end that are whole.
    end: u64,
}

impl Journal {
    pub(super) fn open(
        path: &Path,
        key: &TombstoneKey,
    ) -> Result<(Self, HashMap<Name, Tombstone>), JournalError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        options.mode(0o600);
        let file = options.open(path)?;
        lock(&file)?;
        let budget = HEAD + limits::TOMBSTONES * RECORD;
        let mut octets = Vec::new();
        let longest = u64::try_from(budget).unwrap_or(u64::MAX) + 1;
        (&file).take(longest).read_to_end(&mut octets)?;
        if octets.len() > budget {
            return Err(JournalError::TooLarge);
        }
        let head = [MAGIC.as_slice(), &key.hash(&[MAGIC])].concat();
        // Its first writer ended before the head was whole.
        if octets.len() < HEAD && head.starts_with(&octets) {
            let mut journal = Self { file, end: 0 };
            journal.write(&head)?;
            return Ok((journal, HashMap::new()));
        }
        let (stones, whole) = records(&octets, &head)?;
        let mut journal = Self {
            file,
            end: u64::try_from(whole).unwrap_or(u64::MAX),
        };
        journal.file.set_len(journal.end)?;
        journal.file.seek(SeekFrom::End(0))?;
        Ok((journal, stones))
    }

    /// Appends records and waits for the disk.
    pub(super) fn append(&mut self, due: &[(Name, Tombstone)]) -> io::Result<()> {
        let records: Vec<u8> = due.iter().flat_map(|(n, s)| record(n, s)).collect();
        self.write(&records)
    }

    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        // Over what an earlier write may have left unfinished.
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(octets)?;
        self.file.sync_data()?;
        self.end += u64::try_from(octets.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

/// Keeps out whoever else would write: each would overwrite what the other
/// has remembered. The system frees it when the file is closed.
fn lock(file: &File) -> Result<(), JournalError> {
    #[cfg(unix)]
    {
        use rustix::fs::{FlockOperation, flock};
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Err(error) if error == rustix::io::Errno::WOULDBLOCK => Err(JournalError::InUse),
            outcome => Ok(outcome.map_err(io::Error::from)?),
        }
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        Ok(())
    }
}

/// The records, and how many octets of head and records are whole.
fn records(octets: &[u8], head: &[u8]) -> Result<(HashMap<Name, Tombstone>, usize), JournalError> {
    let Some(rest) = octets.strip_prefix(head) else {
        let ours = octets.starts_with(MAGIC);
        return Err(if ours {
            JournalError::OtherKey
        } else {
            JournalError::Damaged
        });
    };
    let (records, torn) = rest.as_chunks::<RECORD>();
    let mut stones = HashMap::with_capacity(records.len());
    let mut whole = HEAD;
    for (index, octets) in records.iter().enumerate() {
        match read(octets) {
            Some((name, stone)) => {
                stones.insert(name, stone);
                whole += RECORD;
            }
            // The length of a file may grow before its contents arrive.
            None if index + 1 == records.len() && torn.is_empty() => {}
            None => return Err(JournalError::Damaged),
        }
    }
    Ok((stones, whole))
}

fn record(name: &Name, stone: &Tombstone) -> [u8; RECORD] {
    let since = stone.invalid_since;
    let mut octets = Vec::with_capacity(RECORD);
    octets.extend(name);
    let method = match stone.method {
        CheckMethod::Crl => 1,
        CheckMethod::Ocsp => 2,
        CheckMethod::Operator => 3,
    };
    octets.extend([stone.reason.number(), method, u8::from(since.is_some())]);
    octets.extend([0; 5]);
    let since = since.map_or(0, Time::as_unix);
    for time in [stone.revoked_at.as_unix(), since, stone.as_of.as_unix()] {
        octets.extend(time.to_be_bytes());
    }
    octets.extend(check_sum(&octets));
    let mut record = [0; RECORD];
    for (to, from) in record.iter_mut().zip(octets) {
        *to = from;
    }
    record
}

fn read(octets: &[u8; RECORD]) -> Option<(Name, Tombstone)> {
    let (body, sum) = octets.split_last_chunk::<8>()?;
    if check_sum(body) != *sum {
        return None;
    }
    let (name, rest) = body.split_first_chunk::<32>()?;
    let ([reason, method, dated, ..], times) = rest.split_first_chunk::<8>()?;
    let method = match method {
        1 => CheckMethod::Crl,
        2 => CheckMethod::Ocsp,
        3 => CheckMethod::Operator,
        _ => return None,
    };
    let ([revoked_at, since, as_of], []) = times.as_chunks::<8>() else {
        return None;
    };
    let time = |octets: &[u8; 8]| Time::from_unix(i64::from_be_bytes(*octets));
    let stone = Tombstone {
        reason: Reason::from_number(*reason),
        revoked_at: time(revoked_at),
        invalid_since: (*dated == 1).then(|| time(since)),
        as_of: time(as_of),
        method,
    };
    Some((*name, stone))
}

fn check_sum(body: &[u8]) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = sha256(&[body]);
    [a, b, c, d, e, f, g, h]
}
