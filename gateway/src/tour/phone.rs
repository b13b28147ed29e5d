//! The card in a phone: what it presents, and what is refused of it.

use bytes::Bytes;
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::status::RecordPolicy;
use tashika::mdoc::{
    Answer, ISO_23220, ISO_23220_JP, IssuerProfile, JP_MNC, Need, PresentationVerifier, Presented,
    Requested, RequestedDocument, Retention, SessionTranscript,
};
use tashika::revocation::{CertificateList, ListSet, Policy, ScopePolicy};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::{Duration, Error};
use tashika_testbed::mdoc::{Cbor, Holder, Response, Transcript};

use crate::tour::world::{Outcome, World};

const ORIGIN: &str = "https://bank.example";
const NAME: &str = "full_name_unicode";
const BIRTH_DATE: &str = "birth_date";
/// What the relying party encrypts with is the same at every stop.
const ENCRYPTION_INFO: &str = "gmVkY2FwaaA";

pub(super) fn genuine(world: &World) -> Result<Outcome, Error> {
    let holder = world.phone.japan();
    verify(world, &present(&holder, ORIGIN))
}

pub(super) fn changed(world: &World) -> Result<Outcome, Error> {
    let holder = world.phone.japan();
    let mdoc = holder.mdoc();
    let elements = mdoc.elements(ISO_23220);
    let place = elements.iter().position(|name| name == BIRTH_DATE);
    let path = format!(
        "nameSpaces/{ISO_23220}/{}/elementValue",
        place.unwrap_or_default()
    );
    let later = Cbor::full_date("2001-01-01");
    let mdoc = mdoc.clone().edit(|issued| issued.set(&path, later));
    verify(world, &present(&holder.with_mdoc(mdoc), ORIGIN))
}

pub(super) fn elsewhere(world: &World) -> Result<Outcome, Error> {
    let holder = world.phone.japan();
    verify(world, &present(&holder, "https://phishing.example"))
}

/// What the phone answers to a page of `origin`.
fn present(holder: &Holder, origin: &str) -> Bytes {
    let transcript = Transcript::annex_c(ENCRYPTION_INFO, origin);
    let presentation = holder
        .present(&transcript)
        .select(ISO_23220_JP, &[NAME])
        .select(ISO_23220, &[BIRTH_DATE]);
    Response::of(presentation.signed()).encode().into()
}

/// Verifies an answer with today's list of the issuer.
fn verify(world: &World, response: &Bytes) -> Result<Outcome, Error> {
    let authority = world.phone.japan_authority();
    let trust = TrustStore::builder(Environment::Test)
        .anchor(Purpose::MdocIssuer, authority.certificate())?
        .build()?;
    let list = world.phone.list(authority, &[]).sign(authority.key());
    let mut lists = ListSet::new();
    let list = CertificateList::from_der(&list)?;
    lists.add(list.verify(&trust, Purpose::MdocIssuer, &AlgorithmTable::standard())?)?;

    let verifier = PresentationVerifier::new(AlgorithmTable::standard())
        .with_issuers(IssuerProfile::jp_mnc(), trust)?;
    let transcript = SessionTranscript::annex_c(ENCRYPTION_INFO, ORIGIN);
    let presented = Presented::new(response, &transcript);
    let checked = verifier.check(&presented, &requested()?, world.now);
    let result = checked.and_then(|unconfirmed| {
        let scope = ScopePolicy::production();
        let statuses: Vec<_> = unconfirmed
            .questions()
            .map(|question| lists.status(question.signer(), &scope, world.now))
            .collect();
        let answers: Vec<_> = statuses.iter().map(Answer::of).collect();
        let policy = Policy::strict(Duration::hours(48));
        let records = RecordPolicy::WhereAvailable;
        let proof = unconfirmed.confirm(&answers, &policy, records, world.now)?;
        let documents = proof.documents().iter();
        Ok(documents.map(|d| d.trace().iter().count()).sum())
    });
    Ok(Outcome {
        result,
        status: None,
    })
}

fn requested() -> Result<Requested, Error> {
    let (retained, need) = (Retention::Retained, Need::Mandatory);
    let document = RequestedDocument::new(JP_MNC)?
        .element(ISO_23220_JP, NAME, retained, need)?
        .element(ISO_23220, BIRTH_DATE, retained, need)?;
    Requested::one(document)
}
