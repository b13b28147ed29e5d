//! CPU time of this thread, and a core to spend it on.

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

/// Pins this thread to the core that it runs on, so that no round pays for
/// cold caches. Where that is refused the figures are noisier and no less true.
#[cfg(target_os = "linux")]
pub(crate) fn stay_on_one_core() {
    use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};

    let mut here = CpuSet::new();
    here.set(sched_getcpu());
    let _ = sched_setaffinity(None, &here);
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn stay_on_one_core() {}
