//! Who somebody is by a proof, beside what they state: for pages, for whoever
//! decides, and for finding a customer again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tashika::audit::{LegalMethod, Means, MethodTable};
use tashika::auth_app::signing::{Verification, VerifiedSigning};
use tashika::jpki::VerifiedSignature;
use tashika::jpki::{CertificateIdentity, Kind, Leaf, Lookup, LookupKey, MeaningTable};
use tashika::mdoc::{JP_MNC, PortraitCodec, VerifiedPresentation};
use tashika::person::{Comparison, Date};
use tashika::report::{PresentationReporter, Procedure, Report, Reporter};
use tashika::revocation::operator::{OperatorClient, Relation};
use tashika::revocation::{Confirmation, RevocationQuery};
use tashika::{CheckId, Code, Error, Language, Time};
use tashika_tower::{Gaining, Verified};

use crate::backing::Backing;
use crate::form::Statement;
use crate::party::StartError;

/// Says who people are. Certificates are kept and compared under a key, and
/// customers found again by an operator's word, if there is one.
#[derive(Debug)]
pub struct Identification {
    backing: Backing,
    key: LookupKey,
    methods: MethodTable,
    operator: Option<OperatorClient>,
}

/// What a proof says of a person.
#[derive(Clone, Debug)]
pub struct Identified {
    /// In which transaction it was asked for.
    pub transaction: String,
    /// When it was verified.
    pub at: Time,
    /// What was stated beside what was verified.
    pub compared: Comparison,
    /// The name in kana, which nothing verifies.
    pub kana: String,
    /// What the law calls the method on that day, if the table says so.
    pub method: Option<LegalMethod>,
    /// The checks, one by one.
    pub report: Report,
    /// Of when it is that the certificate was not revoked.
    pub as_of: Option<Time>,
    /// The portrait: JPEG in base64, if there is one that browsers show.
    pub portrait: Option<String>,
    /// The certificate, and then that of the other kind on the same card, if it is
    /// known.
    pub keys: Vec<Lookup>,
    /// The person's others of its kind, before renewals or on their phone: under
    /// them a customer may be known.
    pub earlier: Vec<Lookup>,
    /// Why these could not be found out.
    pub unlinked: Option<Code>,
}

impl Identified {
    /// How old that was on which it rests, in seconds.
    #[must_use]
    pub fn age(&self) -> Option<i64> {
        Some(self.at.since(self.as_of?).as_seconds())
    }

    /// Whether a certificate of both is the same, or came after one of the other.
    #[must_use]
    pub fn is_person_of(&self, other: &Self) -> bool {
        let follows = |one: &Self, other: &Self| {
            let mut own = one.keys.iter().chain(&one.earlier);
            own.any(|key| other.keys.contains(key))
        };
        follows(self, other) || follows(other, self)
    }

    /// Whether nobody has to look at it: what was stated agrees with what was verified,
    /// and that with what is `known` of the same person. If nothing is, it has to be
    /// sure that there is nothing.
    #[must_use]
    pub fn is_settled(&self, known: Option<&Self>) -> bool {
        let of_known = match known {
            Some(known) => known.compared.is_of_same(&self.compared),
            None => self.unlinked.is_none(),
        };
        of_known && self.compared.agrees()
    }
}

