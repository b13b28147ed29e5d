//! What is asked of a wallet: one value, from which the request is written and
//! with which the response is compared.

use std::fmt;

use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::mdoc::forbidden::is_forbidden;

/// Everything that one request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested {
    documents: Vec<RequestedDocument>,
}

/// What is asked for of one type of document.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestedDocument {
    doc_type: String,
    need: Need,
    elements: Vec<RequestedElement>,
}

/// One element that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedElement {
    namespace: String,
    identifier: String,
    retention: Retention,
    need: Need,
    age: Option<RequestedAge>,
}

/// That an element is a statement about an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestedAge {
    pub(crate) evidence: AgeEvidence,
}

/// Whether we mean to keep an element longer than the check takes
/// (`intentToRetain`; ISO/IEC 18013-5, 8.3.2.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retention {
    /// It is used and forgotten.
    NotRetained,
    /// It is kept.
    Retained,
}

/// Whether it must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// Without it, the response is refused.
    Mandatory,
    /// The response may do without it.
    Optional,
}

/// What may stand in for a statement that an age is reached, where the wallet
/// has none. It tells more than was asked for, so it is reduced to the answer
/// at once and cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AgeEvidence {
    /// Nothing: only `age_over_NN` counts.
    OverOnly,
    /// `age_in_years`.
    OrAgeInYears,
    /// `age_in_years`, and the date of birth.
    OrBirthDate,
}

/// Statements about ages in one request (ISO/IEC 18013-5, 7.2.5): with more of
/// them, asking would be measuring.
const AGES: usize = 2;

impl Requested {
    /// A request for these documents. A response must hold those that are
    /// mandatory, at least one of all, and no other.
    ///
    /// # Errors
    /// `misuse.request` if there is none, one asks for nothing, two are of one
    /// type, there are more than [`limits::MDOC_DOCUMENTS`], or they ask for more
    /// than two statements about ages between them.
    pub fn new(documents: Vec<RequestedDocument>) -> Result<Self, Error> {
        let types: Vec<_> = documents.iter().map(|d| &d.doc_type).collect();
        let sound = !documents.is_empty()
            && documents.len() <= limits::MDOC_DOCUMENTS
            && documents.iter().all(|d| !d.elements.is_empty())
            && documents.iter().map(RequestedDocument::ages).sum::<usize>() <= AGES
            && (types.iter().enumerate()).all(|(n, name)| !types.iter().take(n).any(|t| t == name));
        if sound {
            Ok(Self { documents })
        } else {
            Err(Code::MisuseRequest.into())
        }
    }

    /// A request for one document.
    ///
    /// # Errors
    /// `misuse.request` if it asks for nothing.
    pub fn one(document: RequestedDocument) -> Result<Self, Error> {
        Self::new(vec![document])
    }

    /// The documents, in the order in which they are asked for.
    #[must_use]
    pub fn documents(&self) -> &[RequestedDocument] {
        &self.documents
    }

    pub(crate) fn document(&self, doc_type: &str) -> Option<&RequestedDocument> {
        self.documents.iter().find(|d| d.doc_type == doc_type)
    }
}

impl RequestedDocument {
    /// A document that must be presented, of which nothing is asked for yet.
    ///
    /// # Errors
    /// `misuse.request` if the type is empty, too long or not of visible ASCII.
    pub fn new(doc_type: &str) -> Result<Self, Error> {
        Ok(Self {
            doc_type: name(doc_type)?,
            need: Need::Mandatory,
            elements: Vec::new(),
        })
    }

