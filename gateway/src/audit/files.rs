//! Files, one after the other, as one.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use crate::exit::Failure;

/// Reads files one after the other, with one open at a time.
pub(super) struct Files {
    open: Option<File>,
    rest: VecDeque<PathBuf>,
}

impl Files {
    /// Files that can all be opened now.
    pub(super) fn new(paths: &[PathBuf]) -> Result<Self, Failure> {
        for path in paths {
            File::open(path).map_err(|error| Failure::unreadable(path, error))?;
        }
        Ok(Self {
            open: None,
            rest: paths.iter().cloned().collect(),
        })
    }
}

impl Read for Files {
    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(file) = &mut self.open {
                let read = file.read(octets)?;
                if read > 0 || octets.is_empty() {
                    return Ok(read);
                }
            }
            let Some(next) = self.rest.pop_front() else {
                return Ok(0);
            };
            self.open = Some(File::open(next)?);
        }
    }
}
