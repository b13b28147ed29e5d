//! The guard against My Numbers (個人番号) in free text.
//!
//! What identifies a person to the tax office may not stand in logs or audit
//! records (番号法19条, 20条). It gets there in free text: a form field, an
//! address line, an error of somebody else's. [`redact`] takes it out.

use std::borrow::Cow;

/// Digits of a My Number, the last of which checks the others.
const DIGITS: usize = 12;

/// Spaces and hyphens between two digits that still are of one number, as in
/// `1234 - 5678 - 9018`.
const SEPARATORS: usize = 3;

/// What stands in the place of a digit.
const MASK: char = '*';

/// The text without what may be a My Number: each of its digits becomes `*`.
///
/// Digits count in half and full width, and as one number across spaces,
/// hyphens and characters that take no room. Any twelve in a row whose check
/// digit fits are taken for a My Number, also within a longer row: what is lost
/// is a number in a log, and what would be let through is a secret. One row of
/// twelve in eleven fits by chance, so that this says nothing about a person,
/// and must never refuse one.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let digits = Digits::of(text);
    let masked = digits.in_numbers();
    if masked.is_empty() {
        return text.into();
    }
    let mut redacted = String::with_capacity(text.len());
    let mut masked = masked.into_iter().peekable();
    for (position, character) in text.char_indices() {
        let hide = masked.next_if_eq(&position).is_some();
        redacted.push(if hide { MASK } else { character });
    }
    redacted.into()
}

/// The digits of a text, with where they stand.
struct Digits {
    /// Position in octets, value, and the row of digits that it belongs to.
    found: Vec<(usize, u32, usize)>,
}

impl Digits {
    fn of(text: &str) -> Self {
        let mut found = Vec::new();
        let (mut row, mut separators) = (0, 0);
        for (position, character) in text.char_indices() {
            if let Some(value) = digit(character) {
                found.push((position, value, row));
                separators = 0;
            } else if is_separator(character) && separators < SEPARATORS {
                separators += 1;
            } else {
                row += 1;
                separators = 0;
            }
        }
        Self { found }
    }

    /// The positions of the digits that are in a number, in order.
    fn in_numbers(&self) -> Vec<usize> {
        let mut masked: Vec<usize> = Vec::new();
        for window in self.found.windows(DIGITS) {
            if !is_number(window) {
                continue;
            }
            let last = masked.last().copied();
            let positions = window.iter().map(|(position, ..)| *position);
            masked.extend(positions.filter(|p| last.is_none_or(|last| *p > last)));
        }
        masked
    }
}

fn digit(character: char) -> Option<u32> {
    let half_width = match character {
        '０'..='９' => char::from_u32(u32::from(character) - 0xfee0)?,
        other => other,
    };
    half_width.to_digit(10)
}

/// Spaces, and whatever looks like a hyphen or like nothing: people type the
/// mark of a long vowel (ー) for a hyphen.
fn is_separator(character: char) -> bool {
    matches!(character,
        ' ' | '\t' | '\u{a0}' | '\u{3000}' | '\u{2000}'..='\u{200a}' | '\u{202f}'
        | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' | '\u{30fc}' | '\u{ff70}'
        | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// 番号法施行令8条 and the ordinance 平成26年総務省令第85号, 5条: the last digit is 11 less
/// the remainder by 11 of the weighted sum of the others, and 0 where the
/// remainder is 0 or 1.
fn is_number(window: &[(usize, u32, usize)]) -> bool {
    let Some(((_, check, row), others)) = window.split_last() else {
        return false;
    };
    let one_row = others.first().is_some_and(|(.., first)| first == row);
    let weights = (2..=7).chain(2..=6);
    let digits = others.iter().rev().map(|(_, digit, _)| digit);
    let sum: u32 = digits
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    let expected = match sum % 11 {
        0 | 1 => 0,
        remainder => 11 - remainder,
    };
    one_row && *check == expected
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made up, with a check digit that fits: the weighted sum of the first
    /// eleven is 212, and 11 - 212 % 11 is 8.
    const NUMBER: &str = "123456789018";

    #[test]
    fn every_way_to_write_one_is_found() {
        for (text, redacted) in [
            ("123456789018", "************"),
            ("1234-5678-9018", "****-****-****"),
            ("1234 - 5678 - 9018", "**** - **** - ****"),
            ("１２３４５６７８９０１８", "************"),
            ("１２３４　５６７８　９０１８", "****　****　****"),
            ("１２３４ー５６７８−９０１８", "****ー****−****"),
            ("1234\u{200b}56789018", "****\u{200b}********"),
            ("番号は123456789018です", "番号は************です"),
            ("a=123456789018&b=1", "a=************&b=1"),
            ("2026 123456789018", "2026 ************"),
        ] {
            assert_eq!(redact(text), redacted, "{text}");
        }
    }

    #[test]
    fn within_a_longer_row_it_is_found_too() {
        assert_eq!(redact("9123456789018"), "9************");
        assert!(redact("1234567890187").starts_with("************"));
    }

    #[test]
    fn two_in_a_row_are_both_found() {
        let two = format!("{NUMBER} {NUMBER}");
        assert_eq!(redact(&two).matches('*').count(), 24);
    }

    #[test]
    fn what_is_none_stays() {
        for text in [
            "",
            "123456789017",
            "12345678901",
            "1234567-89a018",
            "1234,5678,9018",
            "1234    5678    9018",
            "電話 03-1234-5678",
            "2026-04-01T12:00:00Z",
        ] {
            assert!(matches!(redact(text), Cow::Borrowed(same) if same == text));
        }
    }

    /// Check digits by the formula, for remainders of every kind.
    #[test]
    fn the_check_digit_is_the_ordinances() {
        for (first, remainder, check) in [
            ("00000000000", 0, '0'),
            ("00000000006", 1, '0'),
            ("00000000001", 2, '9'),
            ("00000000005", 10, '1'),
            ("12345678901", 3, '8'),
        ] {
            for digit in '0'..='9' {
                let text = format!("{first}{digit}");
                let found = matches!(redact(&text), Cow::Owned(_));
                assert_eq!(found, digit == check, "{text}, remainder {remainder}");
            }
        }
    }
}
