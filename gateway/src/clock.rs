//! The wall clock: the one place where the command reads it.

use std::time::{SystemTime, UNIX_EPOCH};

use tashika::{Duration, Time};

/// How far our clock may be behind the issuer's before it is called wrong,
/// where nobody says otherwise.
pub(crate) const SKEW: Duration = Duration::minutes(1);

/// Now, to the second. A clock before 1970 reads as 1970: every certificate
/// is then not valid yet.
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map(|s| i64::try_from(s.as_secs()).unwrap_or(i64::MAX));
    Time::from_unix(seconds.unwrap_or(0))
}
