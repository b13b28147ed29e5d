//! Nothing that the verifier prints, logs or answers tells of the person whose
//! card it verified: acceptances and refusals of every sort are rendered in
//! every way there is, and searched for what stands on the card.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up fails"
)]

mod logins;
mod presentations;
mod records;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::LazyLock;

use bytes::Bytes;
use tashika::algorithm::{AlgorithmTable, IdentifierHash};
use tashika::audit::{Evidence, Record};
use tashika::jpki::{
    Challenge, ChallengeResponse, Holder, Kind, LookupKey, MeaningTable, Proven, SignedDocument,
    SigningRequest,
};
use tashika::person::Place;
use tashika::report::{Procedure, Reporter};
use tashika::revocation::{
    CertificateList, ListSet, NonceRule, OcspPolicy, OcspRequest, OcspResponse, OcspVerifier,
    Pending, Policy, RevocationQuery, ScopePolicy, Status, Unconfirmed,
};
use tashika::signer::{EcdsaSigner, RsaSigner};
use tashika::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use tashika::x509::Certificate;
use tashika::{Duration, Error, Language};
use tashika_conformance::desk::{Desk, NOW};
use tashika_testbed::{
    self as testbed, Algorithm, CmsBuilder, Extension, Extensions, GeneralName, Generation, Hash,
    KeyPair, Municipality, OcspAnswer, OcspBuilder, Partition, Reason, Register, Scheme, der, oid,
    subject_item_names,
};
use tashika_tower::{Device, Gaining, Refusal, Verified};

use records::TRANSACTION;

/// A document that tells of the person, as documents do.
const DOCUMENT: &str = "転居届: 架空　花子, 東京都清瀬市架空町１－２－３";

static DESK: LazyLock<Desk> = LazyLock::new(|| Desk::new(21, Algorithm::RSA_2048).unwrap());

/// What must not be found, and where it is looked for.
struct Search {
    marks: Vec<String>,
    codes: BTreeSet<&'static str>,
}

#[test]
fn the_search_finds_what_is_there() {
    let search = Search::new();
    let certificate = DESK.card().signing().certificate();
    let found = |text: String| search.find(&text).is_some();
    assert!(found(format!("{certificate:?}")));
    assert!(found(format!("{certificate:#?}")));
    assert!(found(format!(
        "{:?}",
        Bytes::from_static(certificate.to_vec().leak())
    )));
    assert!(found(format!("{:?}", DESK.card().person())));
    assert!(found(
        certificate
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect()
    ));
    assert!(!found("Certificate(1594 octets)".to_owned()));
}

#[test]
fn parsers() {
    let search = Search::new();
    for kind in testbed::Kind::ALL {
        let certificate = DESK.card().credential(kind).certificate();
        search.debug(&Certificate::from_der(certificate).unwrap());
        let list = DESK.list(kind, &revoked(Reason::Superseded));
        let list = CertificateList::from_der(&list).unwrap();
        search.debug(&list);
        search.debug(&list.issuer());
        search.debug(&list.number());
        search.debug(&list.issuing_distribution_point());
        let names = list.issuing_distribution_point().unwrap().names();
        names.for_each(|name| search.debug(&name));
        search.debug(&list.reasons().collect::<Vec<_>>());
    }
}

#[test]
fn certificates() {
    let mut search = Search::new();
    for certificate in defective_certificates() {
        let checked = DESK.signing(AlgorithmTable::standard()).unwrap();
        let checked = checked.check_certificate(&certificate, NOW);
        search.settle(checked, testbed::Kind::Signing, |search, proof| {
            search.proven(proof.into());
            search.holder(proof.holder().unwrap());
        });
        let checked = DESK.authentication().unwrap();
        let checked = checked.check_certificate(&certificate, NOW);
        search.settle(checked, testbed::Kind::Authentication, |search, proof| {
            search.proven(proof.into());
        });
    }
    search.has_seen(&[
        "accepted",
        "input.certificate",
        "jpki.holder_duplicate",
        "jpki.holder_form",
        "jpki.holder_missing",
        "jpki.no_certificate",
        "jpki.policy",
        "trust.purpose",
        "x509.authority_key",
        "x509.critical_extension",
        "x509.expired",
        "x509.key_usage",
        "x509.serial",
        "x509.signature",
    ]);
}

