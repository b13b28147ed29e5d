//! The four items of a signing certificate: name, address, date of birth, sex.

use std::fmt;

use crate::asn1::{self, Reader};
use crate::code::Code;
use crate::error::Error;
use crate::person::{
    AtLeast, BirthDate, Comparison, Place, Residence, Sex, Stated, is_deceptive, resides_in,
};
use crate::time::Time;

/// The person a signing certificate was issued to, as the resident register
/// recorded them when it was issued.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    name: RegisteredText,
    address: RegisteredText,
    birth_date: BirthDate,
    sex: Sex,
    era: Era,
}

/// A text from the register, with the positions at which it differs from it.
#[derive(Clone, PartialEq, Eq)]
pub struct RegisteredText {
    text: String,
    substituted: Vec<usize>,
}

/// The era in which the register counts the year of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Era {
    /// 明治, from 1868.
    Meiji,
    /// 大正, from 1912.
    Taisho,
    /// 昭和, from 1926.
    Showa,
    /// 平成, from 1989.
    Heisei,
    /// 令和, from 2019.
    Reiwa,
    /// Not known.
    Unknown,
}

impl RegisteredText {
    /// The text as the certificate carries it, never normalised.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The positions, in characters from 0, of characters that stand for
    /// others which the certificate cannot write. There the text is not the
    /// register's text.
    #[must_use]
    pub fn substituted_positions(&self) -> &[usize] {
        &self.substituted
    }

    /// `flags` has a digit for every character of `text`.
    fn read(text: Option<&[u8]>, flags: Option<&[u8]>) -> Result<Self, Code> {
        let text = text.ok_or(Code::JpkiHolderMissing)?;
        let flags = flags.ok_or(Code::JpkiHolderMissing)?;
        let text = std::str::from_utf8(text).map_err(|_| Code::JpkiHolderForm)?;
        let mut characters = text.chars();
        let mut substituted = Vec::new();
        for (position, flag) in flags.iter().enumerate() {
            let character = characters.next().ok_or(Code::JpkiHolderForm)?;
            match flag {
                _ if is_deceptive(character) => return Err(Code::JpkiHolderForm),
                b'0' => {}
                b'1' => substituted.push(position),
                _ => return Err(Code::JpkiHolderForm),
            }
        }
        if text.is_empty() || characters.next().is_some() {
            return Err(Code::JpkiHolderForm);
        }
        Ok(Self {
            text: text.to_owned(),
            substituted,
        })
    }
}

impl Holder {
    /// 氏名: family and given name separated by U+3000. A registered former
    /// name is part of it.
    #[must_use]
    pub fn name(&self) -> &RegisteredText {
        &self.name
    }

    /// 住所, beginning with the prefecture.
    #[must_use]
    pub fn address(&self) -> &RegisteredText {
        &self.address
    }

    /// 生年月日, in the Gregorian calendar.
    #[must_use]
    pub fn birth_date(&self) -> BirthDate {
        self.birth_date
    }

    /// The era in which the register counts the year of birth.
    #[must_use]
    pub fn era(&self) -> Era {
        self.era
    }

    /// 性別.
    #[must_use]
    pub fn sex(&self) -> Sex {
        self.sex
    }

    /// What somebody states of themselves, beside what is registered.
    #[must_use]
    pub fn compare(&self, stated: &Stated) -> Comparison {
        stated.compare(
            (&self.name.text, &self.name.substituted),
            (&self.address.text, &self.address.substituted),
            self.birth_date,
        )
    }

    /// Whether the holder has reached an age at `now`; see [`BirthDate::has_reached`].
    ///
    /// # Errors
    /// `misuse.argument` if `now` is outside the years of the calendar.
    pub fn has_reached(&self, age: u8, now: Time) -> Result<AtLeast, Error> {
        self.birth_date.has_reached(age, now)
    }

    /// The age in completed years at `now`, in Japan; `None` if a part of the
    /// date of birth is unknown.
    ///
    /// # Errors
    /// `misuse.argument` if `now` is outside the years of the calendar.
    pub fn age_on(&self, now: Time) -> Result<Option<i16>, Error> {
        Ok(self.birth_date.age_on(now.date_in_japan()?))
    }

    /// Whether the address lies in `place`, without handing out the address.
    pub fn resident_of(&self, place: &Place) -> Residence {
        resides_in(
            self.address.as_str(),
            self.address.substituted_positions(),
            place,
        )
    }

    /// Reads the value of a subject alternative name. The items may stand in
    /// any order among other names, each once.
    pub(crate) fn read(subject_alt_name: Option<&[u8]>) -> Result<Self, Code> {
        let value = subject_alt_name.ok_or(Code::JpkiHolderMissing)?;
        let items = Items::read(value)?;
        let (era, birth_date) = birth_date(items.birth_date.ok_or(Code::JpkiHolderMissing)?)
            .ok_or(Code::JpkiHolderForm)?;
        Ok(Self {
            name: RegisteredText::read(items.name, items.name_flags)?,
            address: RegisteredText::read(items.address, items.address_flags)?,
            birth_date,
            sex: sex(items.sex.ok_or(Code::JpkiHolderMissing)?)?,
            era,
        })
    }
}

