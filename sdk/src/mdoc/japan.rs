//! What only the My Number Card in a phone states.

use std::borrow::Cow;
use std::fmt;

use crate::code::Code;
use crate::error::Error;
use crate::mdoc::Elements;
use crate::mdoc::cbor::Reader;
use crate::mdoc::elements::{Item, TextItem, text_value};
use crate::person::{BirthDate, LocalGovernmentCode, Residence};

/// A date of birth as it is written for people, in Western or Japanese years.
#[derive(Clone, PartialEq, Eq)]
pub struct WrittenBirthDate<'a> {
    text: Cow<'a, str>,
}

impl WrittenBirthDate<'_> {
    /// The text as it stands there.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The date that it says; see [`BirthDate::from_written`].
    #[must_use]
    pub fn date(&self) -> Option<BirthDate> {
        BirthDate::from_written(&self.text)
    }
}

impl<'a> Elements<'a> {
    /// 氏名.
    ///
    /// # Errors
    /// `mdoc.element_form`.
    pub fn full_name(&self) -> Result<Option<Cow<'a, str>>, Error> {
        self.text(TextItem::FullName)
    }

    /// 住所.
    ///
    /// # Errors
    /// `mdoc.element_form`.
    pub fn resident_address(&self) -> Result<Option<Cow<'a, str>>, Error> {
        self.text(TextItem::ResidentAddress)
    }

    /// 生年月日, as it is written for people.
    ///
    /// # Errors
    /// `mdoc.element_form`.
    pub fn written_birth_date(&self) -> Result<Option<WrittenBirthDate<'a>>, Error> {
        Ok(self.read(Item::WrittenBirthDate, written_birth_date)?)
    }

    /// Whether the address lies in a municipality or prefecture, by the code
    /// that comes with it and without handing out the address.
    ///
    /// # Errors
    /// `mdoc.element_missing` if there is no code, `mdoc.element_form` if it is
    /// none.
    pub fn resident_of(&self, place: LocalGovernmentCode) -> Result<Residence, Error> {
        let code = self.read(Item::LocalGovernmentCode, local_government_code)?;
        Ok(place.contains(code.ok_or(Code::MdocElementMissing)?))
    }
}

pub(crate) fn written_birth_date<'a>(reader: Reader<'a>) -> Result<WrittenBirthDate<'a>, Code> {
    let text = text_value(reader)?;
    Ok(WrittenBirthDate { text })
}

pub(crate) fn local_government_code(reader: Reader<'_>) -> Result<LocalGovernmentCode, Code> {
    let text = text_value(reader)?;
    text.parse().map_err(|_| Code::MdocElementForm)
}

impl fmt::Debug for WrittenBirthDate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrittenBirthDate(…)")
    }
}
