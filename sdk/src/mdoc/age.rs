//! Ages: what is stated about them, and the one answer that a gate needs.
//!
//! An issuer states ages when it signs a document, which is up to a month
//! before somebody shows it. So a statement is about some day from then until
//! now: that an age was not reached may have become wrong since, on a birthday,
//! which is no contradiction; that it was reached cannot have.

use jiff::civil::Date;

use crate::code::Code;
use crate::error::Error;
use crate::mdoc::elements::{Item, birth_date_value, birth_year_value};
use crate::mdoc::japan::written_birth_date;
use crate::mdoc::{AgeEvidence, Elements};
use crate::person::{AtLeast, BirthDate, completed_years};
use crate::time::Time;

/// The question whether somebody has reached an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AgeAtLeast(u8);

/// The answer, and nothing by which two answers about one person could be told
/// to be about one person: no name, no date of birth, no time to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeCheck {
    threshold: u8,
    outcome: AtLeast,
    statement: AgeStatement,
    as_of: Date,
}

/// What decided about an age. Which other age was stated is not told: it may
/// be more than was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AgeStatement {
    /// `age_over_NN` about just this age.
    Exact,
    /// `age_over_NN` about a higher age that is reached, or a lower one that is
    /// not.
    Implied,
    /// `age_in_years`.
    AgeInYears,
    /// The date of birth.
    BirthDate,
}

impl AgeAtLeast {
    /// Whether the age of so many years is reached.
    #[must_use]
    pub const fn new(years: u8) -> Self {
        Self(years)
    }

    pub(crate) const fn years(self) -> u8 {
        self.0
    }

    /// The answer of a document at `now`, from what `evidence` admits: the
    /// statement that tells least goes first.
    ///
    /// That an age is not reached is said as of the day of the signature. A date
    /// of birth decides by 00:00 in Japan ([`BirthDate::has_reached`]), and where
    /// its unknown parts matter, it is unknown: treat as not.
    pub(crate) fn check(
        self,
        elements: &Elements<'_>,
        evidence: AgeEvidence,
        now: Time,
    ) -> Result<AgeCheck, Error> {
        check_ages(elements, now)?;
        let today = now.date_in_japan()?;
        let signed = elements.signed().min(now).date_in_japan()?;
        let answer = |outcome, statement, as_of| AgeCheck {
            threshold: self.0,
            outcome,
            statement,
            as_of,
        };
        if let Some((outcome, statement)) = self.by_ages_over(&elements.ages_over()?) {
            return Ok(answer(outcome, statement, signed));
        }
        let (years_count, birth_counts) = match evidence {
            AgeEvidence::OverOnly => (false, false),
            AgeEvidence::OrAgeInYears => (true, false),
            AgeEvidence::OrBirthDate => (true, true),
        };
        let years = elements.years()?.filter(|_| years_count);
        if let Some(years) = years {
            let outcome = at_least(years >= self.0);
            return Ok(answer(outcome, AgeStatement::AgeInYears, signed));
        }
        let born = elements.birth_date()?.filter(|_| birth_counts);
        let born = born.ok_or(Code::MdocElementMissing)?;
        let outcome = born.has_reached(self.0, now)?;
        Ok(answer(outcome, AgeStatement::BirthDate, today))
    }

    /// Who has reached an age has reached the lower ones, and who has not, not
    /// the higher ones.
    fn by_ages_over(self, stated: &[(u8, bool)]) -> Option<(AtLeast, AgeStatement)> {
        let exact = stated.iter().find(|(years, _)| *years == self.0);
        if let Some((_, reached)) = exact {
            return Some((at_least(*reached), AgeStatement::Exact));
        }
        let implied = stated.iter().find(|(years, reached)| match reached {
            true => *years > self.0,
            false => *years < self.0,
        });
        implied.map(|(_, reached)| (at_least(*reached), AgeStatement::Implied))
    }
}

const fn at_least(reached: bool) -> AtLeast {
    if reached { AtLeast::Yes } else { AtLeast::No }
}

impl AgeCheck {
    /// The age that was asked about, in years.
    #[must_use]
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// Whether it is reached.
    pub fn outcome(&self) -> AtLeast {
        self.outcome
    }

    /// What decided.
    #[must_use]
    pub fn statement(&self) -> AgeStatement {
        self.statement
    }

    /// The day in Japan of which this is true.
    #[must_use]
    pub fn as_of(&self) -> Date {
        self.as_of
    }
}

/// Whether all that is said about the person's age can be true on one day from
/// the signature until `now`, in Japan.
pub(crate) fn check_ages(elements: &Elements<'_>, now: Time) -> Result<(), Code> {
    let stated = Stated::of(elements)?;
    let day = |time: Time| time.date_in_japan().map_err(|error| error.code());
    let (from, until) = (day(elements.signed().min(now))?, day(now)?);
    if stated.can_be_true(from, until) {
        Ok(())
    } else {
        Err(Code::MdocAgeContradiction)
    }
}

/// What is said about an age, as bounds.
struct Stated {
    /// Completed years, both ends included.
    least: i16,
    most: i16,
    /// Days of birth, both ends included.
    earliest: Date,
    latest: Date,
}

impl Stated {
    fn of(elements: &Elements<'_>) -> Result<Self, Code> {
        let mut stated = Self {
            least: 0,
            most: i16::MAX,
            earliest: Date::MIN,
            latest: Date::MAX,
        };
        for (years, reached) in elements.ages_over()? {
            match reached {
                true => stated.is_at_least(years.into()),
                false => stated.is_at_most(i16::from(years) - 1),
            }
        }
        if let Some(years) = elements.years()? {
            stated.is_at_least(years.into());
            stated.is_at_most(years.into());
        }
        let written = elements.read(Item::WrittenBirthDate, written_birth_date)?;
        let dates = [
            elements.read(Item::BirthDate, birth_date_value)?,
            elements.read(Item::BirthYear, birth_year_value)?,
            // What cannot be read says nothing.
            written.and_then(|written| written.date()),
        ];
        dates.into_iter().flatten().for_each(|d| stated.is_born(d));
        Ok(stated)
    }

    fn is_at_least(&mut self, years: i16) {
        self.least = self.least.max(years);
    }

    fn is_at_most(&mut self, years: i16) {
        self.most = self.most.min(years);
    }

    fn is_born(&mut self, date: BirthDate) {
        if let Some((earliest, latest)) = date.bounds() {
            self.earliest = self.earliest.max(earliest);
            self.latest = self.latest.min(latest);
        }
    }

    /// Between the youngest that somebody can be on the first day and the oldest
    /// on the last, they are of every age on some day.
    fn can_be_true(&self, from: Date, until: Date) -> bool {
        let youngest = completed_years(self.latest, from);
        let oldest = completed_years(self.earliest, until);
        self.earliest <= self.latest
            && self.least <= self.most
            && youngest <= self.most
            && self.least <= oldest
    }
}

#[cfg(test)]
mod tests;
