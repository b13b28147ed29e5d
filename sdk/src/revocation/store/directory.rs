//! The directory of a store: private, and changed by renaming alone.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use rustix::fs::{FlockOperation, flock};
use rustix::process::geteuid;

use super::StoreError;

/// For the owner alone.
const DIRECTORY_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// Write permission of the group and of others.
const OTHERS_WRITE: u32 = 0o022;

/// Threads that flush files. A journal takes what several want at once as one.
const FLUSHES: usize = 4;

const LOCK: &str = "lock";
/// What is being written. Nothing with this ending is ever read.
const UNFINISHED: &str = "new";

/// A directory that nobody else may write to.
#[derive(Clone, Debug)]
pub(super) struct Directory {
    path: PathBuf,
}

/// The right to write, which one process has at a time.
#[derive(Debug)]
pub(super) struct Lock {
    /// The system frees the lock when the file is closed, also after a crash.
    _file: File,
}

impl Directory {
    /// Opens a directory that is there.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::Missing);
            }
            Err(error) => return Err(StoreError::io("opened")(error)),
        };
        let user = geteuid();
        let own = metadata.uid() == user.as_raw() || metadata.uid() == 0;
        if !metadata.is_dir() || !own || metadata.mode() & OTHERS_WRITE != 0 {
            return Err(StoreError::Exposed);
        }
        let path = path.to_owned();
        Ok(Self { path })
    }

    /// Opens a directory, or makes it.
    pub(super) fn create(path: &Path) -> Result<Self, StoreError> {
        match DirBuilder::new().mode(DIRECTORY_MODE).create(path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(StoreError::io("created")(error)),
        }
        Self::open(path)
    }

    /// Keeps other writers out until it is dropped. It does not wait.
    pub(super) fn lock(&self) -> Result<Lock, StoreError> {
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(false);
        let file = options.mode(FILE_MODE).open(self.join(LOCK));
        let file = file.map_err(StoreError::io("locked"))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Lock { _file: file }),
            Err(error) if error == rustix::io::Errno::WOULDBLOCK => Err(StoreError::Locked),
            Err(error) => Err(StoreError::io("locked")(error.into())),
        }
    }

    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub(super) fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.join(name))
    }

    /// Begins a file that has no name yet.
    pub(super) fn begin(&self) -> io::Result<Unfinished> {
        static BEGUN: AtomicU64 = AtomicU64::new(0);
        let number = BEGUN.fetch_add(1, Ordering::Relaxed);
        let path = self.join(&format!("{number:016x}.{UNFINISHED}"));
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(true);
        let file = options.mode(FILE_MODE).open(&path)?;
        Ok(Unfinished { path, file })
    }

    /// Writes a file in place of the one of this name, of which `kept` is
    /// then the name. At any moment both names are those of whole files.
    pub(super) fn replace(&self, name: &str, kept: &str, octets: &[u8]) -> io::Result<()> {
        let file = self.written(octets)?;
        let link = self.join(&format!("{kept}.{UNFINISHED}"));
        remove(&link)?;
        match fs::hard_link(self.join(name), &link) {
            Ok(()) => fs::rename(&link, self.join(kept))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        fs::rename(&file.path, self.join(name))?;
        self.sync()
    }

    /// Writes a file in place of the one of this name, which is of no use.
    pub(super) fn discard(&self, name: &str, octets: &[u8]) -> io::Result<()> {
        let file = self.written(octets)?;
        fs::rename(&file.path, self.join(name))?;
        self.sync()
    }

    /// A file on disk that has no name yet.
    fn written(&self, octets: &[u8]) -> io::Result<Unfinished> {
        let mut file = self.begin()?;
        file.file.write_all(octets)?;
        file.file.sync_all()?;
        Ok(file)
    }

    /// Makes the names in this directory outlast a crash of the machine.
    pub(super) fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }

    /// Makes these files and all names outlast a crash of the machine.
    ///
    /// Each file is flushed for itself. One flush of the whole file system
    /// would cost less where nobody else writes to it; but it waits for all
    /// that others have written and the disk has not, and it does not tell on
    /// every system that a page could not be written.
    pub(super) fn sync_files(&self, files: &[File]) -> io::Result<()> {
        let flush = |files: &[File]| files.iter().try_for_each(File::sync_data);
        thread::scope(|scope| {
            let share = files.len().div_ceil(FLUSHES).max(1);
            let shares = files.chunks(share);
            let flushes: Vec<_> = shares
                .map(|share| scope.spawn(move || flush(share)))
                .collect();
            flushes.into_iter().try_for_each(|thread| {
                let flushed = thread.join();
                flushed.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
        })?;
        self.sync()
    }

    /// The names of files.
    pub(super) fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    }

    /// The highest generation that stands in the name of a file.
    pub(super) fn newest_generation(&self) -> io::Result<u64> {
        let mut newest = 0;
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            let stem = Path::new(&name).file_stem().and_then(OsStr::to_str);
            let digits = stem.and_then(|s| s.rsplit_once('-'));
            let generation = digits.and_then(|(_, g)| u64::from_str_radix(g, 16).ok());
            newest = newest.max(generation.unwrap_or(0));
        }
        Ok(newest)
    }

    /// Removes what earlier processes left unfinished, and the files with
    /// these endings that are not among the `wanted`. Other files are left
    /// alone. Returns how many it removed.
    pub(super) fn sweep(
        &self,
        endings: &[&str],
        wanted: impl Fn(&str) -> bool,
    ) -> io::Result<usize> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            let (Some(name), Some(ending)) = (
                path.file_name().and_then(OsStr::to_str),
                path.extension().and_then(OsStr::to_str),
            ) else {
                continue;
            };
            if ending == UNFINISHED || (endings.contains(&ending) && !wanted(name)) {
                remove(&path)?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// A file that nobody knows yet. Unless it gets a name it is removed.
#[derive(Debug)]
pub(super) struct Unfinished {
    pub(super) path: PathBuf,
    pub(super) file: File,
}

impl Unfinished {
    /// Gives the file its name. Name and contents last after the file and
    /// the directory have been [synchronised](Directory::sync).
    pub(super) fn name(self, directory: &Directory, name: &str) -> io::Result<File> {
        fs::rename(&self.path, directory.join(name))?;
        self.file.try_clone()
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // What is left behind is swept up before the next writing. A file that
        // has got its name is not there any more.
        let _ = fs::remove_file(&self.path);
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;

    fn private() -> (TempDir, Directory) {
        let parent = TempDir::new().unwrap();
        let directory = Directory::create(&parent.path().join("store")).unwrap();
        (parent, directory)
    }

    fn names(directory: &Directory) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(&directory.path)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_directory_that_others_may_write_to_is_refused() {
        let (_parent, directory) = private();
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
        assert_eq!(mode(&directory.path), 0o700);
        for (mode, refused) in [(0o755, false), (0o720, true), (0o702, true)] {
            fs::set_permissions(&directory.path, Permissions::from_mode(mode)).unwrap();
            let outcome = Directory::open(&directory.path);
            assert_eq!(matches!(outcome, Err(StoreError::Exposed)), refused);
        }
        let nowhere = Directory::open(&directory.join("nowhere"));
        assert!(matches!(nowhere, Err(StoreError::Missing)));
    }

    #[test]
    fn there_is_one_writer() {
        let (_parent, directory) = private();
        let lock = directory.lock().unwrap();
        assert!(matches!(directory.lock(), Err(StoreError::Locked)));
        drop(lock);
        directory.lock().unwrap();
    }

    #[test]
    fn the_file_that_is_replaced_is_kept() {
        let (_parent, directory) = private();
        for (written, kept) in [("one", None), ("two", Some("one")), ("three", Some("two"))] {
            directory
                .replace("file", "kept", written.as_bytes())
                .unwrap();
            assert_eq!(directory.read("file").unwrap(), written.as_bytes());
            let found = directory.read("kept").ok();
            assert_eq!(found.as_deref(), kept.map(str::as_bytes));
        }
        assert_eq!(names(&directory), ["file", "kept"]);
    }

    #[test]
    fn a_file_that_cannot_be_flushed_is_an_error() {
        let (_parent, directory) = private();
        let begin = |_| directory.begin().unwrap().file.try_clone().unwrap();
        let mut files: Vec<File> = (0..3 * FLUSHES).map(begin).collect();
        directory.sync_files(&files).unwrap();
        directory.sync_files(&[]).unwrap();
        // A pipe has no disk.
        let (reader, _writer) = io::pipe().unwrap();
        files.push(File::from(std::os::fd::OwnedFd::from(reader)));
        directory.sync_files(&files).unwrap_err();
    }

    #[test]
    fn what_is_unfinished_is_swept_up() {
        let (_parent, directory) = private();
        drop(directory.begin().unwrap());
        let file = directory.begin().unwrap();
        file.name(&directory, "named").unwrap();
        assert_eq!(names(&directory), ["named"]);
        for name in ["killed.index.new", "old.index", "wanted.index", "notes"] {
            fs::write(directory.join(name), b"").unwrap();
        }
        let swept = directory.sweep(&["index"], |name| name == "wanted.index");
        assert_eq!(swept.unwrap(), 2);
        assert_eq!(names(&directory), ["named", "notes", "wanted.index"]);
    }
}
