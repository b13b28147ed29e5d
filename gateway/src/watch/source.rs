//! A file that is read from front to back, with the digest of what was read.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::UNIX_EPOCH;

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::output::hex;

/// Octets that are read at once.
const CHUNK: usize = 256 * 1024;

pub(super) struct Source {
    file: File,
    stamp: Stamp,
    chunk: Vec<u8>,
    /// Where in the file the chunk begins.
    base: u64,
    /// How much of the chunk has been taken, and how much of that is digested.
    taken: usize,
    digested: usize,
    digest: Context,
}

/// What shows that a file has been replaced or written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// In octets.
    pub(super) length: u64,
    /// In nanoseconds since 1970.
    modified: u128,
}

impl Stamp {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        let modified = metadata.modified()?.duration_since(UNIX_EPOCH);
        Ok(Self {
            length: metadata.len(),
            modified: modified.map_or(0, |since| since.as_nanos()),
        })
    }
}

impl Source {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        Ok(Self {
            stamp: Stamp::of(&file)?,
            file,
            chunk: Vec::new(),
            base: 0,
            taken: 0,
            digested: 0,
            digest: Context::new(&SHA256),
        })
    }

    pub(super) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// What comes next; nothing at the end.
    pub(super) fn available(&mut self) -> io::Result<&[u8]> {
        if self.taken == self.chunk.len() {
            self.catch_up();
            self.base += self.chunk.len() as u64;
            (self.taken, self.digested) = (0, 0);
            self.chunk.resize(CHUNK, 0);
            let read = loop {
                match self.file.read(&mut self.chunk) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => break other?,
                }
            };
            self.chunk.truncate(read);
        }
        Ok(self.chunk.get(self.taken..).unwrap_or_default())
    }

    /// Takes octets off what is available.
    pub(super) fn take(&mut self, octets: usize) {
        self.taken = self.chunk.len().min(self.taken + octets);
    }

    /// How many octets were taken.
    pub(super) fn offset(&self) -> u64 {
        self.base + self.taken as u64
    }

    /// SHA-256 over what was taken, in hexadecimal.
    pub(super) fn digest(&mut self) -> String {
        self.catch_up();
        hex(self.digest.clone().finish().as_ref())
    }

    /// Takes everything up to `offset`.
    pub(super) fn take_until(&mut self, offset: u64) -> io::Result<()> {
        while self.offset() < offset {
            let left = usize::try_from(offset - self.offset()).unwrap_or(usize::MAX);
            let available = self.available()?.len();
            if available == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.take(available.min(left));
        }
        Ok(())
    }

    fn catch_up(&mut self) {
        let taken = self.chunk.get(self.digested..self.taken);
        self.digest.update(taken.unwrap_or_default());
        self.digested = self.taken;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tashika::trust::Fingerprint;
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn the_digest_is_that_of_what_was_taken() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("file");
        let octets: Vec<u8> = (0..700_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        fs::write(&path, &octets).unwrap();
        for taken in [0, 1, CHUNK, CHUNK + 1, octets.len()] {
            let mut source = Source::open(&path).unwrap();
            source.take_until(taken as u64).unwrap();
            let expected = Fingerprint::of(&octets[..taken]).to_string();
            assert_eq!(source.digest(), expected);
            assert_eq!(source.offset(), taken as u64);
            assert_eq!(source.digest(), expected);
        }
        let mut source = Source::open(&path).unwrap();
        assert!(source.take_until(octets.len() as u64 + 1).is_err());
    }
}
