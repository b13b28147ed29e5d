//! Where the wall clock is read. Everything else is told what time it is.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tashika::Time;

/// What tells the time: the system's clock, or in tests whatever is wanted.
#[derive(Clone, Default)]
pub struct Clock(Source);

#[derive(Clone, Default)]
enum Source {
    #[default]
    System,
    Told(Arc<dyn Fn() -> Time + Send + Sync>),
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// Whatever this says, for tests. A clock that is wrong makes what has
    /// expired valid.
    #[must_use]
    pub fn told(now: impl Fn() -> Time + Send + Sync + 'static) -> Self {
        Self(Source::Told(Arc::new(now)))
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Time {
        match &self.0 {
            Source::Told(now) => now(),
            // Before 1970 nothing is valid, and nothing is then.
            Source::System => {
                let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
                let seconds = elapsed.map_or(0, |elapsed| elapsed.as_secs());
                Time::from_unix(i64::try_from(seconds).unwrap_or(i64::MAX))
            }
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::System => "Clock(system)",
            Source::Told(_) => "Clock(told)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_seconds_since_the_epoch() {
        // 2026-01-01 and 2100-01-01.
        let sane = 1_767_225_600..4_102_444_800;
        assert!(sane.contains(&Clock::system().now().as_unix()));
        let told = Clock::told(|| Time::from_unix(7));
        assert_eq!(told.now(), Time::from_unix(7));
        assert_eq!(format!("{told:?}"), "Clock(told)");
    }
}
