//! How long a session lives.

use tashika::{Code, Duration, Error, Time};

use crate::session::SessionEntry;
use crate::site::SitePath;

/// How long a session lives, when it asks about its certificate again, how often
/// it is used, and who passes without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionPolicy {
    /// How long it waits for its next request.
    pub idle: Duration,
    /// How long it lives, whatever comes.
    pub absolute: Duration,
    /// Whether its certificate is asked about again.
    pub recheck: Recheck,
    /// How often it is used.
    pub mode: SessionMode,
    /// Who passes without one.
    pub visitors: Visitors,
}

/// Whether a session asks again if the certificate it hangs on is revoked. For
/// one that hangs on none there is nobody to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recheck {
    /// It does not: who has lost a card, and whoever found it, stays logged in
    /// until the session ends by itself.
    DangerNever,
    /// Before the first request for which the last good answer is older than
    /// this. Who is revoked is refused, and the session ends.
    After(Duration, WhenUndetermined),
}

/// What becomes of a session whose certificate could not be asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenUndetermined {
    /// The request is refused, and the session is there when the answer is,
    /// unless the request has used it up.
    Refuse,
    /// It goes on as long as the last good answer is no older than this, and
    /// asks again with each request. Who was revoked meanwhile passes.
    DangerGoOn(Duration),
}

/// How often a session is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionMode {
    /// As often as its browser likes, as long as it lives.
    Web,
    /// Once: by the first request after the login, and of several at once by one
    /// of them. With its response the browser is told to forget the visit
    /// (`Clear-Site-Data`), so that the next person at the same screen finds
    /// nothing.
    ///
    /// The images and scripts of a page are requests too: serve them outside of
    /// the layer, or name their paths as [open](Visitors::Refused).
    Kiosk,
}

/// Who passes without a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitors {
    /// Everybody: the service behind asks for the
    /// [`Session`](crate::Session) where it needs one.
    Pass,
    /// Nobody (`transaction.session`), but to these paths: those by which people
    /// log in, and the page where they begin. In [`SessionMode::Kiosk`] requests
    /// for them use no session up, and see none.
    Refused {
        /// The paths.
        open: Vec<SitePath>,
    },
}

impl Visitors {
    /// Whether a request without a session goes on.
    pub(super) fn may_pass(&self, path: &str) -> bool {
        match self {
            Self::Pass => true,
            Self::Refused { .. } => self.is_open(path),
        }
    }

    /// Whether a path is one that is named as open.
    pub(super) fn is_open(&self, path: &str) -> bool {
        match self {
            Self::Pass => false,
            Self::Refused { open } => open.iter().any(|open| open.as_str() == path),
        }
    }
}

impl SessionPolicy {
    /// `misuse.argument` unless the times are positive, and each is no longer
    /// than what contains it.
    pub(super) fn check(&self) -> Result<(), Error> {
        let ordered = |short: Duration, long: Duration| Duration::ZERO < short && short <= long;
        let recheck = match self.recheck {
            Recheck::DangerNever => true,
            Recheck::After(after, WhenUndetermined::Refuse) => Duration::ZERO < after,
            Recheck::After(after, WhenUndetermined::DangerGoOn(limit)) => ordered(after, limit),
        };
        if recheck && ordered(self.idle, self.absolute) {
            Ok(())
        } else {
            Err(Code::MisuseArgument.into())
        }
    }

    /// Until when a session that ends at `ends` waits after a request at `now`.
    pub(super) fn waits_until(&self, ends: Time, now: Time) -> Time {
        now.plus(self.idle).min(ends)
    }

    /// Until when a session waits after this request, if that is worth telling
    /// the store: an eighth of the wait is over.
    pub(super) fn prolongs(&self, entry: &SessionEntry, now: Time) -> Option<Time> {
        let until = self.waits_until(entry.ends, now);
        let gained = until.since(entry.idle_until).as_seconds();
        (gained > self.idle.as_seconds() / 8).then_some(until)
    }
}

