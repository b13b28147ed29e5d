//! What somebody says of themselves, item by item beside what was verified.

use std::fmt;

use crate::person::{BirthDate, Likeness};

/// What somebody says of themselves.
#[derive(Clone, PartialEq, Eq)]
pub struct Stated {
    /// 氏名.
    pub name: String,
    /// 住所.
    pub address: String,
    /// 生年月日.
    pub birth_date: BirthDate,
}

/// What was stated beside what was verified. What counts is the latter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// 氏名.
    pub name: Compared,
    /// 住所.
    pub address: Compared,
    /// 生年月日, as in `1985-07-04`, with `?` for what is not known.
    pub birth_date: Compared,
}

/// One item of a [`Comparison`].
#[derive(Clone, PartialEq, Eq)]
pub struct Compared {
    stated: String,
    verified: String,
    substituted: Vec<usize>,
    likeness: Likeness,
}

/// A text that was verified, and the positions in it, in characters from 0, that
/// stand for characters which could not be written.
pub(crate) type Registered<'a> = (&'a str, &'a [usize]);

impl Stated {
    pub(crate) fn compare(
        &self,
        name: Registered<'_>,
        address: Registered<'_>,
        birth_date: BirthDate,
    ) -> Comparison {
        let text = |stated: &str, (verified, substituted): Registered<'_>, likeness| Compared {
            stated: stated.to_owned(),
            verified: verified.to_owned(),
            substituted: substituted.to_vec(),
            likeness,
        };
        let likeness = Likeness::of_birth_dates(self.birth_date, birth_date);
        let (born, date) = (written(self.birth_date), written(birth_date));
        Comparison {
            name: text(
                &self.name,
                name,
                Likeness::of_names(&self.name, name.0, name.1),
            ),
            address: text(
                &self.address,
                address,
                Likeness::of_addresses(&self.address, address.0, address.1),
            ),
            birth_date: text(&born, (&date, &[]), likeness),
        }
    }
}

/// For example `1985-07-04`, `1926-??-??`.
fn written(born: BirthDate) -> String {
    let year = born
        .year()
        .map_or("????".to_owned(), |year| format!("{year:04}"));
    let part = |part: Option<i8>| part.map_or("??".to_owned(), |part| format!("{part:02}"));
    format!("{year}-{}-{}", part(born.month()), part(born.day()))
}

impl Comparison {
    /// Name, address and date of birth.
    #[must_use]
    pub fn items(&self) -> [&Compared; 3] {
        [&self.name, &self.address, &self.birth_date]
    }

    /// Whether every item is the same, however it is written.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.items().iter().all(|item| item.likeness.is_same())
    }

    /// Whether another comparison is with the same verified items.
    #[must_use]
    pub fn is_of_same(&self, other: &Self) -> bool {
        let verified = |of: &Self| of.items().map(|item| item.verified.clone());
        verified(self) == verified(other)
    }
}

impl Compared {
    /// What was stated.
    #[must_use]
    pub fn stated(&self) -> &str {
        &self.stated
    }

    /// What was verified, as it stands in the evidence.
    #[must_use]
    pub fn verified(&self) -> &str {
        &self.verified
    }

    /// The characters of what was verified, and of each whether it stands for
    /// another one that could not be written.
    pub fn characters(&self) -> impl Iterator<Item = (char, bool)> {
        let characters = self.verified.chars().enumerate();
        characters.map(|(position, letter)| (letter, self.substituted.contains(&position)))
    }

    /// How like they are.
    pub fn likeness(&self) -> Likeness {
        self.likeness
    }
}

// Both are the person's.
impl fmt::Debug for Stated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stated(…)")
    }
}

impl fmt::Debug for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compared")
            .field("likeness", &self.likeness)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::Doubt;

    fn stated(name: &str, address: &str) -> Stated {
        Stated {
            name: name.to_owned(),
            address: address.to_owned(),
            birth_date: BirthDate::from_parts(1962, 8, 11).unwrap(),
        }
    }

    #[test]
    fn each_item_is_compared_and_what_was_verified_stays() {
        let verified = (("渡邉　榮一郎", &[1][..]), ("富良野市９番１号", &[][..]));
        let compare = |stated: &Stated| {
            let born = BirthDate::from_parts(1962, 8, 0).unwrap();
            stated.compare(verified.0, verified.1, born)
        };
        let found = compare(&stated("渡辺 榮一郎", "富良野市9-1"));
        let [name, address, birth_date] = found.items();
        assert_eq!(name.likeness(), Likeness::Doubtful(Doubt::Substituted));
        assert_eq!(
            (name.stated(), name.verified()),
            ("渡辺 榮一郎", "渡邉　榮一郎")
        );
        let marked: String = name
            .characters()
            .filter(|(_, stands)| *stands)
            .map(|(c, _)| c)
            .collect();
        assert_eq!(marked, "邉");
        assert_eq!(address.likeness(), Likeness::OtherwiseWritten);
        assert_eq!(address.verified(), "富良野市９番１号");
        assert_eq!(birth_date.likeness(), Likeness::Doubtful(Doubt::Incomplete));
        assert_eq!(
            (birth_date.stated(), birth_date.verified()),
            ("1962-08-11", "1962-08-??")
        );
        assert!(!found.agrees());
        let other = compare(&stated("見本　太郎", "那覇市"));
        assert!(found.is_of_same(&other) && found != other);
        assert!(!format!("{found:?}{:?}", stated("渡邉", "富良野")).contains('渡'));
    }

    #[test]
    fn what_agrees_in_every_item_agrees() {
        let born = BirthDate::from_parts(1962, 8, 11).unwrap();
        let compare = |address| {
            stated("見本 太郎", "那覇市1-2").compare(("見本　太郎", &[]), (address, &[]), born)
        };
        assert!(compare("那覇市１番２号").agrees());
        assert!(!compare("那覇市１番３号").agrees());
    }
}
