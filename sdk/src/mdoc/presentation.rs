//! The proof: what somebody has shown, and to whom it belongs.

mod question;

use std::fmt;

use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::mdoc::age::{AgeAtLeast, AgeCheck, check_ages};
use crate::mdoc::issuer::{Authentic, IssuerProfile};
use crate::mdoc::mso::ValidityInfo;
use crate::mdoc::requested::{AgeEvidence, RequestedDocument, age_threshold};
use crate::mdoc::response::Document;
use crate::mdoc::status::{RecordConfirmation, RecordPolicy, StatusReference};
use crate::mdoc::{Element, Elements};
use crate::revocation::{Confirmation, Pending, Policy, Sealed, Settled, Unconfirmed};
use crate::time::{Duration, Time};
use crate::trust::Anchor;
use crate::x509::Issued;

pub use question::{Answer, Question};

/// A presentation that passed every check but those for revocation.
///
/// Nothing of it can be read but the questions that remain: of each document,
/// whether its signer's certificate is revoked, and whether the document is.
#[must_use]
pub struct UnconfirmedPresentation {
    documents: Vec<Unconfirmed<PendingDocument>>,
}

impl UnconfirmedPresentation {
    pub(crate) fn new(documents: Vec<Unconfirmed<PendingDocument>>) -> Self {
        Self { documents }
    }

    /// The parts of one answer, which are confirmed together or not at all.
    pub(crate) fn together(parts: Vec<Self>) -> Self {
        let documents = parts.into_iter().flat_map(|part| part.documents);
        Self::new(documents.collect())
    }

    /// The questions, one for each document, in the order of the documents.
    pub fn questions(&self) -> impl Iterator<Item = Question<'_>> {
        self.documents.iter().map(|document| Question { document })
    }
}

/// A document that its issuer signed and its device presented, by a signer that
/// may be revoked.
pub struct PendingDocument {
    doc_type: String,
    elements: Vec<Element>,
    /// What stands in for statements about ages, and for which: for their
    /// answers alone.
    substitutes: Vec<(Element, Vec<u8>)>,
    device_signed: Vec<Element>,
    issued: Issued,
    validity: ValidityInfo,
    clock_skew: Duration,
    status: Option<StatusReference>,
}

impl PendingDocument {
    pub(crate) fn new(
        document: Document,
        authentic: Authentic,
        asked: &RequestedDocument,
        profile: &IssuerProfile,
    ) -> Self {
        let (mut elements, mut substitutes) = (Vec::new(), Vec::new());
        for item in document.items {
            let element = Element::new(item.namespace, item.identifier, item.value);
            let (namespace, identifier) = (element.namespace(), element.identifier());
            if asked.asks_for(namespace, identifier).is_some() {
                elements.push(element);
                continue;
            }
            let ages = asked.ages_that(namespace, identifier);
            let ages = ages.filter_map(|age| age_threshold(age.identifier()));
            let ages = ages.collect();
            substitutes.push((element, ages));
        }
        Self {
            doc_type: document.doc_type,
            elements,
            substitutes,
            device_signed: document.device_elements,
            issued: authentic.issued,
            validity: authentic.validity,
            clock_skew: profile.clock_skew(),
            status: authentic.status,
        }
    }

    /// Whether the elements have their types, and what they say can be true at
    /// once.
    pub(crate) fn check_values(&self, now: Time) -> Result<(), Code> {
        let all = self.values_with(|_| true);
        all.check_forms()?;
        check_ages(&all, now)
    }

    /// Also of what stands in for statements about ages that are `wanted`.
    fn values_with(&self, wanted: impl Fn(&[u8]) -> bool) -> Elements<'_> {
        let substitutes = self.substitutes.iter().filter(|(_, ages)| wanted(ages));
        let elements = self.elements.iter().chain(substitutes.map(|(e, _)| e));
        Elements::new(&self.doc_type, self.validity.signed, elements)
    }
}

impl Sealed for PendingDocument {}

impl Pending for PendingDocument {
    type Proof = VerifiedDocument;

    fn confirm(self, settled: Settled) -> VerifiedDocument {
        let trace = settled.trace();
        VerifiedDocument {
            document: self,
            settled,
            record: None,
            trace,
        }
    }
}

/// The proof that these documents were presented in this transaction, each by
/// the device that its issuer bound it to.
///
/// That several of them are of one person, nobody has said: whoever needs to
/// know compares what they say of their holders.
#[derive(Debug)]
pub struct VerifiedPresentation {
    documents: Vec<VerifiedDocument>,
}

/// One document of a verified presentation.
pub struct VerifiedDocument {
    document: PendingDocument,
    settled: Settled,
    /// None where nobody asked.
    record: Option<RecordConfirmation>,
    trace: Trace,
}

