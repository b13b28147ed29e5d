//! Addresses: hyphens, and the units of blocks and houses.

use crate::person::likeness::{Letters, folded};

/// What ends a number: longer ones first.
const UNITS: [&str; 6] = ["番地の", "丁目", "番地", "番", "号", "の"];

/// The same with a hyphen in the place of each unit after a number, as people
/// write addresses in short: `９番１号` as `9-1`.
pub(super) fn short(letters: &Letters) -> Letters {
    let letters = arabic(letters);
    let mut short = Vec::new();
    let mut rest = letters.0.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let number = short
            .last()
            .is_some_and(|(letter, _): &(char, bool)| letter.is_ascii_digit());
        match unit(rest).filter(|_| number) {
            Some(length) => {
                short.push(('-', false));
                rest = rest.get(length..).unwrap_or_default();
            }
            None => {
                short.push(*first);
                rest = after;
            }
        }
    }
    // A unit before a hyphen was one already, and what ends with one goes on
    // with nothing.
    short.dedup_by(|next, last| last.0 == '-' && next.0 == '-');
    if short.last() == Some(&('-', false)) {
        short.pop();
    }
    Letters(short)
}

/// The same, character by character, with a hyphen in the place of what is between two
/// numbers and no more than a space: they are not one number.
pub(super) fn parted(text: &str) -> String {
    let is_number = |letter: Option<char>| {
        let letter = letter.and_then(folded);
        letter.is_some_and(|letter| letter.is_ascii_digit() || numeral(letter).is_some())
    };
    let letter = |(at, letter): (usize, char)| {
        let (before, after) = text.split_at(at);
        let between = letter.is_whitespace()
            && is_number(before.trim_end().chars().next_back())
            && is_number(after.trim_start().chars().next());
        if between { '-' } else { letter }
    };
    text.char_indices().map(letter).collect()
}

/// How many letters the unit or hyphen takes that these begin with.
fn unit(letters: &[(char, bool)]) -> Option<usize> {
    let (first, stands) = letters.first()?;
    if !stands && is_hyphen(*first) {
        return Some(1);
    }
    let begins = |unit: &&&str| {
        let same = unit
            .chars()
            .zip(letters)
            .all(|(wanted, (letter, stands))| wanted == *letter && !stands);
        same && unit.chars().count() <= letters.len()
    };
    UNITS.iter().find(begins).map(|unit| unit.chars().count())
}

fn is_hyphen(letter: char) -> bool {
    matches!(
        letter,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' | '\u{ff70}'
    )
}

/// The same with Arabic numerals before units.
fn arabic(letters: &Letters) -> Letters {
    let mut written = Vec::new();
    let mut rest = letters.0.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let length = rest
            .iter()
            .take_while(|(letter, stands)| !stands && numeral(*letter).is_some())
            .count();
        let (number, behind) = rest.split_at(length);
        if length > 0 && unit(behind).is_some() {
            let digits = value(number).to_string();
            written.extend(digits.chars().map(|digit| (digit, false)));
            rest = behind;
        } else if length > 0 {
            written.extend_from_slice(number);
            rest = behind;
        } else {
            written.push(*first);
            rest = after;
        }
    }
    Letters(written)
}

fn numeral(letter: char) -> Option<u32> {
    let digits = "〇一二三四五六七八九".chars();
    let digit = digits.zip(0..).find(|(digit, _)| *digit == letter);
    match (digit, letter) {
        (Some((_, value)), _) => Some(value),
        (None, '十') => Some(10),
        (None, '百') => Some(100),
        (None, _) => None,
    }
}

/// The number that such letters write: 二十三, 百二, 一〇五.
fn value(number: &[(char, bool)]) -> u32 {
    let mut numerals = number.iter().filter_map(|(letter, _)| numeral(*letter));
    let (whole, last) = numerals
        .by_ref()
        .fold((0_u32, 0_u32), |(whole, last), numeral| match numeral {
            10 | 100 => (whole.saturating_add(last.max(1).saturating_mul(numeral)), 0),
            digit => (whole, last.saturating_mul(10).saturating_add(digit)),
        });
    whole.saturating_add(last)
}
