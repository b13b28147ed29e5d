//! What time it is on a stage.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use relying_party::{Clock, Time};
use tashika_testbed::calendar::DAY;

/// The clock of the machine, some days ahead: everybody on a stage goes by it. It
/// never goes back, because what was published cannot be unpublished.
#[derive(Clone, Debug, Default)]
pub(crate) struct StageClock(Arc<AtomicI64>);

impl StageClock {
    /// The time in unix seconds.
    pub(crate) fn now(&self) -> i64 {
        Clock::system().now().as_unix().saturating_add(self.ahead())
    }

    /// How far it is ahead, in seconds.
    pub(crate) fn ahead(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    /// How far it is ahead, in days.
    pub(crate) fn days(&self) -> i64 {
        self.ahead() / DAY
    }

    /// Puts it so many days ahead of the machine; false if it was further ahead, and
    /// stays so.
    pub(crate) fn put_ahead(&self, days: i64) -> bool {
        let ahead = days.saturating_mul(DAY);
        self.0.fetch_max(ahead, Ordering::SeqCst) <= ahead
    }

    /// The same clock for relying parties.
    pub(crate) fn told(&self) -> Clock {
        let clock = self.clone();
        Clock::told(move || Time::from_unix(clock.now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_one_way() {
        let clock = StageClock::default();
        let begin = clock.now();
        assert!(clock.put_ahead(3) && !clock.put_ahead(2) && clock.put_ahead(3));
        assert_eq!(clock.days(), 3);
        let passed = clock.told().now().as_unix() - begin;
        assert!((3 * DAY..3 * DAY + 60).contains(&passed));
    }
}
