//! What waits to be written: bounded by number and by octets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tashika::Error;
use tashika::audit::{Entry, Evidence};
use tokio::sync::oneshot;

use crate::audit::unrecorded;
use crate::store::StoreFuture;

/// Records that wait. At a thousand in one flush, some seconds' worth for a slow
/// disk.
const JOBS: usize = 8192;

/// Octets that wait: four times the evidence of a record at its longest.
const OCTETS: usize = 4 * tashika::limits::AUDIT_EVIDENCE;

/// Something for the writer to do, and whom to tell when it is done.
#[derive(Debug)]
pub(super) enum Job {
    Record(Entry, Answer),
    Erase(u64, Answer),
}

/// Tells whoever waits, if they still do.
#[derive(Debug)]
pub(super) struct Answer {
    sender: oneshot::Sender<Result<(), Error>>,
    _room: Room,
}

/// The room that a job takes until it is done, or dropped.
#[derive(Debug)]
struct Room {
    waiting: Arc<AtomicUsize>,
    octets: usize,
}

/// How much of a queue a record takes, in octets.
pub(super) fn size(entry: &Entry) -> usize {
    let evidence = entry.evidence().map_or(0, Evidence::octets);
    entry.json().len().saturating_add(evidence)
}

#[derive(Debug)]
pub(super) struct Queue {
    jobs: Option<SyncSender<Job>>,
    waiting: Arc<AtomicUsize>,
}

impl Queue {
    pub(super) fn new() -> (Self, Receiver<Job>) {
        let (jobs, receiver) = sync_channel(JOBS);
        let jobs = Some(jobs);
        let waiting = Arc::default();
        (Self { jobs, waiting }, receiver)
    }

    /// Puts a job of so many octets in, unless there is no room.
    pub(super) fn put(&self, job: impl FnOnce(Answer) -> Job, octets: usize) -> StoreFuture<()> {
        let before = self.waiting.fetch_add(octets, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        let waiting = Arc::clone(&self.waiting);
        let _room = Room { waiting, octets };
        let job = job(Answer { sender, _room });
        let fits = before.saturating_add(octets) <= OCTETS;
        let put = self.jobs.as_ref().filter(|_| fits);
        match put.map(|jobs| jobs.try_send(job)) {
            Some(Ok(())) => StoreFuture::coming(async {
                // A writer that is gone has kept nothing.
                answer.await.unwrap_or_else(|_| Err(unrecorded()))
            }),
            _ => StoreFuture::known(Err(unrecorded())),
        }
    }

    /// Lets the writer end when it has done what is there.
    pub(super) fn close(&mut self) {
        self.jobs = None;
    }
}

impl Answer {
    pub(super) fn tell(self, outcome: Result<(), Error>) {
        // Whoever has gone away will see in the chain that it is kept.
        let _ = self.sender.send(outcome);
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.waiting.fetch_sub(self.octets, Ordering::Relaxed);
    }
}
