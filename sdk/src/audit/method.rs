//! What the law calls a method of identification, and since when.

use std::fmt;

use crate::person::Date;

/// By what somebody was identified, in the sense of 犯収法施行規則6条1項1号.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Means {
    /// A document that was signed with a 署名用 certificate.
    SigningCertificate,
    /// カード代替電磁的記録: the card in a phone.
    CardSubstituteRecord,
}

/// On which days a letter stands for a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InForce {
    /// Up to and including this day in Japan.
    Until(Date),
    /// From this day in Japan on.
    From(Date),
    /// Between these days in Japan, both included.
    Between(Date, Date),
}

/// One row: on these days this letter stands for the method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodRow {
    /// By what somebody was identified.
    pub means: Means,
    /// The letter, for example `カ`.
    pub letter: String,
    /// When.
    pub in_force: InForce,
}

/// What the law calls a method on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalMethod {
    letter: String,
    in_force: InForce,
}

/// The letters of 犯収法施行規則6条1項1号 by method and day.
///
/// They change with the regulation, so they are data. Whoever identifies people
/// for another end than that law's has no use for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodTable {
    rows: Vec<MethodRow>,
}

/// The day before the letters change, and the day on which they do.
const LAST: Date = Date::constant(2027, 3, 31);
const CHANGE: Date = Date::constant(2027, 4, 1);

impl MethodTable {
    /// The letters around the change of 2027-04-01: カ becomes ヌ for signing
    /// certificates, ル becomes ト for the card in a phone.
    ///
    /// From when the earlier ones were in force is not in it: a record from before
    /// they were needs rows of the operator's.
    #[must_use]
    pub fn standard() -> Self {
        let row = |means, letter: &str, in_force| MethodRow {
            means,
            letter: letter.to_owned(),
            in_force,
        };
        let (signing, card) = (Means::SigningCertificate, Means::CardSubstituteRecord);
        Self {
            rows: vec![
                row(signing, "カ", InForce::Until(LAST)),
                row(signing, "ヌ", InForce::From(CHANGE)),
                row(card, "ル", InForce::Until(LAST)),
                row(card, "ト", InForce::From(CHANGE)),
            ],
        }
    }

    /// This table with `rows` in the place of all that it has about the same
    /// means.
    #[must_use]
    pub fn replace(mut self, rows: Vec<MethodRow>) -> Self {
        let replaced = |old: &MethodRow| rows.iter().any(|row| row.means == old.means);
        self.rows.retain(|row| !replaced(row));
        self.rows.extend(rows);
        self
    }

    /// What the law calls the method on a day in Japan; none if no row says so.
    /// Of several rows, the first.
    #[must_use]
    pub fn method(&self, means: Means, day: Date) -> Option<LegalMethod> {
        let mut rows = self.rows.iter();
        let row = rows.find(|row| row.means == means && row.in_force.contains(day))?;
        Some(LegalMethod {
            letter: row.letter.clone(),
            in_force: row.in_force,
        })
    }
}

impl InForce {
    fn contains(self, day: Date) -> bool {
        match self {
            Self::Until(last) => day <= last,
            Self::From(first) => first <= day,
            Self::Between(first, last) => first <= day && day <= last,
        }
    }
}

/// For example `from 2027-04-01`.
impl fmt::Display for InForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Until(last) => write!(f, "until {last}"),
            Self::From(first) => write!(f, "from {first}"),
            Self::Between(first, last) => write!(f, "from {first} until {last}"),
        }
    }
}

impl LegalMethod {
    /// The letter.
    #[must_use]
    pub fn letter(&self) -> &str {
        &self.letter
    }

    /// The days on which it is called so.
    #[must_use]
    pub fn in_force(&self) -> InForce {
        self.in_force
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_change_with_the_day() {
        let table = MethodTable::standard();
        let letter = |means, day| table.method(means, day).unwrap().letter;
        for (means, before, after) in [
            (Means::SigningCertificate, "カ", "ヌ"),
            (Means::CardSubstituteRecord, "ル", "ト"),
        ] {
            assert_eq!(letter(means, Date::constant(2027, 3, 31)), before);
            assert_eq!(letter(means, Date::constant(2027, 4, 1)), after);
        }
    }

    #[test]
    fn an_operator_knows_better() {
        let until = Date::constant(2026, 12, 31);
        let in_force = InForce::Between(Date::constant(2026, 1, 1), until);
        let means = Means::SigningCertificate;
        let letter = "ワ".to_owned();
        let row = MethodRow {
            means,
            letter,
            in_force,
        };
        let table = MethodTable::standard().replace(vec![row]);
        let method = table.method(means, until).unwrap();
        assert_eq!(method.letter(), "ワ");
        let regime = method.in_force().to_string();
        assert_eq!(regime, "from 2026-01-01 until 2026-12-31");
        for outside in [Date::constant(2025, 12, 31), Date::constant(2027, 1, 1)] {
            assert_eq!(table.method(means, outside), None);
        }
        let card = table.method(Means::CardSubstituteRecord, until).unwrap();
        assert_eq!(card.letter(), "ル");
        assert_eq!(card.in_force().to_string(), "until 2027-03-31");
    }
}