    /// This document, if the wallet has it, beside others.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.need = Need::Optional;
        self
    }

    /// This document, with one more element.
    ///
    /// # Errors
    /// `misuse.request` if it is one that nobody may ask for (My Number), one
    /// that was asked for already, the third statement about an age, or its
    /// name is empty, too long or not of visible ASCII.
    pub fn element(
        self,
        namespace: &str,
        identifier: &str,
        retention: Retention,
        need: Need,
    ) -> Result<Self, Error> {
        let age = age_threshold(identifier).map(|_| RequestedAge {
            evidence: AgeEvidence::OverOnly,
        });
        self.with(namespace, identifier, retention, need, age)
    }

    /// This document, with a statement that the age of `threshold` years is
    /// reached (`age_over_NN`), and what may stand in for it.
    ///
    /// # Errors
    /// As [`element`](Self::element), and `misuse.request` if `threshold` is
    /// above 99.
    pub fn age_over(
        self,
        namespace: &str,
        threshold: u8,
        retention: Retention,
        need: Need,
        evidence: AgeEvidence,
    ) -> Result<Self, Error> {
        if threshold > 99 {
            return Err(Code::MisuseRequest.into());
        }
        let identifier = format!("age_over_{threshold:02}");
        let age = Some(RequestedAge { evidence });
        self.with(namespace, &identifier, retention, need, age)
    }

    fn with(
        mut self,
        namespace: &str,
        identifier: &str,
        retention: Retention,
        need: Need,
        age: Option<RequestedAge>,
    ) -> Result<Self, Error> {
        let known = self.asks_for(namespace, identifier).is_some();
        let too_many_ages = age.is_some() && self.ages() >= AGES;
        let too_many = self.elements.len() >= limits::MDOC_ELEMENTS;
        if known || too_many || too_many_ages || is_forbidden(identifier) {
            return Err(Code::MisuseRequest.into());
        }
        self.elements.push(RequestedElement {
            namespace: name(namespace)?,
            identifier: name(identifier)?,
            retention,
            need,
            age,
        });
        Ok(self)
    }

    /// The type of the document.
    #[must_use]
    pub fn doc_type(&self) -> &str {
        &self.doc_type
    }

    /// Whether it must be presented.
    #[must_use]
    pub fn need(&self) -> Need {
        self.need
    }

    /// The elements, in the order in which they are asked for.
    #[must_use]
    pub fn elements(&self) -> &[RequestedElement] {
        &self.elements
    }

    pub(crate) fn asks_for(&self, namespace: &str, identifier: &str) -> Option<&RequestedElement> {
        let mut elements = self.elements.iter();
        // Namespaces are mostly the same, and identifiers mostly of other lengths.
        elements.find(|e| e.identifier == identifier && e.namespace == namespace)
    }

    /// How many statements about ages are asked for.
    fn ages(&self) -> usize {
        self.elements.iter().filter(|e| e.age.is_some()).count()
    }

    /// The statements about ages for which the element can stand in, by the
    /// policies that were chosen.
    pub(crate) fn ages_that<'a>(
        &'a self,
        namespace: &'a str,
        identifier: &'a str,
    ) -> impl Iterator<Item = &'a RequestedElement> {
        let elements = self.elements.iter();
        elements.filter(move |e| e.admits(namespace, identifier))
    }
}

pub(crate) const AGE_IN_YEARS: &str = "age_in_years";
pub(crate) const BIRTH_DATE: &str = "birth_date";

/// The years of `age_over_NN`.
pub(crate) fn age_threshold(identifier: &str) -> Option<u8> {
    let digits = identifier.strip_prefix("age_over_")?;
    let is_pair = digits.len() == 2 && digits.bytes().all(|d| d.is_ascii_digit());
    is_pair.then(|| digits.parse().ok()).flatten()
}

impl RequestedElement {
    /// Its namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Its identifier in the namespace.
    #[must_use]
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// Whether we mean to keep it.
    #[must_use]
    pub fn retention(&self) -> Retention {
        self.retention
    }

    /// Whether it must be given.
    #[must_use]
    pub fn need(&self) -> Need {
        self.need
    }

    /// Whether the element can stand in for it.
    pub(crate) fn admits(&self, namespace: &str, identifier: &str) -> bool {
        let stands_in = match self.age_evidence() {
            None | Some(AgeEvidence::OverOnly) => false,
            Some(AgeEvidence::OrAgeInYears) => identifier == AGE_IN_YEARS,
            Some(AgeEvidence::OrBirthDate) => matches!(identifier, AGE_IN_YEARS | BIRTH_DATE),
        };
        stands_in && self.namespace == namespace
    }

    /// What may stand in for it, if it is a statement about an age.
    #[must_use]
    pub fn age_evidence(&self) -> Option<AgeEvidence> {
        self.age.map(|age| age.evidence)
    }
}

/// A name that stands in a request: of visible ASCII, as all that are
/// registered.
fn name(text: &str) -> Result<String, Error> {
    let sound = !text.is_empty()
        && text.len() <= limits::MDOC_NAME
        && text.bytes().all(|b| b.is_ascii_graphic());
    if sound {
        Ok(text.to_owned())
    } else {
        Err(Code::MisuseRequest.into())
    }
}

impl fmt::Debug for RequestedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestedDocument")
            .field("doc_type", &self.doc_type)
            .field("need", &self.need)
            .field("elements", &self.elements.len())
            .finish()
    }
}

#[cfg(test)]
mod tests;
