//! Where a run has come to, so that one that was killed goes on.
//!
//! Beside the file that is asked for, in a folder that nobody else can open,
//! stand the keyed set, the rows written so far and the checkpoint: how much
//! of the portfolio they account for. What was written after the checkpoint is
//! written again, so that it does not matter where a run was killed. The
//! folder goes when the file that is asked for is there.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::exit::Failure;
use crate::watch::portfolio::Position;
use crate::watch::summary::Counts;

/// The form of the checkpoint.
pub(super) const VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    pub(super) version: u32,
    pub(super) run: RunId,
    pub(super) position: Position,
    /// Octets of the rows that were written.
    pub(super) written: u64,
    pub(super) counts: Counts,
    /// The labels of lists that could not be read in full.
    pub(super) damaged: Vec<String>,
}

/// What a run depends on, beside its portfolio.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RunId {
    /// The state of the store.
    pub(super) lists: String,
    /// SHA-256 over all options that change what is written.
    pub(super) options: String,
}

/// The folder of one run.
pub(super) struct Folder {
    out: PathBuf,
    path: PathBuf,
    /// Held for as long as the run takes; the system frees it with the process.
    _lock: File,
}

/// The rows that are being written.
pub(super) struct Rows {
    file: BufWriter<File>,
    written: u64,
}

impl Folder {
    /// The folder for `out`, made if there is none. One process has it at a time.
    pub(super) fn open(out: &Path) -> Result<Self, Failure> {
        let mut path = out.as_os_str().to_owned();
        path.push(".watch");
        let path = PathBuf::from(path);
        match DirBuilder::new().mode(0o700).create(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(error.into());
            }
            _ => {}
        }
        let lock = private().create(true).open(path.join("lock"))?;
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            let text = "another process is writing this file";
            return Err(Failure::Usage(format!("{}: {text}", out.display())));
        }
        Ok(Self {
            out: out.to_owned(),
            path,
            _lock: lock,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The keyed set of this run.
    pub(super) fn set(&self) -> PathBuf {
        self.path.join("set")
    }

    fn rows(&self) -> PathBuf {
        self.path.join("rows")
    }

    /// Where an earlier run came to; none if it had not come far enough.
    pub(super) fn checkpoint(&self) -> Result<Option<Checkpoint>, Failure> {
        let octets = match fs::read(self.path.join("checkpoint")) {
            Ok(octets) => octets,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::unreadable(&self.path, error)),
        };
        let checkpoint: Option<Checkpoint> = serde_json::from_slice(&octets).ok();
        let rows = fs::metadata(self.rows()).map_or(0, |rows| rows.len());
        Ok(checkpoint.filter(|c| c.version == VERSION && rows >= c.written))
    }

    /// Takes away what an earlier run left.
    pub(super) fn clear(&self) -> Result<(), Failure> {
        for name in ["checkpoint", "checkpoint.new", "rows", "set", "set.partial"] {
            match fs::remove_file(self.path.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Begins or goes on writing rows, after the first `written` octets.
    pub(super) fn write_from(&self, written: u64) -> Result<Rows, Failure> {
        let mut file = private().create(true).open(self.rows())?;
        file.set_len(written)?;
        file.seek(io::SeekFrom::Start(written))?;
        Ok(Rows {
            file: BufWriter::with_capacity(1 << 20, file),
            written,
        })
    }

    /// Keeps a checkpoint, on disk, after the rows that it accounts for.
    pub(super) fn keep(&self, rows: &mut Rows, checkpoint: &Checkpoint) -> Result<(), Failure> {
        rows.sync()?;
        let new = self.path.join("checkpoint.new");
        let mut file = private().create(true).truncate(true).open(&new)?;
        let octets = serde_json::to_vec(checkpoint).map_err(io::Error::from)?;
        file.write_all(&octets)?;
        file.sync_all()?;
        fs::rename(&new, self.path.join("checkpoint"))?;
        Ok(())
    }

    /// Puts the rows where they were asked for, and takes the folder away.
    pub(super) fn finish(self, mut rows: Rows) -> Result<(), Failure> {
        rows.sync()?;
        fs::rename(self.rows(), &self.out)?;
        let parent = self.out.parent().filter(|p| !p.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
        fs::remove_dir_all(&self.path)?;
        Ok(())
    }
}

/// For the owner alone.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

impl Rows {
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_data()
    }
}

impl Write for Rows {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let written = self.file.write(octets)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
