//! CPU time of this thread, cores to spend it on, and memory.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The CPU time that this thread has used so far.
pub(crate) fn cpu_time() -> Duration {
    let spent = clock_gettime(ClockId::ThreadCPUTime);
    // Both are non-negative on a clock that starts at zero.
    let seconds = u64::try_from(spent.tv_sec).unwrap_or_default();
    let nanoseconds = u32::try_from(spent.tv_nsec).unwrap_or_default();
    Duration::new(seconds, nanoseconds)
}

/// The cores that the process may use, before a thread stays on one of them.
#[cfg(target_os = "linux")]
static CORES: OnceLock<rustix::thread::CpuSet> = OnceLock::new();

/// Pins this thread to the core that it runs on, so that no round pays for
/// cold caches. Where that is refused the figures are noisier and no less true.
#[cfg(target_os = "linux")]
pub(crate) fn stay_on_one_core() {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};

    if let Ok(all) = sched_getaffinity(None) {
        CORES.get_or_init(|| all);
    }
    let mut here = CpuSet::new();
    here.set(sched_getcpu());
    let _ = sched_setaffinity(None, &here);
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn stay_on_one_core() {}

/// Does `work` on a thread that, with those it starts, may use every core.
pub(crate) fn on_all_cores<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let roam = || {
        #[cfg(target_os = "linux")]
        if let Some(cores) = CORES.get() {
            let _ = rustix::thread::sched_setaffinity(None, cores);
        }
        work()
    };
    let outcome = thread::scope(|scope| scope.spawn(roam).join());
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The anonymous memory of the process that is in use, in octets; zero where
/// the system does not say.
pub(crate) fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("RssAnon:"));
    let kibibytes = line.and_then(|l| l.split_whitespace().next());
    kibibytes
        .and_then(|k| k.parse().ok())
        .map_or(0, |k: u64| k * 1024)
}

/// Does `work` and looks meanwhile how much memory is in use. Returns the most
/// that was seen.
pub(crate) fn while_sampling<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let sampling = scope.spawn(|| {
            let mut most = resident();
            while !done.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(5));
                most = most.max(resident());
            }
            most
        });
        let outcome = work();
        done.store(true, Ordering::Relaxed);
        (outcome, sampling.join().unwrap_or_default())
    })
}
