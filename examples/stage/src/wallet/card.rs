//! What a card signs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tashika_testbed::calendar::DAY;
use tashika_testbed::{
    Authority, CmsBuilder, Credential, Kind as Certificate, Partition, Reason, Terms,
};

use super::{Defect, Form, Kind, NoAnswer, Question};
use crate::world::{GENERATION, Resident, World};

impl World {
    /// Signs what a site wants to be signed.
    pub(super) fn sign(
        &self,
        question: &Question,
        defect: Option<Defect>,
    ) -> Result<Value, NoAnswer> {
        let message = STANDARD.decode(&question.to_be_signed);
        let message = message.map_err(|_| NoAnswer::malformed())?;
        if defect == Some(Defect::Pin) {
            return Err(NoAnswer::new(
                "暗証番号が違います。続けて間違えると、カードの暗証番号はロックされます。",
                "The PIN is wrong. A card locks it after some wrong ones in a row.",
            ));
        }
        let kind = match question.kind {
            Kind::Sign => Certificate::Signing,
            Kind::Challenge | Kind::Present | Kind::Tap => Certificate::Authentication,
        };
        let credential = self.credential(question.person, kind, defect);
        Ok(match (question.kind, question.form) {
            (Kind::Sign, Form::Cms) => cms(&credential, &message, defect),
            _ => raw(&credential, message, defect),
        })
    }

    /// A certificate of a person, with the key that will sign.
    fn credential(&self, person: usize, kind: Certificate, defect: Option<Defect>) -> Credential {
        let resident = self.people.resident(person);
        let own = resident.card.credential(kind);
        match defect {
            Some(Defect::Expired) => {
                let now = self.clock.now();
                let terms = Terms {
                    not_before: now - 400 * DAY,
                    not_after: now - DAY,
                    ..self.next_terms(&resident, kind)
                };
                self.issue(
                    self.cards.authority(kind, GENERATION),
                    &resident,
                    kind,
                    &terms,
                )
            }
            Some(Defect::Revoked(reason)) => self.revoked(&resident, kind, reason),
            Some(Defect::Issuer) => {
                let stranger = self.strangers().0.authority(kind, GENERATION);
                let terms = self.next_terms(&resident, kind);
                self.issue(stranger, &resident, kind, &terms)
            }
            Some(Defect::OtherKey) => {
                let other = self.people.resident(person.wrapping_add(1));
                let key = other.card.credential(kind).key().clone();
                let certificate = own.certificate().to_vec();
                Credential::new(key, certificate, own.issuer(), own.serial())
            }
            Some(Defect::OtherCertificate) => {
                let other = match kind {
                    Certificate::Signing => Certificate::Authentication,
                    Certificate::Authentication => Certificate::Signing,
                };
                resident.card.credential(other).clone()
            }
            _ => own.clone(),
        }
    }

    /// A certificate that is revoked as soon as it is issued: no certificate comes back
    /// from a list, so none that is of use is put on one.
    fn revoked(&self, resident: &Resident, kind: Certificate, reason: Reason) -> Credential {
        let terms = self.next_terms(resident, kind);
        let authority = self.cards.authority(kind, GENERATION);
        let credential = self.issue(authority, resident, kind, &terms);
        let partition = Partition {
            kind,
            generation: GENERATION,
            municipality: resident.card.person().municipality,
        };
        let date = self.clock.now() - 60;
        self.registry
            .revoke(partition, credential.serial(), reason, date);
        credential
    }

    fn next_terms(&self, resident: &Resident, kind: Certificate) -> Terms {
        let (person, number) = (resident.card.person(), self.people.number());
        self.cards.terms(person, kind, GENERATION, number)
    }

    /// Another certificate for the card's key.
    fn issue(
        &self,
        authority: &Authority,
        resident: &Resident,
        kind: Certificate,
        terms: &Terms,
    ) -> Credential {
        let key = resident.card.credential(kind).key().clone();
        authority.issue(resident.card.person(), key, terms)
    }
}

fn raw(credential: &Credential, mut message: Vec<u8>, defect: Option<Defect>) -> Value {
    if defect == Some(Defect::Tampered) {
        message.push(b' ');
    }
    let key = credential.key();
    json!({
        "certificate": STANDARD.encode(credential.certificate()),
        "signature": STANDARD.encode(key.sign(key.default_scheme(), &message)),
    })
}

fn cms(credential: &Credential, message: &[u8], defect: Option<Defect>) -> Value {
    let signed = match defect {
        Some(Defect::Tampered) => [message, b" "].concat(),
        _ => message.to_vec(),
    };
    let cms = CmsBuilder::new(&signed).detached();
    let cms = cms.signer(credential, |signer| signer).build();
    json!({ "cms": STANDARD.encode(cms) })
}