/// The contents of the UTF8Strings as they stand in the certificate.
#[derive(Default)]
struct Items<'a> {
    name: Option<&'a [u8]>,
    name_flags: Option<&'a [u8]>,
    sex: Option<&'a [u8]>,
    birth_date: Option<&'a [u8]>,
    address: Option<&'a [u8]>,
    address_flags: Option<&'a [u8]>,
}

/// 1.2.392.200149.8.5.5, under which the items are numbered.
const ITEM: [u8; 9] = [0x2a, 0x83, 0x08, 0x8c, 0x9b, 0x55, 0x08, 0x05, 0x05];

impl<'a> Items<'a> {
    fn read(value: &'a [u8]) -> Result<Self, Code> {
        let mut names = Reader::only(value, asn1::SEQUENCE, Code::JpkiHolderForm)?;
        let mut items = Self::default();
        while !names.is_empty() {
            let name = names.any()?;
            // otherName [0] IMPLICIT SEQUENCE { type-id, value [0] EXPLICIT }
            if name.tag == asn1::context_constructed(0) {
                items.take(Reader::new(name.contents, Code::JpkiHolderForm))?;
            }
        }
        Ok(items)
    }

    fn take(&mut self, mut other_name: Reader<'a>) -> Result<(), Code> {
        let oid = other_name.oid()?;
        let mut value = other_name.nested(asn1::context_constructed(0))?;
        other_name.finish()?;
        let slot = match oid.strip_prefix(&ITEM) {
            Some([1]) => &mut self.name,
            Some([2]) => &mut self.name_flags,
            Some([3]) => &mut self.sex,
            Some([4]) => &mut self.birth_date,
            Some([5]) => &mut self.address,
            Some([6]) => &mut self.address_flags,
            _ => return Ok(()),
        };
        if slot.is_some() {
            return Err(Code::JpkiHolderDuplicate);
        }
        let text = value.element(asn1::UTF8_STRING)?.contents;
        value.finish()?;
        *slot = Some(text);
        Ok(())
    }
}

/// `EYYYYMMDD`: the era, then the date in the Gregorian calendar, in which
/// zeros stand for what is not known.
fn birth_date(text: &[u8]) -> Option<(Era, BirthDate)> {
    if text.len() != 9 || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    let era = match text.get(..1)? {
        "0" => Era::Unknown,
        "1" => Era::Meiji,
        "2" => Era::Taisho,
        "3" => Era::Showa,
        "4" => Era::Heisei,
        "5" => Era::Reiwa,
        _ => return None,
    };
    let year = text.get(1..5)?.parse().ok()?;
    let month = text.get(5..7)?.parse().ok()?;
    let day = text.get(7..9)?.parse().ok()?;
    Some((era, BirthDate::from_parts(year, month, day)?))
}

fn sex(text: &[u8]) -> Result<Sex, Code> {
    match text {
        b"1" => Ok(Sex::Male),
        b"2" => Ok(Sex::Female),
        [b'0'..=b'9'] => Ok(Sex::NotStated),
        _ => Err(Code::JpkiHolderForm),
    }
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Holder(…)")
    }
}

impl fmt::Debug for RegisteredText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegisteredText(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, flags: &str) -> Result<Vec<usize>, Code> {
        RegisteredText::read(Some(text.as_bytes()), Some(flags.as_bytes())).map(|t| t.substituted)
    }

    #[test]
    fn flags_stand_for_characters() {
        assert_eq!(text("黒桐　幹也", "00000"), Ok(vec![]));
        assert_eq!(text("黒桐　幹也", "10010"), Ok(vec![0, 3]));
        // A character outside the basic plane is one character.
        assert_eq!(text("𠮷田　花", "1000"), Ok(vec![0]));
        for (name, flags) in [
            ("黒桐　幹也", "0000"),
            ("黒桐　幹也", "000000"),
            ("黒桐　幹也", "00002"),
            ("黒桐　幹也", "０００００"),
            ("", ""),
            ("a\0b", "000"),
            ("a\u{202e}b", "000"),
        ] {
            assert_eq!(text(name, flags), Err(Code::JpkiHolderForm), "{name:?}");
        }
        let missing = RegisteredText::read(Some(b"a"), None).err();
        assert_eq!(missing, Some(Code::JpkiHolderMissing));
    }

    #[test]
    fn dates_of_birth_have_an_era_and_gregorian_years() {
        let (era, birth) = birth_date(b"319800217").unwrap();
        assert_eq!(era, Era::Showa);
        assert_eq!(birth.date().unwrap().to_string(), "1980-02-17");
        let (era, birth) = birth_date(b"400000000").unwrap();
        assert_eq!((era, birth.year()), (Era::Heisei, None));
        assert!(birth_date(b"319800000").unwrap().1.date().is_none());
        for bad in [
            "",
            "31980021",
            "3198002170",
            "919800217",
            "319800230",
            "3198002a7",
            "３",
        ] {
            assert_eq!(birth_date(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn sexes_are_one_digit() {
        assert_eq!(sex(b"1"), Ok(Sex::Male));
        assert_eq!(sex(b"2"), Ok(Sex::Female));
        assert_eq!(sex(b"3"), Ok(Sex::NotStated));
        assert_eq!(sex(b"9"), Ok(Sex::NotStated));
        for bad in ["", "12", "m"] {
            assert_eq!(sex(bad.as_bytes()), Err(Code::JpkiHolderForm));
        }
    }
}
