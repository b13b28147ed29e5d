//! Who somebody is to one relying party, and to nobody else.

use aws_lc_rs::hmac;
use http::{Extensions, StatusCode};
use tashika::jpki::{CertificateIdentity, Leaf, Lookup, LookupKey, VerifiedAuthentication};
use tashika::mdoc::{
    ISO_23220, ISO_23220_JP, JP_MNC, Need, Requested, RequestedDocument, Retention,
    VerifiedPresentation,
};
use tashika::revocation::RevocationQuery;
use tashika::revocation::operator::{OperatorClient, Relation};
use tashika::transaction::TransactionId;
use tashika::{Code, Error};
use tashika_tower::Verified;

use crate::{Backing, Denied, StartError};

/// Names people by keyed values: the same person has the same value whenever they
/// come, and it tells nothing of them. Another scope has other keys, so that the
/// values of two cannot be put side by side; when the keys are thrown away,
/// nobody can tell any more whose a value was.
///
/// A card and a phone of one person have two values: nothing that either shows
/// leads to the other.
#[derive(Debug)]
pub struct Pairwise {
    backing: Backing,
    cards: LookupKey,
    phones: hmac::Key,
    operator: Option<OperatorClient>,
}

impl Pairwise {
    /// For one scope, such as an event.
    ///
    /// # Errors
    /// If its keys cannot be read or made, or the operator's URLs are unfit.
    pub fn of(backing: &Backing, scope: &str) -> Result<Self, StartError> {
        let key = |kind: &str| backing.keys().get(&format!("{scope}-{kind}"));
        Ok(Self {
            cards: LookupKey::from_octets(&key("cards")?),
            phones: hmac::Key::new(hmac::HMAC_SHA256, &key("phones")?),
            operator: backing.operator()?,
            backing: backing.clone(),
        })
    }

    /// What a phone is asked for: name and date of birth, enough to tell people
    /// apart and no more.
    ///
    /// # Errors
    /// None that can be: the names are those of the document.
    pub fn requested(retention: Retention) -> Result<Requested, Error> {
        let (jp, iso, need) = (ISO_23220_JP, ISO_23220, Need::Mandatory);
        let document = RequestedDocument::new(JP_MNC)?;
        let document = document.element(jp, "full_name_unicode", retention, need)?;
        Requested::one(document.element(iso, "birth_date", retention, need)?)
    }

    /// Whoever has just shown a card or a phone, and in which transaction: their
    /// value, or that under which the same person is `known` by another
    /// certificate.
    ///
    /// # Errors
    /// What the operator's silence is called: then they may be known, and nobody
    /// can tell.
    pub async fn shown(
        &self,
        proofs: &Extensions,
        known: impl Fn(&str) -> bool,
    ) -> Result<(String, TransactionId), Denied> {
        if let Some(card) = proofs.get::<Verified<VerifiedAuthentication>>() {
            let value = self.by_card(card.leaf(), known).await?;
            return Ok((value, card.transaction()));
        }
        let phone = proofs.get::<Verified<VerifiedPresentation>>();
        let phone = phone.ok_or(Denied(StatusCode::INTERNAL_SERVER_ERROR, "misuse.layer"))?;
        Ok((self.by_phone(phone)?, phone.transaction()))
    }

    /// By what the document states. The device's key and the digests would not do:
    /// they differ in every copy of one document.
    fn by_phone(&self, shown: &VerifiedPresentation) -> Result<String, Error> {
        let document = shown.document(JP_MNC).ok_or(Code::MdocNoDocument)?;
        let values = document.values();
        let name = values.full_name()?.ok_or(Code::MdocElementMissing)?;
        let birth = values.birth_date()?.ok_or(Code::MdocElementMissing)?;
        let birth = (birth.year(), birth.month(), birth.day());
        let tag = hmac::sign(&self.phones, format!("{birth:?} {name}").as_bytes());
        let octets = tag.as_ref().first_chunk().copied();
        Ok(Lookup::from_octets(octets.unwrap_or_default()).to_string())
    }

    async fn by_card(&self, leaf: &Leaf, known: impl Fn(&str) -> bool) -> Result<String, Error> {
        let own = leaf.identity().lookup(&self.cards).to_string();
        let (Some(operator), false) = (&self.operator, known(&own)) else {
            return Ok(own);
        };
        let others = self.backing.same_person(leaf, operator).await?;
        let others = others.iter();
        let mut others = others.map(|other| other.lookup(&self.cards).to_string());
        Ok(others.find(|other| known(other)).unwrap_or(own))
    }
}

/// Renewals that are followed: more than a lifetime has.
const MOST: usize = 16;

impl Backing {
    /// A certificate, and those of its kind that the operator says are the same
    /// person's: before and after renewals, one after the other, and on their
    /// phone. That it names none does not mean that there is none.
    ///
    /// # Errors
    /// The operator's silence, which is one of the `revocation.` codes: then
    /// there may be others, and nobody knows. One that has never heard of a
    /// certificate is not silent.
    pub async fn same_person(
        &self,
        leaf: &Leaf,
        operator: &OperatorClient,
    ) -> Result<Vec<CertificateIdentity>, Error> {
        let issuer = leaf.anchor().key_fingerprint();
        let mut anchors = self.cards().anchors();
        let anchor = anchors.find(|anchor| anchor.key_fingerprint() == issuer);
        let anchor = anchor.ok_or(Code::TrustEmpty)?;
        let mut found = vec![leaf.identity().clone()];
        let mut open = vec![RevocationQuery::of_serial(
            anchor,
            *leaf.identity().serial(),
        )];
        while let Some(query) = open.pop() {
            let links = match operator.links(&query, self.cards()).await {
                Err(error) if error.code() == Code::RevocationOperatorUnknown => continue,
                links => links?,
            };
            for linked in links.certificates() {
                let identity = CertificateIdentity::linked(linked);
                let counterpart = linked.relation() == Relation::Counterpart;
                if !counterpart && found.len() <= MOST && !found.contains(&identity) {
                    let (anchor, serial) = (linked.anchor(), *identity.serial());
                    open.push(RevocationQuery::of_serial(anchor, serial));
                    found.push(identity);
                }
            }
        }
        Ok(found)
    }
}