#[test]
fn documents() {
    let mut search = Search::new();
    let card = DESK.card();
    let certificate = Bytes::copy_from_slice(card.signing().certificate());
    let request = SigningRequest::new(binding(), DOCUMENT.into()).to_bytes();
    let raw = |message: &[u8]| {
        let signature = card.sign_raw(Scheme::Pkcs1(Hash::Sha256), &request);
        let message = Bytes::copy_from_slice(message);
        SignedDocument::raw(certificate.clone(), signature.into(), message)
    };
    let cms = card.sign_cms(&request, |cms| cms);
    let detached = card.sign_cms(&request, CmsBuilder::detached);
    let mut documents = vec![
        raw(&request),
        raw(DOCUMENT.as_bytes()),
        SignedDocument::cms(cms.clone().into()),
        SignedDocument::cms(detached.clone().into()),
        SignedDocument::cms_detached(detached.clone().into(), request.clone().into()),
        SignedDocument::cms_detached(detached.into(), DOCUMENT.into()),
        SignedDocument::cms_detached(cms.clone().into(), request.clone().into()),
    ];
    documents.extend(flipped(&cms, 17).map(|cms| SignedDocument::cms(cms.into())));
    for document in &documents {
        search.debug(document);
        let verifier = DESK.signing(AlgorithmTable::standard()).unwrap();
        search.debug(&verifier);
        let checked = verifier.check(document, NOW);
        search.settle(checked, testbed::Kind::Signing, |search, proof| {
            search.proven(proof.into());
            search.holder(proof.holder());
            let evidence = Evidence::generate(document).unwrap();
            search.debug(&evidence);
            let record = || Record::of_signature(proof, TRANSACTION, NOW);
            search.record(record);
            let evidence = || Evidence::from_entropy(document, &[1; 32]);
            search.record(|| record().with_evidence(evidence()));
            match proof.request(&audience(), NOW) {
                Ok(request) => search.debug(&request),
                Err(error) => search.error(error),
            }
            let foreign = Audience {
                purpose: Purpose::named("login").unwrap(),
                ..audience()
            };
            search.error(proof.request(&foreign, NOW).unwrap_err());
        });
    }
    search.has_seen(&[
        "accepted",
        "cms.content_missing",
        "cms.content_twice",
        "cms.message_digest",
        "input.cms",
        "signature.invalid",
        "transaction.foreign",
    ]);
}

#[test]
fn logins() {
    let mut search = Search::new();
    let card = DESK.card();
    let challenge = || Challenge::from_entropy(binding(), [7; 32]);
    for message in [challenge().to_bytes(), DOCUMENT.into()] {
        let response = ChallengeResponse {
            certificate: Bytes::copy_from_slice(card.authentication().certificate()),
            signature: card.answer(&message).into(),
        };
        search.debug(&challenge());
        search.debug(&response);
        let verifier = DESK.authentication().unwrap();
        search.debug(&verifier);
        let checked = verifier.check(challenge(), &audience(), &response, NOW);
        search.settle(checked, testbed::Kind::Authentication, |search, proof| {
            search.debug(proof.binding());
            search.proven(proof.into());
            search.record(|| Record::of_authentication(proof, TRANSACTION, NOW));
        });
    }
    search.has_seen(&["accepted", "signature.invalid"]);
}

