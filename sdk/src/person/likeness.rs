//! What somebody typed, beside what was verified.
//!
//! People write their names and addresses otherwise than registers do: in other
//! widths, with other hyphens, in kana. What is written here in one way is so to
//! be compared and for nothing else. It is kept nowhere, and what counts is what
//! was verified.

mod address;
mod name;

use crate::person::BirthDate;

/// How like what somebody typed is to what was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum Likeness {
    /// Character by character.
    Same,
    /// But for how it is written: width, spaces, hyphens, numerals.
    OtherwiseWritten,
    /// It may be the same. A person has to decide.
    Doubtful(Doubt),
    /// It is something else. A person has to decide, too: nobody's typed text
    /// takes the place of what was verified.
    Different,
}

/// Why it cannot be told whether two statements are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// A character stands for another one that could not be written.
    Substituted,
    /// An ideograph stands in the place of a variant of it, as 辺 for 邉.
    Ideographs,
    /// One is in kana, the other is not.
    Kana,
    /// One has a name in brackets that the other has not or has instead, or the
    /// family names alone differ: 旧氏 or 通称.
    OtherName,
    /// A part of a date is not known.
    Incomplete,
}

impl Likeness {
    /// Whether it is the same, however it is written.
    #[must_use]
    pub const fn is_same(self) -> bool {
        matches!(self, Self::Same | Self::OtherwiseWritten)
    }

    /// Of a name that was typed to one that was verified. `substituted` are the
    /// positions in the latter, in characters from 0, that stand for characters
    /// which could not be written.
    pub fn of_names(typed: &str, verified: &str, substituted: &[usize]) -> Self {
        if typed == verified && substituted.is_empty() {
            return Self::Same;
        }
        let (left, right) = (Letters::of(typed, &[]), Letters::of(verified, substituted));
        match left.same(&right) {
            Some(likeness) if name::divided_alike(typed, verified) => likeness,
            _ => name::doubt(typed, verified).map_or(Self::Different, Self::Doubtful),
        }
    }

    /// Of an address that was typed to one that was verified, in the same way.
    pub fn of_addresses(typed: &str, verified: &str, substituted: &[usize]) -> Self {
        if typed == verified && substituted.is_empty() {
            return Self::Same;
        }
        let (typed, verified) = (address::parted(typed), address::parted(verified));
        let (left, right) = (
            Letters::of(&typed, &[]),
            Letters::of(&verified, substituted),
        );
        let same = address::short(&left).same(&address::short(&right));
        same.unwrap_or(Self::Different)
    }

    /// Of a date of birth that was typed to one that was verified.
    pub fn of_birth_dates(typed: BirthDate, verified: BirthDate) -> Self {
        if typed == verified {
            return Self::Same;
        }
        let apart = |((first, last), (from, until))| last < from || until < first;
        match typed.bounds().zip(verified.bounds()) {
            Some(bounds) if apart(bounds) => Self::Different,
            _ => Self::Doubtful(Doubt::Incomplete),
        }
    }
}

/// A text without its spaces, in half width and capitals; and of each character,
/// whether it stands for another one.
#[derive(Clone, PartialEq, Eq)]
struct Letters(Vec<(char, bool)>);

impl Letters {
    fn of(text: &str, substituted: &[usize]) -> Self {
        let letters = text.chars().enumerate().filter_map(|(position, letter)| {
            let letter = folded(letter)?;
            Some((letter, substituted.contains(&position)))
        });
        Self(letters.collect())
    }

    /// How it is the same; none if it is not.
    fn same(&self, other: &Self) -> Option<Likeness> {
        if self.equals(other) {
            let mut letters = self.0.iter().chain(&other.0);
            return Some(match letters.any(|(_, stands)| *stands) {
                true => Likeness::Doubtful(Doubt::Substituted),
                false => Likeness::OtherwiseWritten,
            });
        }
        let same = self.heads().equals(&other.heads());
        same.then_some(Likeness::Doubtful(Doubt::Ideographs))
    }

    /// What stands for another character is as good as any.
    fn equals(&self, other: &Self) -> bool {
        let mut pairs = self.0.iter().zip(&other.0);
        self.0.len() == other.0.len() && pairs.all(|((a, one), (b, two))| *one || *two || a == b)
    }

    /// The same without variants, and without what chooses among them.
    fn heads(&self) -> Self {
        let drawn = self.0.iter().filter(|(letter, _)| !is_selector(*letter));
        Self(
            drawn
                .map(|(letter, stands)| (name::head(*letter), *stands))
                .collect(),
        )
    }
}

/// Variation selectors choose how the character before them is drawn.
fn is_selector(letter: char) -> bool {
    matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// In half width and capitals; none for a space.
fn folded(letter: char) -> Option<char> {
    let half = match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0)?,
        other => other,
    };
    (!half.is_whitespace()).then_some(half.to_ascii_uppercase())
}

#[cfg(test)]
mod tests;
