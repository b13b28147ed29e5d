//! Records in files that hang together.

mod directory;
mod erase;
mod error;
mod log;
mod queue;
mod resume;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tashika::audit::{ChainKey, Head, Record, Terms};

use crate::audit::{AuditSink, unrecorded};
use crate::store::StoreFuture;
use directory::Directory;
use queue::{Job, Queue, size};
use writer::Writer;

pub use error::FileSinkError;

/// Appends records to the files of a keyed chain in a directory.
///
/// | file | what it is |
/// |---|---|
/// | `audit-00000000000000000001-2027-01-15.jsonl` | lines of the [chain](tashika::audit::Chain) from that number on, begun on that day |
/// | `evidence-00000000000000000001-2027-01-15.jsonl` | what the records of that file commit to ([`Evidence`](tashika::audit::Evidence)), if they do |
/// | `lock` | keeps other processes out |
///
/// A record is safe when it is on the disk. Records that come while the disk is
/// busy are written together and share one flush, so that many at once take
/// little longer than one. They wait in a queue of bounded length; where that is
/// full, the disk is, or the files cannot be written, the answer is
/// `transaction.unrecorded` at once, and the next record is another try.
///
/// After a crash the chain goes on where it ended; a last line that was cut off is
/// removed, and nobody had been told that it is kept. A line may be kept of whose
/// record nobody was told: a record stands for evidence that was accepted, not for
/// an answer that went out.
///
/// Export the [`head`](Self::head) to where this process cannot write, every few
/// minutes: lines that are missing at the end are missed in no other way.
/// `tashika audit verify --expect-head` is for that.
///
/// Files that are complete may be moved into an archive. The one that is written
/// may not: when it is gone, some records are refused, and the chain goes on in a
/// new one.
#[derive(Debug)]
pub struct FileSink {
    terms: Terms,
    queue: Queue,
    head: Arc<Mutex<Option<Head>>>,
    thread: Option<JoinHandle<()>>,
}

/// The key of a chain, and those that it had before.
#[derive(Clone, Debug)]
pub struct ChainKeys {
    current: ChainKey,
    earlier: Vec<ChainKey>,
}

impl ChainKeys {
    /// Writes under `current`. A chain that ends under one of `earlier` goes on
    /// under `current`, and says so in a line.
    #[must_use]
    pub const fn new(current: ChainKey, earlier: Vec<ChainKey>) -> Self {
        Self { current, earlier }
    }

    fn all(&self) -> Vec<ChainKey> {
        let current = std::iter::once(&self.current);
        current.chain(&self.earlier).cloned().collect()
    }
}

/// How files are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileOptions {
    longest: u64,
    durability: Durability,
}

/// When a record is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Durability {
    /// When the disk has it.
    Synced,
    /// When the system has it.
    Written,
}

impl FileOptions {
    /// A new file when the day changes in Japan, or when one has 64 MiB with its
    /// evidence; records are safe when the disk has them.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            longest: 64 * 1024 * 1024,
            durability: Durability::Synced,
        }
    }

    /// These options, with a new file after so many octets.
    #[must_use]
    pub const fn rotate_at(mut self, octets: u64) -> Self {
        self.longest = octets;
        self
    }

    /// These options, with records that count as safe as soon as the system has
    /// them. When the machine loses power, the last of them are lost, and people
    /// were let through of whom there is no record.
    #[must_use]
    pub const fn danger_unsynced(mut self) -> Self {
        self.durability = Durability::Written;
        self
    }
}

impl FileSink {
    /// Opens a directory, or makes it, and verifies the end of its chain; begins
    /// one if there is none.
    ///
    /// It reads the last file, and so blocks for a moment.
    ///
    /// # Errors
    /// See [`FileSinkError`]. A chain whose end was changed is not gone on with.
    pub fn open(
        directory: &Path,
        keys: ChainKeys,
        terms: Terms,
        options: FileOptions,
    ) -> Result<Self, FileSinkError> {
        let directory = Directory::open(directory)?;
        let writer = Writer::open(directory, keys, options)?;
        let head = writer.shown();
        let (queue, jobs) = Queue::new();
        let thread = std::thread::Builder::new().name("tashika-audit".to_owned());
        let thread = thread.spawn(move || writer.run(&jobs))?;
        Ok(Self {
            terms,
            queue,
            head,
            thread: Some(thread),
        })
    }

    /// The last line that is safe; none if there is none.
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        *self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Overwrites what is kept beside the record of this number, where a person
    /// has to be forgotten. The chain stays whole, and what it says of the record
    /// stays.
    ///
    /// What is not there, or no longer, need not be erased. Copies are other
    /// files, and file systems that never overwrite keep what they had.
    ///
    /// Its future's error is `transaction.unrecorded` if it could not be done.
    pub fn erase(&self, sequence: u64) -> StoreFuture<()> {
        self.queue.put(|answer| Job::Erase(sequence, answer), 0)
    }
}

impl AuditSink for FileSink {
    fn write(&self, record: Record) -> StoreFuture<()> {
        let Ok(entry) = self.terms.write(record) else {
            return StoreFuture::known(Err(unrecorded()));
        };
        let octets = size(&entry);
        self.queue.put(|answer| Job::Record(entry, answer), octets)
    }
}

/// Waits until what is in the queue is written.
impl Drop for FileSink {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            // Whoever waited for a record has heard that it is not kept.
            let _ = thread.join();
        }
    }
}
