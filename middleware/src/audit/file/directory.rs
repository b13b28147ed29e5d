//! The directory: private, of one process, with files whose names tell their
//! order.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use tashika::person::Date;

use crate::audit::file::FileSinkError;

/// For the owner alone.
const DIRECTORY_MODE: u32 = 0o700;
pub(super) const FILE_MODE: u32 = 0o600;
/// Write permission of the group and of others.
const OTHERS_WRITE: u32 = 0o022;

#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    /// The system frees the lock when the file is closed, also after a crash.
    _lock: File,
}

/// What is in a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Chain,
    Evidence,
}

/// Which file it is: the number of its first line, and the day on which it was
/// begun. In this order they hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) first: u64,
    pub(super) day: Option<Date>,
}

impl Directory {
    pub(super) fn open(path: &Path) -> Result<Self, FileSinkError> {
        match DirBuilder::new().mode(DIRECTORY_MODE).create(path) {
            // The new name outlasts a crash of the machine.
            Ok(()) => File::open(parent_of(path))?.sync_all()?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
        if fs::metadata(path)?.mode() & OTHERS_WRITE != 0 {
            return Err(FileSinkError::Exposed);
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let lock = options.mode(FILE_MODE).open(path.join("lock"))?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(Errno::WOULDBLOCK) => Err(FileSinkError::InUse),
            Err(error) => Err(io::Error::from(error).into()),
        }
    }

    pub(super) fn join(&self, kind: Kind, name: &Name) -> PathBuf {
        self.path.join(name.of(kind))
    }

    /// The files of one kind, in order.
    pub(super) fn names(&self, kind: Kind) -> io::Result<Vec<Name>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            names.extend(name.to_str().and_then(|name| Name::read(kind, name)));
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Makes the names outlast a crash of the machine.
    pub(super) fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

/// The directory in which a path's last name stands.
fn parent_of(path: &Path) -> &Path {
    let parent = path.parent();
    let named = parent.filter(|parent| !parent.as_os_str().is_empty());
    named.unwrap_or(Path::new("."))
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Chain => "audit",
            Self::Evidence => "evidence",
        }
    }
}

impl Name {
    fn of(&self, kind: Kind) -> String {
        let (kind, first) = (kind.as_str(), self.first);
        let day = self.day.map_or(UNDATED.to_owned(), |day| day.to_string());
        format!("{kind}-{first:020}-{day}.jsonl")
    }

    fn read(kind: Kind, written: &str) -> Option<Self> {
        let rest = written.strip_prefix(kind.as_str())?.strip_prefix('-')?;
        let (first, day) = rest.strip_suffix(".jsonl")?.split_once('-')?;
        let name = Self {
            first: first.parse().ok()?,
            day: match day {
                UNDATED => None,
                day => Some(day.parse().ok()?),
            },
        };
        // Other spellings are other files.
        Some(name).filter(|read| read.of(kind) == written)
    }
}

const UNDATED: &str = "undated";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_one_name_stands_here() {
        assert_eq!(parent_of(Path::new("a/b")), Path::new("a"));
        assert_eq!(parent_of(Path::new("b")), Path::new("."));
        assert_eq!(parent_of(Path::new("/b")), Path::new("/"));
    }

    #[test]
    fn names_are_read_back_and_sort_by_number() {
        let day = Some(Date::constant(2027, 1, 15));
        let names = [9, 10].map(|first| Name { first, day });
        let [nine, ten] = names.map(|name| name.of(Kind::Chain));
        assert_eq!(nine, "audit-00000000000000000009-2027-01-15.jsonl");
        assert!(nine < ten);
        assert_eq!(Name::read(Kind::Chain, &ten), Some(names[1]));
        assert_eq!(Name::read(Kind::Evidence, &ten), None);
        let undated = Name {
            first: 1,
            day: None,
        };
        let written = undated.of(Kind::Evidence);
        assert_eq!(Name::read(Kind::Evidence, &written), Some(undated));
        for other in [
            "lock",
            "audit-9-2027-01-15.jsonl",
            "audit-00000000000000000009-x.jsonl",
        ] {
            assert_eq!(Name::read(Kind::Chain, other), None, "{other}");
        }
    }
}
