//! Dates of birth, which the register does not always know in full, and ages.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::error::Error;
use crate::time::Time;

/// A date of birth, perhaps with unknown parts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BirthDate {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
}

/// Whether somebody has reached an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum AtLeast {
    /// They have, whatever the unknown parts of the date are.
    Yes,
    /// They have not, whatever the unknown parts of the date are.
    No,
    /// The known parts do not tell: treat as not.
    Unknown,
}

impl BirthDate {
    /// From its parts in the Gregorian calendar; zero is unknown.
    ///
    /// `None` if the parts are no date, or a part is known under an unknown one.
    #[must_use]
    pub fn from_parts(year: i16, month: i8, day: i8) -> Option<Self> {
        let part = |n| if n == 0 { None } else { Some(n) };
        let birth = Self {
            year: (year != 0).then_some(year),
            month: part(month),
            day: part(day),
        };
        let ordered = match (birth.year, birth.month, birth.day) {
            (None, None, None) => true,
            (Some(_), month, day) => month.is_some() || day.is_none(),
            (None, ..) => false,
        };
        let exists = birth.year.is_none() || birth.bounds().is_some();
        (ordered && exists).then_some(birth)
    }

    /// The date, if every part is known.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        let (year, month, day) = (self.year?, self.month?, self.day?);
        Date::new(year, month, day).ok()
    }

    /// The year, if known.
    #[must_use]
    pub fn year(&self) -> Option<i16> {
        self.year
    }

    /// The month, from 1, if known.
    #[must_use]
    pub fn month(&self) -> Option<i8> {
        self.month
    }

    /// The day of the month, from 1, if known.
    #[must_use]
    pub fn day(&self) -> Option<i8> {
        self.day
    }

    /// The age in completed years on a day, birthdays counting from 00:00 of
    /// the day; `None` if a part of the date is unknown or the day is before it.
    ///
    /// Somebody born on 29 February completes a year on 1 March where there is
    /// no such day.
    #[must_use]
    pub fn age_on(&self, day: Date) -> Option<i16> {
        let age = completed_years(self.date()?, day);
        (age >= 0).then_some(age)
    }

    /// Whether an age is reached at `now`: the gate turns at 00:00 in Japan on
    /// the birthday, as the laws on alcohol and tobacco are applied.
    ///
    /// # Errors
    /// `misuse.argument` if `now` is outside the years of the calendar.
    pub fn has_reached(&self, age: u8, now: Time) -> Result<AtLeast, Error> {
        let today = now.date_in_japan()?;
        Ok(self.compare(today, |born| birthday(born, i16::from(age))))
    }

    /// Whether an age is attained at `now` by the Act on Calculation of Ages.
    ///
    /// A year of age is complete at the end of the day before the birthday, so
    /// what the law ties to a day is open on that day already: school years
    /// and elections count so, gates for alcohol and tobacco do not.
    ///
    /// # Errors
    /// `misuse.argument` if `now` is outside the years of the calendar.
    pub fn has_attained_by_statute(&self, age: u8, now: Time) -> Result<AtLeast, Error> {
        let today = now.date_in_japan()?;
        Ok(self.compare(today, |born| {
            birthday(born, i16::from(age))?.checked_sub(1.day()).ok()
        }))
    }

    fn compare(&self, today: Date, turns: impl Fn(Date) -> Option<Date>) -> AtLeast {
        let Some((earliest, latest)) = self.bounds() else {
            return AtLeast::Unknown;
        };
        match (turns(earliest), turns(latest)) {
            (_, Some(last)) if last <= today => AtLeast::Yes,
            (Some(first), _) if first > today => AtLeast::No,
            _ => AtLeast::Unknown,
        }
    }

    /// The earliest and the latest date that the known parts allow.
    pub(crate) fn bounds(&self) -> Option<(Date, Date)> {
        let year = self.year?;
        match (self.month, self.day) {
            (Some(month), Some(day)) => {
                let date = Date::new(year, month, day).ok()?;
                Some((date, date))
            }
            (Some(month), None) => {
                let first = Date::new(year, month, 1).ok()?;
                Some((first, first.last_of_month()))
            }
            (None, _) => {
                let first = Date::new(year, 1, 1).ok()?;
                Some((first, first.last_of_year()))
            }
        }
    }
}