#[test]
fn responses() {
    let mut search = Search::new();
    let card = DESK.card().signing();
    let ca = DESK
        .testbed()
        .authority(testbed::Kind::Signing, Generation::Third);
    let good = OcspAnswer::good(ca, card.serial(), NOW.as_unix());
    let respond = |answer: &OcspAnswer| {
        let response = OcspBuilder::direct(ca, NOW.as_unix()).answer(answer);
        response.respond(ca.key())
    };
    let genuine = respond(&good);
    let mut all = vec![
        respond(&good.clone().unknown()),
        respond(&good.clone().revoked_for(0, Reason::AffiliationChanged)),
        testbed::ocsp_status(3),
    ];
    all.extend(flipped(&genuine, 17));
    all.push(genuine);
    for response in &all {
        let verifier = DESK.signing(AlgorithmTable::standard()).unwrap();
        let unconfirmed = verifier.check_certificate(card.certificate(), NOW).unwrap();
        let status = search.respond(unconfirmed.query(), response);
        let status = match status {
            Ok(status) => status,
            Err(error) => {
                search.refused(testbed::Kind::Signing, error, None);
                continue;
            }
        };
        let strict = Policy::strict(Duration::hours(48));
        match unconfirmed.confirm(&status, &strict, NOW) {
            Ok(proof) => {
                search.codes.insert("accepted");
                search.debug(&proof);
                search.proven((&proof).into());
            }
            Err(error) => search.refused(testbed::Kind::Signing, error, Some(&status)),
        }
    }
    search.has_seen(&[
        "accepted",
        "input.ocsp",
        "revocation.ocsp_certificate",
        "revocation.ocsp_signature",
        "revocation.ocsp_try_later",
        "revocation.ocsp_unknown",
        "revoked.affiliation_changed",
    ]);
    search.debug(&RsaSigner::from_pkcs8(&card.key().pkcs8()).unwrap());
    let key = KeyPair::generate(Algorithm::P256, &mut DESK.testbed().rng("requestor"));
    search.debug(&EcdsaSigner::from_pkcs8(&key.pkcs8()).unwrap());
}

#[test]
fn lists() {
    let mut search = Search::new();
    let kind = testbed::Kind::Signing;
    let list = DESK.list(kind, &revoked(Reason::KeyCompromise));
    for list in flipped(&list, 5) {
        match DESK.read_list(kind, &list) {
            Ok(list) => search.debug(&list),
            Err(error) => search.error(error),
        }
    }
    search.has_seen(&["input.crl", "revocation.issuer", "revocation.signature"]);
}

impl Search {
    fn new() -> Self {
        let card = DESK.card();
        let person = card.person();
        let municipality = person.municipality;
        let mut search = Self {
            marks: Vec::new(),
            codes: BTreeSet::new(),
        };
        for text in [
            DOCUMENT,
            &person.name,
            "花子",
            &person.address,
            "清瀬",
            municipality.prefecture,
            municipality.name,
            // Birth date and end of the validity, as registered and as dates.
            &person.birth_date,
            "19850704",
            "1985-07-04",
            "-07-04T",
            "0704145959Z",
        ] {
            search.mark_text(text);
        }
        search.marks.push(format!("\"{}\"", municipality.code));
        for credential in [card.signing(), card.authentication()] {
            search.mark_octets(credential.serial());
            let serial = credential.serial().iter();
            let decimal = serial.fold(0_u64, |number, octet| number << 8 | u64::from(*octet));
            search.marks.push(decimal.to_string());
            // Keys and fingerprints name their holder.
            search.mark_octets(&credential.key().key_id());
            search.mark_octets(&Hash::Sha256.digest(credential.certificate()));
        }
        search
    }

    /// A text in every form in which `Debug` could print it.
    fn mark_text(&mut self, text: &str) {
        self.marks.push(text.to_owned());
        self.marks.push(text.escape_unicode().to_string());
        self.mark_octets(text.as_bytes());
    }

    /// Octets as hexadecimal digits, as a list of numbers and as an escaped
    /// string.
    fn mark_octets(&mut self, octets: &[u8]) {
        let digits: Vec<_> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        let numbers: Vec<_> = octets.iter().map(u8::to_string).collect();
        self.marks.extend([
            digits.concat(),
            digits.concat().to_uppercase(),
            digits.join(":"),
            digits.join(" "),
            numbers.join(", "),
            numbers.join(",\n    "),
            octets.escape_ascii().to_string(),
        ]);
    }

    fn find(&self, text: &str) -> Option<&String> {
        self.marks.iter().find(|mark| text.contains(mark.as_str()))
    }

    #[track_caller]
    fn text(&self, text: &str) {
        if let Some(mark) = self.find(text) {
            panic!("{mark:?} stands in:\n{text}");
        }
    }

    #[track_caller]
    fn debug(&self, value: &dyn Debug) {
        self.text(&format!("{value:?}"));
        self.text(&format!("{value:#?}"));
    }

    #[track_caller]
    fn has_seen(&self, codes: &[&str]) {
        for code in codes {
            assert!(
                self.codes.contains(code),
                "never saw {code}: {:?}",
                self.codes
            );
        }
    }

