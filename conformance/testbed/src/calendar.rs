//! Moments in unix seconds, and how certificates write them.

use jiff::{Timestamp, civil, tz::TimeZone};

use crate::der;

/// Seconds in a day without a leap second.
pub const DAY: i64 = 86_400;

const JAPAN: jiff::tz::Offset = jiff::tz::offset(9);

/// A time field as it will stand in the encoding.
///
/// `i64` converts into the form RFC 5280 (4.1.2.5) prescribes: UTCTime through
/// 2049, GeneralizedTime from 2050. The other forms are for negative vectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time(Vec<u8>);

impl Time {
    /// UTCTime, also where GeneralizedTime is due.
    #[must_use]
    pub fn utc(seconds: i64) -> Self {
        Self(der::utc_time(seconds))
    }

    /// GeneralizedTime, also where UTCTime is due.
    #[must_use]
    pub fn generalized(seconds: i64) -> Self {
        Self(der::generalized_time(seconds))
    }

    /// Any text under any tag, such as `(UTC_TIME, "2601010000Z")`.
    #[must_use]
    pub fn raw(tag: u8, text: &str) -> Self {
        Self(der::tlv(tag, text))
    }

    /// The complete encoding.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        self.0.clone()
    }
}

impl From<i64> for Time {
    fn from(seconds: i64) -> Self {
        if (1950..2050).contains(&utc(seconds).year()) {
            Self::utc(seconds)
        } else {
            Self::generalized(seconds)
        }
    }
}

/// Unix seconds of a date and time in UTC.
///
/// # Panics
///
/// If there is no such date or time.
#[must_use]
pub fn moment(year: i16, month: i8, day: i8, hour: i8, minute: i8, second: i8) -> i64 {
    seconds(
        civil::date(year, month, day).at(hour, minute, second, 0),
        &TimeZone::UTC,
    )
}

/// 23:59:59 in Japan on the day that `moment` falls on there: when certificates end.
#[must_use]
pub fn end_of_day_in_japan(moment: i64) -> i64 {
    let date = japan(moment).date();
    seconds(date.at(23, 59, 59, 0), &JAPAN.to_time_zone())
}

/// 23:59:59 in Japan on a date; `None` where there is no such date.
#[must_use]
pub fn end_of_date_in_japan(year: i16, month: i8, day: i8) -> Option<i64> {
    let date = civil::Date::new(year, month, day).ok()?;
    Some(seconds(date.at(23, 59, 59, 0), &JAPAN.to_time_zone()))
}

/// The same time of day `years` later; 28 February stands in for a missing 29th.
#[must_use]
pub fn years_after(moment: i64, years: i16) -> i64 {
    let from = utc(moment);
    let year = from.year().saturating_add(years);
    let date = civil::Date::new(year, from.month(), from.day())
        .unwrap_or_else(|_| civil::date(year, 2, 28));
    seconds(date.to_datetime(from.time()), &TimeZone::UTC)
}

/// Year, month and day in Japan at a moment.
#[must_use]
pub fn date_in_japan(moment: i64) -> (i16, i8, i8) {
    let date = japan(moment).date();
    (date.year(), date.month(), date.day())
}

/// `YYYY-MM-DDThh:mm:ssZ` in UTC (RFC 3339), as CBOR's tag 0 holds it.
#[must_use]
pub fn rfc3339(seconds: i64) -> String {
    utc(seconds).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub(crate) fn utc_text(seconds: i64) -> String {
    let t = utc(seconds);
    format!("{:02}{}", t.year().rem_euclid(100), month_to_second(t))
}

pub(crate) fn generalized_text(seconds: i64) -> String {
    let t = utc(seconds);
    format!("{:04}{}", t.year(), month_to_second(t))
}

/// `yyyymmddhhmmss` in Japan, as the common names of cardholders begin.
pub(crate) fn japan_text(seconds: i64) -> String {
    let t = japan(seconds);
    let (hour, minute, second) = (t.hour(), t.minute(), t.second());
    format!(
        "{:04}{:02}{:02}{hour:02}{minute:02}{second:02}",
        t.year(),
        t.month(),
        t.day()
    )
}

fn month_to_second(t: civil::DateTime) -> String {
    let (hour, minute, second) = (t.hour(), t.minute(), t.second());
    format!(
        "{:02}{:02}{hour:02}{minute:02}{second:02}Z",
        t.month(),
        t.day()
    )
}

fn utc(seconds: i64) -> civil::DateTime {
    TimeZone::UTC.to_datetime(timestamp(seconds))
}

fn japan(seconds: i64) -> civil::DateTime {
    JAPAN.to_datetime(timestamp(seconds))
}

/// Moments beyond the calendar become its first or last second.
fn timestamp(seconds: i64) -> Timestamp {
    let edge = if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_second(seconds).unwrap_or(edge)
}

/// Dates beyond the calendar's edge become the epoch; no caller comes near it.
fn seconds(datetime: civil::DateTime, zone: &TimeZone) -> i64 {
    zone.to_timestamp(datetime)
        .map(Timestamp::as_second)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_and_their_boundary() {
        let last = moment(2049, 12, 31, 23, 59, 59);
        assert_eq!(
            Time::from(last),
            Time::raw(der::tag::UTC_TIME, "491231235959Z")
        );
        assert_eq!(
            Time::from(last + 1),
            Time::raw(der::tag::GENERALIZED_TIME, "20500101000000Z")
        );
    }

    #[test]
    fn days_end_in_japan() {
        let evening = moment(2030, 2, 17, 15, 0, 0);
        assert_eq!(
            end_of_day_in_japan(evening),
            moment(2030, 2, 18, 14, 59, 59)
        );
        assert_eq!(
            end_of_day_in_japan(evening - 1),
            moment(2030, 2, 17, 14, 59, 59)
        );
    }

    #[test]
    fn leap_days_move_back() {
        assert_eq!(
            years_after(moment(2024, 2, 29, 1, 2, 3), 1),
            moment(2025, 2, 28, 1, 2, 3)
        );
    }
}
