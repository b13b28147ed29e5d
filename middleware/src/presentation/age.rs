//! Whether somebody has reached an age, and nothing else of them.

use std::fmt;

use aws_lc_rs::rand;
use tashika::audit::{Flow, Record};
use tashika::mdoc::{
    AgeAtLeast, AgeCheck, AgeEvidence, ISO_18013, ISO_23220, MDL, Need, Requested,
    RequestedDocument, Retention, VerifiedPresentation,
};
use tashika::person::AtLeast;
use tashika::transaction::TransactionId;
use tashika::{Code, Error, Time};

use crate::presentation::requirement::{Conclusion, Requirement};
use crate::session::Identity;
use crate::site::CrossDevice;

/// The question whether somebody has reached an age, to a document of one type.
#[derive(Clone, Debug)]
pub struct AgeRequirement {
    years: u8,
    evidence: AgeEvidence,
    requested: Requested,
    cross_device: CrossDevice,
}

/// The answer whether somebody has reached an age: proven, and all that is left
/// of what they presented.
///
/// The answer may be that they have not, or that it is not known: look at
/// [`outcome`](Self::outcome).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifiedAge {
    check: AgeCheck,
    evidence: EvidenceId,
}

/// Names one check of an age, for a receipt or a till's journal: 16 random
/// octets, made for this check. Nothing about the person, the document or the
/// transaction can be told from it, nor whether two are of one person.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EvidenceId([u8; 16]);

impl AgeRequirement {
    /// Asks a document of this type, which has to be presented, for
    /// `age_over_NN` of so many years, and takes as `evidence` what the document
    /// may state instead. It is asked for as something that is not retained.
    ///
    /// The statement is that of ISO/IEC 18013-5, 7.2.5 in driving licences, and
    /// that of ISO/IEC TS 23220-2 in all other documents.
    ///
    /// # Errors
    /// `misuse.request` if `years` is above 99, or the type's name is none.
    pub fn at_least(years: u8, doc_type: &str, evidence: AgeEvidence) -> Result<Self, Error> {
        let namespace = match doc_type {
            MDL => ISO_18013,
            _ => ISO_23220,
        };
        let (retention, need) = (Retention::NotRetained, Need::Mandatory);
        let document = RequestedDocument::new(doc_type)?;
        let document = document.age_over(namespace, years, retention, need, evidence)?;
        Ok(Self {
            years,
            evidence,
            requested: Requested::one(document)?,
            cross_device: CrossDevice::Refused,
        })
    }

    /// The same where the answer may come from another browser than the one in
    /// which it was asked: a till shows a code, and the customer's phone opens a
    /// page, to which the service hands `request` and `answer` of the till's
    /// response. The handler runs for the phone, and the service tells the till.
    ///
    /// It is a weaker proof, of which [`Device`](crate::Device) tells: whoever
    /// photographs the code can have somebody elsewhere answer it. It is for
    /// lanes where a person stands by and sees who holds the phone. No session
    /// begins on that phone. Apps and terminals are not concerned: they always
    /// answer what they began.
    #[must_use]
    pub fn attended_cross_device(mut self) -> Self {
        self.cross_device = CrossDevice::Attended;
        self
    }
}

impl Requirement for AgeRequirement {
    type Proof = VerifiedAge;

    fn requested(&self) -> &Requested {
        &self.requested
    }

    fn cross_device(&self) -> CrossDevice {
        self.cross_device
    }

    fn flow(&self) -> Flow {
        Flow::Age
    }

    fn conclude(
        &self,
        presentation: VerifiedPresentation,
        _: TransactionId,
        now: Time,
    ) -> Result<Conclusion<VerifiedAge>, Error> {
        // One document was asked for, and no other passes.
        let document = presentation.documents().first();
        let document = document.ok_or(Code::MdocNoDocument)?;
        let check = document.check_age(AgeAtLeast::new(self.years), self.evidence, now)?;
        Ok(Conclusion {
            proof: VerifiedAge {
                check,
                evidence: EvidenceId::generate()?,
            },
            identity: Identity::Age {
                threshold: check.threshold(),
                outcome: check.outcome(),
            },
            record: Record::of_age(&check, now).about_document(document.doc_type()),
        })
    }
}

impl VerifiedAge {
    /// Whether the age is reached. That it is unknown is to be treated as not.
    pub fn outcome(&self) -> AtLeast {
        self.check.outcome()
    }

    /// The whole answer: the age that was asked about, what decided, and the day
    /// of which it is true.
    #[must_use]
    pub fn check(&self) -> AgeCheck {
        self.check
    }

    /// The name of this check.
    #[must_use]
    pub fn evidence(&self) -> EvidenceId {
        self.evidence
    }
}

impl EvidenceId {
    fn generate() -> Result<Self, Error> {
        let mut octets = [0; 16];
        rand::fill(&mut octets).map_err(|_| Code::MisuseEntropy)?;
        Ok(Self(octets))
    }

    /// The 16 octets.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 16] {
        &self.0
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for EvidenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for EvidenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EvidenceId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tashika::mdoc::JP_MNC;

    #[test]
    fn an_age_is_asked_for_where_the_document_states_it() {
        for (doc_type, namespace) in [(JP_MNC, ISO_23220), (MDL, ISO_18013)] {
            let requirement = AgeRequirement::at_least(20, doc_type, AgeEvidence::OverOnly);
            let requested = requirement.unwrap().requested;
            let document = &requested.documents()[0];
            assert_eq!(
                (document.doc_type(), document.need()),
                (doc_type, Need::Mandatory)
            );
            let element = &document.elements()[0];
            assert_eq!(
                (element.namespace(), element.identifier()),
                (namespace, "age_over_20")
            );
            assert_eq!(element.retention(), Retention::NotRetained);
        }
        for (years, doc_type) in [(100, JP_MNC), (20, "")] {
            let refused = AgeRequirement::at_least(years, doc_type, AgeEvidence::OverOnly);
            assert_eq!(refused.unwrap_err().code(), Code::MisuseRequest, "{years}");
        }
    }

    #[test]
    fn no_two_checks_have_one_name() {
        let [one, other] = [(); 2].map(|()| EvidenceId::generate().unwrap());
        assert_ne!(one, other);
        assert_eq!(EvidenceId([7; 16]).to_string(), "07".repeat(16));
        assert_eq!(one.to_string().len(), 32);
    }
}
