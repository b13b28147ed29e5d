//! Time as the verifier uses it: a number that the caller passes in.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, Zoned};

use crate::code::Code;
use crate::error::Error;

/// A point in time: whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// The library has no clock. Edges read one and pass the value in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// From seconds since the epoch.
    #[must_use]
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn as_unix(self) -> i64 {
        self.0
    }

    /// This time and `duration`; saturates at the ends of the range.
    #[must_use]
    pub const fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.0))
    }

    /// This time less `duration`; saturates at the ends of the range.
    #[must_use]
    pub const fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration.0))
    }

    /// How long after `earlier` this time is; negative if it is before.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }

    /// The calendar date in Japan (UTC+09:00, no daylight saving time) at this time.
    ///
    /// # Errors
    /// `misuse.argument` if the time is outside the years -9999 to 9999.
    pub fn date_in_japan(self) -> Result<Date, Error> {
        let timestamp = Timestamp::from_second(self.0).map_err(|_| Code::MisuseArgument)?;
        Ok(Zoned::new(timestamp, TimeZone::fixed(JAPAN)).date())
    }

    /// RFC 3339 with Japan's offset, for example `2026-04-01T09:00:00+09:00`.
    pub(crate) fn to_japanese_text(self) -> String {
        let text = self.plus(Duration::seconds(i64::from(JAPAN.seconds())));
        let text = text.to_string();
        match text.strip_suffix('Z') {
            Some(civil) => format!("{civil}+09:00"),
            None => self.to_string(),
        }
    }

    /// The time of a civil date and clock time in UTC.
    ///
    /// The calendar reaches to the end of the year 9999, by which certificates
    /// say that they do not expire (RFC 5280, 4.1.2.5).
    pub(crate) fn from_utc(civil: DateTime) -> Self {
        Self(civil.duration_since(EPOCH).as_secs())
    }
}

/// 1970-01-01T00:00:00.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// UTC+09:00.
const JAPAN: Offset = Offset::constant(9);

/// RFC 3339 in UTC, for example `2026-04-01T00:00:00Z`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match EPOCH.checked_add(SignedDuration::from_secs(self.0)) {
            Ok(civil) => write!(f, "{civil}Z"),
            Err(_) => write!(f, "@{}", self.0),
        }
    }
}

/// RFC 3339 with any offset; fractions of a second are cut off.
impl FromStr for Time {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let timestamp: Timestamp = text.parse().map_err(|_| Code::MisuseArgument)?;
        Ok(Self(timestamp.as_second()))
    }
}

/// A span of whole seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(i64);

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// So many seconds.
    #[must_use]
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// So many minutes.
    #[must_use]
    pub const fn minutes(minutes: i64) -> Self {
        Self(minutes.saturating_mul(60))
    }

    /// So many hours.
    #[must_use]
    pub const fn hours(hours: i64) -> Self {
        Self::minutes(hours.saturating_mul(60))
    }

    /// The number of seconds.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0
    }
}

/// The validity period of a certificate, both ends included (RFC 5280, 4.1.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first second at which the certificate is valid.
    pub not_before: Time,
    /// The last second at which the certificate is valid.
    pub not_after: Time,
}

impl Validity {
    /// Whether the period contains `now`.
    #[must_use]
    pub fn contains(&self, now: Time) -> bool {
        self.not_before <= now && now <= self.not_after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints_rfc_3339() {
        let time: Time = "2026-04-01T09:00:00+09:00".parse().unwrap();
        assert_eq!(time.to_string(), "2026-04-01T00:00:00Z");
        assert_eq!(
            "yesterday".parse::<Time>().unwrap_err().code(),
            Code::MisuseArgument
        );
    }

    #[test]
    fn the_calendar_ends_with_the_year_9999() {
        let end = Time::from_utc(DateTime::constant(9999, 12, 31, 23, 59, 59, 0));
        assert_eq!(end.to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(end.as_unix(), 253_402_300_799);
        let after = end.plus(Duration::seconds(1));
        assert_eq!(after.to_string(), "@253402300800");
        assert_eq!(
            after.date_in_japan().unwrap_err().code(),
            Code::MisuseArgument
        );
        let before = Time::from_unix(-1);
        assert_eq!(before.to_string(), "1969-12-31T23:59:59Z");
        for extreme in [i64::MIN, i64::MAX] {
            assert_eq!(Time::from_unix(extreme).to_string(), format!("@{extreme}"));
        }
    }

    #[test]
    fn the_day_turns_in_japan_at_fifteen_utc() {
        let eve: Time = "2026-03-31T14:59:59Z".parse().unwrap();
        let day = eve.plus(Duration::seconds(1));
        assert_eq!(eve.date_in_japan().unwrap().to_string(), "2026-03-31");
        assert_eq!(day.date_in_japan().unwrap().to_string(), "2026-04-01");
    }

    #[test]
    fn a_clock_in_japan_is_nine_hours_ahead() {
        let time: Time = "2026-12-31T15:00:01Z".parse().unwrap();
        assert_eq!(time.to_japanese_text(), "2027-01-01T00:00:01+09:00");
        assert_eq!(
            time.to_japanese_text()
                .parse::<Time>()
                .map_err(|e| e.code()),
            Ok(time)
        );
        let end = Time::from_unix(i64::MAX);
        assert_eq!(end.to_japanese_text(), end.to_string());
    }

    #[test]
    fn both_ends_of_a_validity_are_inside() {
        let validity = Validity {
            not_before: Time::from_unix(10),
            not_after: Time::from_unix(20),
        };
        for (now, inside) in [(9, false), (10, true), (20, true), (21, false)] {
            assert_eq!(validity.contains(Time::from_unix(now)), inside, "{now}");
        }
    }
}
