//! Where verification is done.

use std::fmt;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Where public-key operations are done.
///
/// Those with RSA take some tens of microseconds, which is less than it costs to
/// hand them to another thread; those with P-384 take twelve times as long, and
/// hold up whoever else is served by the same thread.
#[derive(Clone)]
pub struct Work(Where);

#[derive(Clone)]
enum Where {
    Inline,
    Threads(Arc<Semaphore>),
}

impl Work {
    /// Where the request is served.
    #[must_use]
    pub const fn inline() -> Self {
        Self(Where::Inline)
    }

    /// On threads of the runtime that may block, so many at a time. Who comes
    /// while all are at work waits, and so holds up those who come after, which
    /// is what a load-shedding layer outside looks at.
    #[must_use]
    pub fn on_threads(at_a_time: NonZeroUsize) -> Self {
        let permits = at_a_time.get().min(Semaphore::MAX_PERMITS);
        Self(Where::Threads(Arc::new(Semaphore::new(permits))))
    }

    pub(super) const fn standard() -> Self {
        Self::inline()
    }

    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        let Where::Threads(permits) = &self.0 else {
            return job();
        };
        // Nobody closes it. Who goes away gives the permit back when the job has
        // ended, not before.
        let permit = Arc::clone(permits).acquire_owned().await;
        let done = spawn_blocking(move || {
            let _permit = permit;
            job()
        });
        match done.await {
            Ok(done) => done,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The runtime is being shut down, and nobody waits any more.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Where::Inline => "Work(inline)",
            Where::Threads(_) => "Work(on threads)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    #[tokio::test]
    async fn no_more_are_at_work_than_may_be() {
        static AT_WORK: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let work = Work::on_threads(NonZeroUsize::new(2).unwrap());
        let jobs = (0..16).map(|number| {
            let work = work.clone();
            tokio::spawn(async move {
                let job = move || {
                    let now = AT_WORK.fetch_add(1, Ordering::SeqCst) + 1;
                    MOST.fetch_max(now, Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(1));
                    AT_WORK.fetch_sub(1, Ordering::SeqCst);
                    number
                };
                work.run(job).await
            })
        });
        let jobs: Vec<_> = jobs.collect();
        for (number, job) in jobs.into_iter().enumerate() {
            assert_eq!(job.await.unwrap(), number);
        }
        assert!((1..=2).contains(&MOST.load(Ordering::SeqCst)));
    }

    #[tokio::test]
    async fn inline_is_on_this_thread() {
        let here = thread::current().id();
        let there = Work::inline().run(|| thread::current().id()).await;
        assert_eq!(here, there);
        let threads = Work::on_threads(NonZeroUsize::MIN);
        assert_ne!(threads.run(|| thread::current().id()).await, here);
    }
}