    /// Everything that becomes of a refusal, inside and outside.
    fn error(&mut self, error: Error) {
        self.codes.insert(error.code().as_str());
        self.debug(&error);
        self.debug(&error.trace());
        self.text(&error.to_string());
        self.refusal_on_record(error);
        for language in [Language::Japanese, Language::English] {
            let refusal = Refusal::new(error, language);
            self.debug(&refusal);
            self.debug(&refusal.into_response());
            let body = refusal.into_response().into_body();
            self.text(str::from_utf8(&body).unwrap());
        }
    }

    /// Everything that becomes of what was checked: no list, another
    /// municipality's, one that is old, one on which it stands, today's.
    fn settle<P>(
        &mut self,
        checked: Result<Unconfirmed<P>, Error>,
        kind: testbed::Kind,
        mut accepted: impl FnMut(&mut Self, &P::Proof),
    ) where
        P: Pending,
        P::Proof: Debug,
    {
        let unconfirmed = match checked {
            Ok(unconfirmed) => unconfirmed,
            Err(error) => return self.refused(kind, error, None),
        };
        self.debug(&unconfirmed);
        self.debug(unconfirmed.query());
        self.debug(unconfirmed.query().serial());
        for point in unconfirmed.query().distribution_points() {
            self.debug(&point);
        }
        let statuses = list_sets(kind).map(|lists| {
            self.debug(&lists);
            lists.lists().for_each(|list| self.debug(list));
            lists.status(unconfirmed.query(), &ScopePolicy::production(), NOW)
        });
        for status in &statuses {
            self.debug(status);
            self.debug(&status.state());
            self.debug(&status.source());
        }
        let [today, ..] = &statuses;
        let strict = Policy::strict(Duration::hours(48));
        match unconfirmed.confirm(today, &strict, NOW) {
            Ok(proof) => {
                self.codes.insert("accepted");
                self.debug(&proof);
                let gaining = Gaining::new(TRANSACTION, NOW, Device::Same);
                let proof = Verified::new(proof, gaining);
                self.debug(&proof);
                accepted(self, &proof);
            }
            Err(error) => self.refused(kind, error, Some(today)),
        }
    }

    /// What a response says, with everything printed on the way.
    fn respond(&self, query: &RevocationQuery, response: &[u8]) -> Result<Status, Error> {
        let request = OcspRequest::generate(query, IdentifierHash::Sha1)?;
        let policy = OcspPolicy::new(NonceRule::OrMaxAge, Duration::hours(1));
        let verifier = OcspVerifier::new(
            DESK.trust().clone(),
            query.purpose(),
            AlgorithmTable::standard(),
            policy,
        );
        self.debug(&request);
        self.debug(&verifier);
        self.debug(&OcspResponse::from_der(response));
        let status = verifier.verify(&request, response, NOW)?;
        self.debug(&status);
        self.debug(&status.state());
        self.debug(&status.source());
        Ok(status)
    }

    fn refused(&mut self, kind: testbed::Kind, error: Error, status: Option<&Status>) {
        self.error(error);
        for language in [Language::Japanese, Language::English] {
            for procedure in [Procedure::Certificate, Procedure::Cms, Procedure::Challenge] {
                let report = reporter(kind, language).refused(procedure, &error, status);
                self.debug(&report);
                self.text(&serde_json::to_string(&report).unwrap());
            }
        }
    }

    fn proven(&mut self, proven: Proven<'_>) {
        let leaf = proven.leaf();
        self.debug(&proven);
        self.debug(leaf);
        self.debug(leaf.identity());
        self.debug(leaf.identity().serial());
        self.debug(&leaf.identity().lookup(&LookupKey::from_octets(&[1; 32])));
        self.debug(leaf.anchor());
        self.debug(proven.confirmation());
        let kind = match leaf.kind() {
            Kind::Signing => testbed::Kind::Signing,
            Kind::Authentication => testbed::Kind::Authentication,
        };
        let reporter = reporter(kind, Language::English);
        let report = reporter.accepted(Procedure::Raw, &proven);
        self.debug(&report);
        self.text(&serde_json::to_string(&report).unwrap());
    }

    fn holder(&mut self, holder: &Holder) {
        self.debug(holder);
        self.debug(holder.name());
        self.debug(holder.address());
        self.debug(&holder.birth_date());
        self.debug(&holder.has_reached(20, NOW));
        self.debug(&holder.resident_of(&Place::named("沖縄県").unwrap()));
    }
}