impl UnconfirmedPresentation {
    /// Gives the proof if the answers say, freshly enough at `now`, that no
    /// signer's certificate is revoked, nor any document as far as `records`
    /// demands to know, and all are still valid.
    ///
    /// # Errors
    /// `misuse.argument` if there is not one answer to each question, in their
    /// order; else the codes of [`Unconfirmed::confirm`], `mdoc.not_yet_valid`,
    /// `mdoc.expired` and those of [`RecordPolicy::judge`].
    pub fn confirm(
        self,
        answers: &[Answer<'_>],
        signers: &Policy,
        records: RecordPolicy,
        now: Time,
    ) -> Result<VerifiedPresentation, Error> {
        if answers.len() != self.documents.len() {
            return Err(Code::MisuseArgument.into());
        }
        let documents = self.documents.into_iter().zip(answers);
        let documents: Result<Vec<_>, Error> = documents
            .map(|(document, answer)| confirm(document, *answer, signers, records, now))
            .collect();
        Ok(VerifiedPresentation {
            documents: documents?,
        })
    }

    /// Gives the proof without asking whether anything is revoked.
    ///
    /// The documents of signers whose keys were stolen pass, and documents that
    /// were revoked.
    pub fn danger_unchecked(self) -> VerifiedPresentation {
        let documents = self.documents.into_iter();
        VerifiedPresentation {
            documents: documents.map(Unconfirmed::danger_unchecked).collect(),
        }
    }
}

fn confirm(
    document: Unconfirmed<PendingDocument>,
    answer: Answer<'_>,
    signers: &Policy,
    records: RecordPolicy,
    now: Time,
) -> Result<VerifiedDocument, Error> {
    let pending = document.pending();
    let valid = pending.validity.check(pending.clock_skew, now);
    let record = records.judge(pending.status.as_ref(), answer.record(), now);
    let mut trace = document.trace();
    trace.check(CheckId::MdocValidity, valid)?;
    let mut verified = document.confirm(answer.signer(), signers, now)?;
    trace.merge(verified.trace());
    // Only a token that was verified says anything.
    if record.is_ok_and(|record| record.as_of().is_some()) {
        trace.pass(CheckId::MdocStatusToken);
    }
    verified.record = Some(trace.check(CheckId::MdocRecordStatus, record)?);
    verified.trace = trace;
    Ok(verified)
}

impl VerifiedPresentation {
    /// The documents, in the order in which the wallet sent them.
    #[must_use]
    pub fn documents(&self) -> &[VerifiedDocument] {
        &self.documents
    }

    /// The document of this type, if there is one.
    #[must_use]
    pub fn document(&self, doc_type: &str) -> Option<&VerifiedDocument> {
        self.documents.iter().find(|d| d.doc_type() == doc_type)
    }
}

impl VerifiedDocument {
    /// The type of the document.
    #[must_use]
    pub fn doc_type(&self) -> &str {
        &self.document.doc_type
    }

    /// What the issuer says and was asked for.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.document.elements
    }

    /// One of them.
    #[must_use]
    pub fn element(&self, namespace: &str, identifier: &str) -> Option<&Element> {
        let mut elements = self.document.elements.iter();
        elements.find(|e| e.namespace() == namespace && e.identifier() == identifier)
    }

    /// What they say.
    #[must_use]
    pub fn values(&self) -> Elements<'_> {
        let document = &self.document;
        Elements::new(
            &document.doc_type,
            document.validity.signed,
            &document.elements,
        )
    }

    /// Whether an age is reached at `now`, from what `evidence` admits. What was
    /// admitted to stand in for `age_over_NN` is reduced to the answer about
    /// that age, answers about no other, and cannot be read.
    ///
    /// That an age is not reached is said as of the day of the signature. A
    /// date of birth decides by 00:00 in Japan on the birthday; where its
    /// unknown parts matter, the answer is unknown.
    ///
    /// # Errors
    /// `mdoc.element_missing` if nothing that counts is stated,
    /// `mdoc.age_contradiction` if what is stated cannot be true at once by
    /// `now`.
    pub fn check_age(
        &self,
        question: AgeAtLeast,
        evidence: AgeEvidence,
        now: Time,
    ) -> Result<AgeCheck, Error> {
        let values = self
            .document
            .values_with(|ages| ages.contains(&question.years()));
        question.check(&values, evidence, now)
    }

    /// What the device says on its own, where its issuer allows it to. The
    /// issuer vouches for none of it.
    #[must_use]
    pub fn device_signed(&self) -> &[Element] {
        &self.document.device_signed
    }

    /// From when until when the document counts. To the second, it tells
    /// documents apart: it belongs into evidence about a person, and not into
    /// the record of an age check.
    #[must_use]
    pub fn validity(&self) -> ValidityInfo {
        self.document.validity
    }

    /// The root over the document's signer.
    #[must_use]
    pub fn anchor(&self) -> &Anchor {
        self.document.issued.anchor()
    }

    /// The certificate of the document's signer.
    #[must_use]
    pub fn signer(&self) -> &Issued {
        &self.document.issued
    }

    /// How the revocation of the signer's certificate was settled.
    #[must_use]
    pub fn confirmation(&self) -> &Confirmation {
        self.settled.confirmation()
    }

    /// How the revocation of the document itself was settled; none where nobody
    /// asked.
    #[must_use]
    pub fn record(&self) -> Option<&RecordConfirmation> {
        self.record.as_ref()
    }

    /// The checks that passed.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.trace
    }
}

// What somebody has shown is theirs.
impl fmt::Debug for VerifiedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedDocument")
            .field("doc_type", &self.document.doc_type)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PendingDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingDocument")
            .field("doc_type", &self.doc_type)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for UnconfirmedPresentation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.documents).finish()
    }
}

#[cfg(test)]
mod tests;
