//! Values out of CBOR. What is of another type than its element's is refused.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;

use crate::code::Code;
use crate::mdoc::cbor::{FULL_DATE, Kind, Reader, TDATE};
use crate::mdoc::elements::{Item, Portrait};
use crate::mdoc::japan;
use crate::person::{BirthDate, Sex, is_deceptive};
use crate::time::Time;

const FORM: Code = Code::MdocElementForm;

/// A date in a document: as a day or as a time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DocumentDate {
    /// A day, in no time zone (`full-date`).
    Day(Date),
    /// A time (`tdate`).
    Time(Time),
}

// A date of a document is its holder's.
impl fmt::Debug for DocumentDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Day(_) => "Day(…)",
            Self::Time(_) => "Time(…)",
        })
    }
}

/// Whether the value of an element is of the type of what it is about.
pub(super) fn check(item: Item, reader: Reader<'_>) -> Result<(), Code> {
    match item {
        // A code that is none refuses nobody who is not asked where they live.
        Item::Text(_) | Item::LocalGovernmentCode => text(reader).map(drop),
        Item::Date(_) => date(reader).map(drop),
        Item::Portrait => portrait(reader).map(drop),
        Item::Sex => sex(reader).map(drop),
        Item::WrittenSex => written_sex(reader).map(drop),
        Item::BirthDate => birth_date(reader).map(drop),
        Item::WrittenBirthDate => japan::written_birth_date(reader).map(drop),
        Item::BirthYear => birth_year(reader).map(drop),
        Item::AgeInYears => years(reader).map(drop),
        Item::AgeOver(_) => boolean(reader).map(drop),
    }
}

pub(crate) fn text<'a>(mut reader: Reader<'a>) -> Result<Cow<'a, str>, Code> {
    let text = reader.text()?;
    if text.chars().any(is_deceptive) {
        return Err(FORM);
    }
    Ok(text)
}

pub(super) fn boolean(mut reader: Reader<'_>) -> Result<bool, Code> {
    reader.boolean()
}

pub(super) fn portrait<'a>(mut reader: Reader<'a>) -> Result<Portrait<'a>, Code> {
    let octets = reader.bytes()?;
    if octets.is_empty() {
        return Err(FORM);
    }
    Ok(Portrait::new(octets))
}

/// ISO/IEC 5218: 0 is not known, 1 male, 2 female, 9 not applicable.
pub(super) fn sex(mut reader: Reader<'_>) -> Result<Sex, Code> {
    match reader.unsigned()? {
        1 => Ok(Sex::Male),
        2 => Ok(Sex::Female),
        0 | 9 => Ok(Sex::NotStated),
        _ => Err(FORM),
    }
}

/// 男 or 女, as on the card; whatever else is written there states neither.
pub(super) fn written_sex(reader: Reader<'_>) -> Result<Sex, Code> {
    Ok(match &*text(reader)? {
        "男" | "男性" => Sex::Male,
        "女" | "女性" => Sex::Female,
        _ => Sex::NotStated,
    })
}

pub(super) fn years(mut reader: Reader<'_>) -> Result<u8, Code> {
    u8::try_from(reader.unsigned()?).map_err(|_| FORM)
}

pub(crate) fn birth_year(mut reader: Reader<'_>) -> Result<BirthDate, Code> {
    let year = i16::try_from(reader.unsigned()?).map_err(|_| FORM)?;
    let born = BirthDate::from_parts(year, 0, 0);
    born.filter(|born| born.year().is_some()).ok_or(FORM)
}

pub(super) fn date(mut reader: Reader<'_>) -> Result<DocumentDate, Code> {
    if reader.take_tag(TDATE)? {
        let time = reader.text()?.parse().map_err(|_| FORM)?;
        return Ok(DocumentDate::Time(time));
    }
    let born = full_date(&mut reader)?;
    born.date().map(DocumentDate::Day).ok_or(FORM)
}

/// `full-date`, or a map with one in it, and perhaps a mask of what is not
/// exact in it (ISO/IEC TS 23220-2).
pub(crate) fn birth_date(mut reader: Reader<'_>) -> Result<BirthDate, Code> {
    if reader.kind()? != Kind::Map {
        return full_date(&mut reader);
    }
    let (mut stated, mut mask) = (None, None);
    reader.map(|key, value| {
        if key.is("birth_date") {
            stated = Some(full_date(value)?);
        } else if key.is("approximate_mask") {
            mask = Some(value.text()?.into_owned());
        }
        Ok(())
    })?;
    let stated = stated.ok_or(FORM)?;
    match mask {
        Some(mask) => masked(stated, &mask).ok_or(FORM),
        None => Ok(stated),
    }
}

/// RFC 8943: a day as `YYYY-MM-DD` under tag 1004. Of a date of birth, the
/// register may know less, and zeros stand for what it does not.
fn full_date(reader: &mut Reader<'_>) -> Result<BirthDate, Code> {
    reader.tag(FULL_DATE)?;
    let text = reader.text()?;
    let [year, month, day] = parts(&text).ok_or(FORM)?;
    let year = i16::try_from(year).map_err(|_| FORM)?;
    let month = i8::try_from(month).map_err(|_| FORM)?;
    let day = i8::try_from(day).map_err(|_| FORM)?;
    BirthDate::from_parts(year, month, day).ok_or(FORM)
}

fn parts(text: &str) -> Option<[u16; 3]> {
    let octets: &[u8; 10] = text.as_bytes().try_into().ok()?;
    let [y, e, a, r, b'-', m, n, b'-', d, f] = octets else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0, |number: u16, digit| {
            let digit = char::from(*digit).to_digit(10)?;
            Some(number * 10 + u16::try_from(digit).ok()?)
        })
    };
    Some([
        number(&[*y, *e, *a, *r])?,
        number(&[*m, *n])?,
        number(&[*d, *f])?,
    ])
}

/// The date without the parts of which a digit is marked by a 1 in
/// `YYYYMMDD`.
fn masked(stated: BirthDate, mask: &str) -> Option<BirthDate> {
    let sound = mask.len() == 8 && mask.bytes().all(|digit| matches!(digit, b'0' | b'1'));
    if !sound {
        return None;
    }
    let marks = |range| mask.get(range).is_some_and(|part: &str| part.contains('1'));
    let year = stated.year().filter(|_| !marks(0..4));
    let month = stated.month().filter(|_| year.is_some() && !marks(4..6));
    let day = stated.day().filter(|_| month.is_some() && !marks(6..8));
    BirthDate::from_parts(
        year.unwrap_or_default(),
        month.unwrap_or_default(),
        day.unwrap_or_default(),
    )
}