impl Recheck {
    /// Whether an answer of `checked` is too old at `now`.
    pub(super) fn is_due(self, checked: Time, now: Time) -> bool {
        match self {
            Self::DangerNever => false,
            Self::After(after, _) => now.since(checked) > after,
        }
    }

    /// Whether an answer of `checked` is enough at `now`, where none can be had.
    pub(super) fn goes_on(self, checked: Time, now: Time) -> bool {
        match self {
            Self::DangerNever => true,
            Self::After(_, WhenUndetermined::Refuse) => false,
            Self::After(_, WhenUndetermined::DangerGoOn(limit)) => now.since(checked) <= limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const fn seconds(seconds: i64) -> Duration {
        Duration::seconds(seconds)
    }

    const fn at(seconds: i64) -> Time {
        Time::from_unix(seconds)
    }

    const POLICY: SessionPolicy = SessionPolicy {
        idle: seconds(80),
        absolute: seconds(100),
        recheck: Recheck::DangerNever,
        mode: SessionMode::Web,
        visitors: Visitors::Pass,
    };

    #[test]
    fn only_paths_that_are_named_are_open() {
        let open = vec![SitePath::new("/login").unwrap()];
        let refused = Visitors::Refused { open };
        assert!(refused.is_open("/login") && refused.may_pass("/login"));
        for path in ["/", "/login/", "/Login", "/login/x", "/%6cogin"] {
            assert!(!refused.may_pass(path), "{path}");
            assert!(Visitors::Pass.may_pass(path) && !Visitors::Pass.is_open(path));
        }
    }

    #[test]
    fn times_are_positive_and_in_order() {
        let with = |recheck| SessionPolicy { recheck, ..POLICY };
        let go_on = |after, limit| {
            let limit = WhenUndetermined::DangerGoOn(seconds(limit));
            with(Recheck::After(seconds(after), limit))
        };
        let refuse = |after| with(Recheck::After(seconds(after), WhenUndetermined::Refuse));
        let idle = |idle| SessionPolicy {
            idle: seconds(idle),
            ..POLICY
        };
        for sound in [POLICY, refuse(1), go_on(5, 5), idle(100)] {
            assert!(sound.check().is_ok(), "{sound:?}");
        }
        for bad in [refuse(0), go_on(0, 5), go_on(6, 5), idle(0), idle(101)] {
            let refused = bad.check().unwrap_err();
            assert_eq!(refused.code(), Code::MisuseArgument, "{bad:?}");
        }
    }

    #[test]
    fn a_store_is_told_when_an_eighth_of_the_wait_is_over() {
        let entry = |idle_until, ends| SessionEntry {
            state: Bytes::new(),
            idle_until: at(idle_until),
            ends: at(ends),
        };
        let long = entry(80, 1000);
        assert_eq!(POLICY.prolongs(&long, at(10)), None);
        assert_eq!(POLICY.prolongs(&long, at(11)), Some(at(91)));
        // At the end there is nothing to gain.
        assert_eq!(POLICY.prolongs(&entry(80, 91), at(50)), Some(at(91)));
        assert_eq!(POLICY.prolongs(&entry(80, 90), at(50)), None);
        let short = SessionPolicy {
            idle: seconds(1),
            ..POLICY
        };
        assert_eq!(short.prolongs(&entry(1, 1000), at(0)), None);
        assert_eq!(short.prolongs(&entry(1, 1000), at(1)), Some(at(2)));
    }

    #[test]
    fn the_last_second_of_an_answer_is_enough() {
        let go_on = Recheck::After(seconds(5), WhenUndetermined::DangerGoOn(seconds(8)));
        let refuse = Recheck::After(seconds(5), WhenUndetermined::Refuse);
        assert!(!go_on.is_due(at(0), at(5)) && go_on.is_due(at(0), at(6)));
        assert!(go_on.goes_on(at(0), at(8)) && !go_on.goes_on(at(0), at(9)));
        assert!(refuse.is_due(at(0), at(6)) && !refuse.goes_on(at(0), at(6)));
        assert!(!Recheck::DangerNever.is_due(at(0), at(i64::MAX)));
    }
}
