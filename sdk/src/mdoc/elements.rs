//! What the elements of a document say: values instead of octets.
//!
//! Every name is in one table, with the names that it had or may get. An
//! element that is in the table has its one type, or the presentation is
//! refused; one that is not is left to whoever asked for it.

mod portrait;
mod table;
mod value;

use std::borrow::Cow;
use std::fmt;

use crate::code::Code;
use crate::error::Error;
use crate::mdoc::Element;
use crate::mdoc::cbor::Reader;
use crate::person::{BirthDate, Comparison, Sex, Stated};
use crate::time::Time;

pub use portrait::{Portrait, PortraitCodec};
pub(crate) use table::Item;
pub use table::{DateItem, ISO_18013, ISO_23220, ISO_23220_JP, TextItem};
pub use value::DocumentDate;
pub(crate) use value::{
    birth_date as birth_date_value, birth_year as birth_year_value, text as text_value,
};

/// The elements that an issuer signed in one document, by what they say.
///
/// Only the namespaces of the document's type count: a statement about an age
/// in another one is none.
#[derive(Clone)]
pub struct Elements<'a> {
    signed: Time,
    known: Vec<(Item, &'a Element)>,
}

impl<'a> Elements<'a> {
    pub(crate) fn new(
        doc_type: &str,
        signed: Time,
        elements: impl IntoIterator<Item = &'a Element>,
    ) -> Self {
        let item = |e: &Element| table::item(doc_type, e.namespace(), e.identifier());
        let elements = elements.into_iter();
        let mut known = Vec::with_capacity(elements.size_hint().0);
        known.extend(elements.filter_map(|e| Some((item(e)?, e))));
        Self { signed, known }
    }

    /// When the issuer said so.
    pub(crate) fn signed(&self) -> Time {
        self.signed
    }

    /// Whether every element that is in the table has its type.
    ///
    /// # Errors
    /// `mdoc.element_form`.
    pub(crate) fn check_forms(&self) -> Result<(), Code> {
        let mut known = self.known.iter();
        known.try_for_each(|(item, element)| value::check(*item, reader(element)))
    }

    /// A text.
    ///
    /// # Errors
    /// `mdoc.element_form`.
    pub fn text(&self, item: TextItem) -> Result<Option<Cow<'a, str>>, Error> {
        Ok(self.read(Item::Text(item), value::text)?)
    }

    /// A date, which some issuers state with its time.
    ///
    /// # Errors
    /// `mdoc.element_form`.
    pub fn date(&self, item: DateItem) -> Result<Option<DocumentDate>, Error> {
        Ok(self.read(Item::Date(item), value::date)?)
    }

    /// The portrait, as it was encoded.
    ///
    /// # Errors
    /// `mdoc.element_form`.
    pub fn portrait(&self) -> Result<Option<Portrait<'a>>, Error> {
        Ok(self.read(Item::Portrait, value::portrait)?)
    }

    /// The sex, by its code (ISO/IEC 5218) or, if there is none, as it is
    /// written in Japanese.
    ///
    /// # Errors
    /// `mdoc.element_form`.
    pub fn sex(&self) -> Result<Option<Sex>, Error> {
        if let Some(sex) = self.read(Item::Sex, value::sex)? {
            return Ok(Some(sex));
        }
        Ok(self.read(Item::WrittenSex, value::written_sex)?)
    }

    /// The date of birth. Parts that its issuer knows only about are unknown.
    ///
    /// # Errors
    /// `mdoc.element_form`.
    pub fn birth_date(&self) -> Result<Option<BirthDate>, Error> {
        Ok(self.read(Item::BirthDate, value::birth_date)?)
    }

    /// What somebody states of themselves, beside what a document says that has
    /// 氏名, 住所 and the date of birth.
    ///
    /// # Errors
    /// `mdoc.element_missing` if it has not, `mdoc.element_form`.
    pub fn compare(&self, stated: &Stated) -> Result<Comparison, Error> {
        let text = |item| {
            self.text(item)?
                .ok_or(Error::from(Code::MdocElementMissing))
        };
        let (name, address) = (text(TextItem::FullName)?, text(TextItem::ResidentAddress)?);
        let born = self.birth_date()?.ok_or(Code::MdocElementMissing)?;
        Ok(stated.compare((&name, &[]), (&address, &[]), born))
    }

    /// The age in completed years, at the time when the document was signed.
    ///
    /// # Errors
    /// `mdoc.element_form`.
    pub fn age_in_years(&self) -> Result<Option<u8>, Error> {
        Ok(self.years()?)
    }

    pub(crate) fn years(&self) -> Result<Option<u8>, Code> {
        self.read(Item::AgeInYears, value::years)
    }

    /// Whether an age of `threshold` years is reached, if just that is stated.
    /// [`AgeAtLeast`](crate::mdoc::AgeAtLeast) knows more.
    ///
    /// # Errors
    /// `mdoc.element_form`.
    pub fn age_over(&self, threshold: u8) -> Result<Option<bool>, Error> {
        Ok(self.read(Item::AgeOver(threshold), value::boolean)?)
    }

    /// Every `age_over_NN`: the years, and whether they are reached.
    pub(crate) fn ages_over(&self) -> Result<Vec<(u8, bool)>, Code> {
        let stated = self.known.iter().filter_map(|(item, element)| match item {
            Item::AgeOver(years) => Some((*years, *element)),
            _ => None,
        });
        stated
            .map(|(years, element)| Ok((years, value::boolean(reader(element))?)))
            .collect()
    }

    /// Reads the element that says this, if there is one.
    pub(crate) fn read<T>(
        &self,
        item: Item,
        read: impl FnOnce(Reader<'a>) -> Result<T, Code>,
    ) -> Result<Option<T>, Code> {
        let found = self.known.iter().find(|(known, _)| *known == item);
        found.map(|(_, element)| read(reader(element))).transpose()
    }
}

/// The value was found to be sound when the document was read.
fn reader(element: &Element) -> Reader<'_> {
    Reader::new(element.value(), Code::MdocElementForm)
}

// What somebody has shown is theirs.
impl fmt::Debug for Elements<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Elements({})", self.known.len())
    }
}

#[cfg(test)]
mod tests;