/// The years that somebody has completed on a day; negative before they are
/// born.
pub(crate) fn completed_years(born: Date, day: Date) -> i16 {
    let years = day.year() - born.year();
    if birthday(born, years).is_some_and(|birthday| birthday <= day) {
        years
    } else {
        years - 1
    }
}

/// The day on which somebody completes `years` years.
fn birthday(born: Date, years: i16) -> Option<Date> {
    let year = born.year().checked_add(years)?;
    match Date::new(year, born.month(), born.day()) {
        Ok(day) => Some(day),
        // 29 February, in a common year.
        Err(_) => Date::new(year, 3, 1).ok(),
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(…)")
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn time(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn born(year: i16, month: i8, day: i8) -> BirthDate {
        BirthDate::from_parts(year, month, day).unwrap()
    }

    #[test]
    fn the_gate_turns_at_midnight_in_japan() {
        let birth = born(2006, 4, 1);
        let eve = time("2026-03-31T23:59:59+09:00");
        let day = time("2026-04-01T00:00:00+09:00");
        assert_eq!(birth.has_reached(20, eve).unwrap(), AtLeast::No);
        assert_eq!(birth.has_reached(20, day).unwrap(), AtLeast::Yes);
        let utc_eve = time("2026-03-31T15:00:00Z");
        assert_eq!(birth.has_reached(20, utc_eve).unwrap(), AtLeast::Yes);
    }

    #[test]
    fn the_statute_counts_the_eve() {
        let birth = born(2006, 4, 1);
        let before = time("2026-03-30T23:59:59+09:00");
        let eve = time("2026-03-31T00:00:00+09:00");
        assert_eq!(
            birth.has_attained_by_statute(20, before).unwrap(),
            AtLeast::No
        );
        assert_eq!(
            birth.has_attained_by_statute(20, eve).unwrap(),
            AtLeast::Yes
        );
    }

    #[test]
    fn leap_days_turn_on_the_first_of_march() {
        let birth = born(2008, 2, 29);
        assert_eq!(birth.age_on(date(2026, 2, 28)), Some(17));
        assert_eq!(birth.age_on(date(2026, 3, 1)), Some(18));
        assert_eq!(birth.age_on(date(2028, 2, 29)), Some(20));
        let eve = time("2028-02-28T23:59:59+09:00");
        assert_eq!(birth.has_reached(20, eve).unwrap(), AtLeast::No);
    }

    #[test]
    fn unknown_parts_decide_only_what_is_certain() {
        let now = time("2026-11-21T12:00:00+09:00");
        for (birth, expected) in [
            (born(1940, 0, 0), AtLeast::Yes),
            (born(2006, 0, 0), AtLeast::Unknown),
            (born(2006, 11, 0), AtLeast::Unknown),
            (born(2006, 10, 0), AtLeast::Yes),
            (born(2006, 12, 0), AtLeast::No),
            (born(2010, 0, 0), AtLeast::No),
            (born(0, 0, 0), AtLeast::Unknown),
        ] {
            assert_eq!(birth.has_reached(20, now).unwrap(), expected);
            assert!(birth.date().is_some() || birth.age_on(date(2026, 1, 1)).is_none());
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for (year, month, day) in [
            (2006, 13, 1),
            (2006, 2, 29),
            (2006, 0, 5),
            (0, 4, 1),
            (2006, -1, 0),
        ] {
            assert_eq!(BirthDate::from_parts(year, month, day), None);
        }
    }

    #[test]
    fn the_unborn_have_no_age() {
        assert_eq!(born(2026, 4, 1).age_on(date(2026, 3, 31)), None);
        assert_eq!(born(2026, 4, 1).age_on(date(2026, 4, 1)), Some(0));
    }
}