fn reporter(kind: testbed::Kind, language: Language) -> Reporter<'static> {
    static MEANINGS: LazyLock<MeaningTable> = LazyLock::new(MeaningTable::standard);
    Reporter {
        trust: DESK.trust(),
        kind: match kind {
            testbed::Kind::Signing => Kind::Signing,
            testbed::Kind::Authentication => Kind::Authentication,
        },
        at: NOW,
        meanings: &MEANINGS,
        language,
    }
}

fn audience() -> Audience {
    Audience {
        relying_party: RelyingParty::from_origin("https://city.example").unwrap(),
        purpose: Purpose::named("move-house").unwrap(),
    }
}

fn binding() -> Binding {
    Binding {
        audience: audience(),
        transaction: TransactionId::from_entropy([9; 16]),
        expires: NOW.plus(Duration::minutes(10)),
    }
}

fn revoked(reason: Reason) -> Register {
    let mut register = Register::new();
    for kind in testbed::Kind::ALL {
        register.revoke(DESK.card(), kind, reason, NOW.as_unix() - 7200);
    }
    register
}

/// Today's list; one on which the card stands; another municipality's; none.
fn list_sets(kind: testbed::Kind) -> [ListSet; 4] {
    let own = DESK.card().partition(kind);
    let elsewhere = Partition {
        municipality: Municipality::NAHA,
        ..own
    };
    let key = DESK.testbed().authority(kind, own.generation).key();
    let elsewhere = DESK.testbed().list(&Register::new(), elsewhere).sign(key);
    let set = |list: &[u8]| {
        let mut lists = ListSet::new();
        lists.add(DESK.read_list(kind, list).unwrap()).unwrap();
        lists
    };
    [
        set(&DESK.list(kind, &Register::new())),
        set(&DESK.list(kind, &revoked(Reason::CertificateHold))),
        set(&elsewhere),
        ListSet::new(),
    ]
}

/// Every so many octets one that is another.
fn flipped(octets: &[u8], step: usize) -> impl Iterator<Item = Vec<u8>> {
    (0..octets.len()).step_by(step).map(|at| {
        let mut changed = octets.to_vec();
        changed[at] ^= 1;
        changed
    })
}

/// The card's certificates, and such as are good but for one thing.
fn defective_certificates() -> Vec<Vec<u8>> {
    let (card, testbed) = (DESK.card(), DESK.testbed());
    let (kind, generation) = (testbed::Kind::Signing, Generation::Third);
    let authority = testbed.authority(kind, generation);
    let terms = testbed.terms(card.person(), kind, generation, 0);
    let leaf = || authority.leaf(card.person(), card.signing().key(), &terms);
    let names = subject_item_names(card.person());
    let with_names = |names: &[GeneralName]| leaf().extension(Extension::subject_alt_name(names));
    let bad_name = GeneralName::other(oid::JPKI_BIRTH_DATE, &der::utf8("31985-07-04"));
    let second = authority.validity().0;
    let mut all: Vec<_> = [
        leaf(),
        with_names(&names[1..]),
        with_names(&[&names[..], &names[..1]].concat()),
        with_names(&[&[bad_name], &names[..1], &names[2..]].concat()),
        leaf().extension(Extension::key_usage(&[0])),
        leaf().extension(Extension::unknown().critical()),
        leaf().extension(Extension::certificate_policies(&[testbed::policy(
            oid::CLIENT_AUTH,
            None,
        )])),
        leaf().serial(&[0]),
        leaf().validity(second, second + 1),
        leaf().corrupt_signature(),
    ]
    .iter()
    .map(|leaf| leaf.sign(authority.key()))
    .collect();
    for arcs in [
        oid::SUBJECT_ALT_NAME,
        oid::CRL_DISTRIBUTION_POINTS,
        oid::AUTHORITY_KEY_IDENTIFIER,
    ] {
        let without = leaf().extensions(|list: &mut Extensions| list.remove(arcs));
        all.push(without.sign(authority.key()));
    }
    let other = testbed.issue(card.person(), Generation::Second, 0);
    all.push(other.signing().certificate().to_vec());
    all.push(card.signing().certificate().to_vec());
    all.push(card.authentication().certificate().to_vec());
    all.push(Vec::new());
    all.extend(flipped(card.signing().certificate(), 23));
    all
}
