//! One file, to which lines are added.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::audit::file::directory::FILE_MODE;

/// A file, and how much of it is safe.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    file: File,
    end: u64,
}

/// What was found among the lines of a file.
pub(super) struct Found {
    /// Where the first line that was looked for stands, without its end.
    pub(super) line: Option<Range<u64>>,
    /// Where the last whole line ends that was read.
    pub(super) whole: u64,
}

impl Log {
    /// Begins a file. If it is there, an attempt to begin it had failed, and
    /// nothing in it counts.
    pub(super) fn begin(path: PathBuf) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(true);
        let file = options.mode(FILE_MODE).open(&path)?;
        let end = 0;
        Ok(Self { path, file, end })
    }

    /// Opens a file that is there.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
        let end = file.metadata()?.len();
        Ok(Self { path, file, end })
    }

    /// How much of it is safe, in octets.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// Opens the same file again, of which no more than `end` counts.
    pub(super) fn reopen(&self) -> io::Result<Self> {
        let mut log = Self::open(self.path.clone())?;
        if log.end < self.end {
            return Err(io::Error::other("the file was cut"));
        }
        log.cut(self.end)?;
        Ok(log)
    }

    /// Removes what comes after `end`.
    pub(super) fn cut(&mut self, end: u64) -> io::Result<()> {
        if self.end != end {
            self.file.set_len(end)?;
            self.file.sync_all()?;
            self.end = end;
        }
        Ok(())
    }

    /// Writes lines after what is safe. They are not yet.
    pub(super) fn write(&self, lines: &str) -> io::Result<()> {
        self.file.write_all_at(lines.as_bytes(), self.end)
    }

    /// Waits for the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Lines that were written are safe.
    pub(super) fn settle(&mut self, lines: &str) {
        self.end += u64::try_from(lines.len()).unwrap_or(u64::MAX);
    }

    /// Whether the file is still found by its name, and as long as it was.
    pub(super) fn is_in_place(&self) -> bool {
        let named = std::fs::metadata(&self.path);
        let (Ok(named), Ok(open)) = (named, self.file.metadata()) else {
            return false;
        };
        let same = (named.dev(), named.ino()) == (open.dev(), open.ino());
        same && open.len() == self.end
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// All of it, from the beginning.
    pub(super) fn reader(&self) -> io::Result<BufReader<&File>> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0))?;
        Ok(BufReader::new(file))
    }

    /// Looks for the first line like this.
    pub(super) fn find(&self, mut wanted: impl FnMut(&[u8]) -> bool) -> io::Result<Found> {
        let mut reader = self.reader()?;
        let (mut line, mut whole) = (Vec::new(), 0_u64);
        loop {
            line.clear();
            let read = reader.read_until(b'\n', &mut line)?;
            if line.pop() != Some(b'\n') {
                return Ok(Found { line: None, whole });
            }
            let next = whole + u64::try_from(read).unwrap_or(u64::MAX);
            if wanted(&line) {
                let line = Some(whole..next - 1);
                return Ok(Found { line, whole });
            }
            whole = next;
        }
    }

    /// Overwrites a part with spaces, and waits for the disk.
    pub(super) fn blank(&self, mut part: Range<u64>) -> io::Result<()> {
        const SPACES: [u8; 4096] = [b' '; 4096];
        while !part.is_empty() {
            let length = usize::try_from(part.end - part.start).unwrap_or(usize::MAX);
            let (spaces, _) = SPACES.split_at(length.min(SPACES.len()));
            self.file.write_all_at(spaces, part.start)?;
            part.start += u64::try_from(spaces.len()).unwrap_or(u64::MAX);
        }
        self.sync()
    }
}