impl Identification {
    /// By a table of what the law calls methods.
    ///
    /// # Errors
    /// If the key cannot be read, or the operator's URLs are unfit.
    pub fn new(backing: &Backing, methods: MethodTable) -> Result<Self, StartError> {
        Ok(Self {
            key: backing.lookup_key()?,
            operator: backing.operator()?,
            backing: backing.clone(),
            methods,
        })
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &LookupKey {
        &self.key
    }

    /// The table.
    #[must_use]
    pub fn methods(&self) -> &MethodTable {
        &self.methods
    }

    /// What the law calls signatures and cards in phones, today and after the next
    /// change.
    #[must_use]
    pub fn letters(&self) -> [[Option<LegalMethod>; 2]; 2] {
        let change = Date::constant(2027, 4, 1);
        let days = [self.backing.now().date_in_japan().ok(), Some(change)];
        let means = [Means::SigningCertificate, Means::CardSubstituteRecord];
        means.map(|means| days.map(|day| self.methods.method(means, day?)))
    }

    /// Who signed a document that states this.
    pub async fn by_signature(
        &self,
        statement: &Statement,
        proof: &Verified<VerifiedSignature>,
    ) -> Identified {
        self.signed(statement, proof, proof.gained()).await
    }

    async fn signed(
        &self,
        statement: &Statement,
        proof: &VerifiedSignature,
        gained: Gaining,
    ) -> Identified {
        let reporter = Reporter {
            trust: self.backing.cards(),
            kind: Kind::Signing,
            at: gained.at,
            meanings: &MeaningTable::standard(),
            language: Language::default(),
        };
        let procedure = match proof.trace().passed(CheckId::CmsEncoding) {
            true => Procedure::Cms,
            false => Procedure::Raw,
        };
        let compared = proof.holder().compare(&statement.stated());
        let report = reporter.accepted(procedure, &proof.into());
        let means = Means::SigningCertificate;
        let by = (means, report, proof.confirmation());
        let mut found = self.found(statement, gained, compared, by);
        found.keys.push(proof.leaf().identity().lookup(&self.key));
        self.link(&mut found, proof.leaf()).await;
        found
    }

    /// Who signed a document that states this through the auth app.
    ///
    /// # Errors
    /// `auth_app.signing_form` if an operator verified it, whose word names nobody.
    pub async fn by_signing(
        &self,
        statement: &Statement,
        proof: &Verified<VerifiedSigning>,
    ) -> Result<Identified, Error> {
        let gained = proof.gained();
        match proof.verification() {
            Verification::Ourselves(proof) => Ok(self.signed(statement, proof, gained).await),
            Verification::Operator(_) => Err(Code::AuthAppSigningForm.into()),
        }
    }

    /// Who showed the card in their phone, and states this.
    ///
    /// # Errors
    /// `mdoc.element_missing` if it was not asked for name, address and date of
    /// birth.
    pub fn by_presentation(
        &self,
        statement: &Statement,
        proof: &Verified<VerifiedPresentation>,
    ) -> Result<Identified, Error> {
        let card = proof.document(JP_MNC).ok_or(Code::MdocElementMissing)?;
        let (values, at) = (card.values(), proof.gained().at);
        let reporter = PresentationReporter {
            trust: self.backing.issuers(),
            at,
            language: Language::default(),
        };
        let portrait = values.portrait()?;
        let portrait = portrait.filter(|portrait| portrait.codec() == PortraitCodec::Jpeg);
        let compared = values.compare(&statement.stated())?;
        let report = reporter.accepted(proof);
        let by = (Means::CardSubstituteRecord, report, card.confirmation());
        Ok(Identified {
            portrait: portrait.map(|portrait| STANDARD.encode(portrait.octets())),
            ..self.found(statement, proof.gained(), compared, by)
        })
    }

    fn found(
        &self,
        statement: &Statement,
        gained: Gaining,
        compared: Comparison,
        (means, report, confirmation): (Means, Report, &Confirmation),
    ) -> Identified {
        let day = gained.at.date_in_japan().ok();
        Identified {
            transaction: gained.transaction.to_string(),
            at: gained.at,
            method: day.and_then(|day| self.methods.method(means, day)),
            as_of: match confirmation {
                Confirmation::Good { as_of, .. } => Some(*as_of),
                Confirmation::Unchecked => None,
            },
            kana: statement.kana.to_string(),
            compared,
            report,
            portrait: None,
            keys: Vec::new(),
            earlier: Vec::new(),
            unlinked: None,
        }
    }

    /// Asks the operator which certificates belong to one. Without an operator
    /// none is known, which is not that there are none.
    async fn link(&self, found: &mut Identified, leaf: &Leaf) {
        let Some(operator) = &self.operator else {
            return;
        };
        match self.linked(leaf, operator).await {
            Ok((counterparts, others)) => {
                found.keys.extend(counterparts);
                found.earlier.extend(others);
            }
            // One that has never heard of it has said so.
            Err(error) if error.code() == Code::RevocationOperatorUnknown => {}
            Err(error) => found.unlinked = Some(error.code()),
        }
    }

    /// Those of the other kind on the same card, and those of the same kind that
    /// the person had or has elsewhere, however many renewals lie between.
    async fn linked(
        &self,
        leaf: &Leaf,
        operator: &OperatorClient,
    ) -> Result<(Vec<Lookup>, Vec<Lookup>), Error> {
        let trust = self.backing.cards();
        let mut anchors = trust.anchors();
        let anchor = anchors.find(|anchor| anchor.fingerprint() == leaf.anchor().fingerprint());
        let anchor = anchor.ok_or(Code::TrustEmpty)?;
        let query = RevocationQuery::of_serial(anchor, *leaf.identity().serial());
        let links = operator.links(&query, trust).await?;
        let counterparts = links.related(Relation::Counterpart);
        let counterparts = counterparts.map(CertificateIdentity::linked);
        let others = self.backing.same_person(leaf, operator).await?;
        let others = others.iter().filter(|other| *other != leaf.identity());
        Ok((
            counterparts.map(|other| other.lookup(&self.key)).collect(),
            others.map(|other| other.lookup(&self.key)).collect(),
        ))
    }
}
